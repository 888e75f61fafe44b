"""What a till asks for all day: whether it is heard, the lease, and its copy of vouchers and goods."""

from base64 import urlsafe_b64encode
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from love_market.counter import queries
from love_market.counter.api.schemas import GoodShown, VoucherGiven, face_given, good_shown
from love_market.db import reading, transaction
from love_market.people.access import has_signed_out
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.stock.queries import CarriedGood
from love_market.tills import queries as tills
from love_market.tills import service
from love_market.tills.access import clerk_at_hand, device_guard
from love_market.tills.queries import TillRecord
from love_market.tills.rules import Lease
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.token import hash_of_short_code
from love_market.web.api import WHOLE, Given, Instant, Sent, Text, bp, example, operation
from love_market.web.clock import now


class Contact(Sent):
    """A till says which copy it has, how much waits in it, and whether it wants the lease."""

    model_config = example(version=None, unsent=0, wants_lease=True)

    version: Annotated[Text, Field(max_length=40)] | None
    unsent: Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
    wants_lease: bool


class LeaseGiven(Given):
    """The market's lease as a till sees it: whether it holds it, the term, how long it lasts from the asking on.

    ``wanted``: somebody else waits to redeem, the clerk has signed out or the till was cut off, so give it back once
    everything was sent.
    ``holder_name`` and ``ends_at`` say who else has it.
    """

    held: bool
    term: int
    seconds: int
    wanted: bool
    holder_name: str
    ends_at: datetime | None


class Contacted(Given):
    """A till was heard: the time here, its lease, the version of the copy as it now is, and who is signed in."""

    at: datetime
    cut_off: bool
    name: str
    lease: LeaseGiven
    version: str
    last_number: int
    clerk_id: UUID | None
    clerk_name: str


class CopyAsked(Sent):
    """The entry and time of the copy that a till has; none of them: it has none."""

    model_config = example(number=105, at="2026-11-29T15:23:00Z")

    number: Annotated[int, Field(ge=0, le=2**53), WHOLE] | None
    at: Instant | None


class CarriedVoucherGiven(VoucherGiven):
    """A voucher as a till carries it; ``code_hash`` finds it by its short code, which the till does not hold."""

    code_hash: str
    household_id: UUID
    state_reason: str


class LotGiven(Given):
    """So many of a lot, and the last day it may be handed out."""

    expires_on: date | None
    quantity: int


class CarriedGoodGiven(GoodShown):
    """A good as a till carries it, with its lots in the order they are handed out."""

    withdrawn: bool
    lots: tuple[LotGiven, ...]


class ActedGiven(Given):
    """A proxy, and a household that it acted for today."""

    name: str
    household_id: UUID


class CopyGiven(Given):
    """A till's copy as of entry ``number``: whole, or what changed since the one it has; ``term`` is the lease's.

    ``proxies`` is always whole: who acted for whom on the day ``proxies_on``, to collect or to redeem. A proxy may act
    for ``proxy_daily_households`` in a day; 0 is for any number.
    """

    version: str
    number: int
    head_hash: str
    at: datetime
    term: int
    whole: bool
    village_name: str
    market_name: str
    minimum_points: int
    offline_new_points: int
    proxy_daily_households: int
    proxies_on: date
    proxies: tuple[ActedGiven, ...]
    public_keys: tuple[str, ...]
    vouchers: tuple[CarriedVoucherGiven, ...]
    goods: tuple[CarriedGoodGiven, ...]


@bp.post("/v/<village:village_code>/till/contact")
@operation("Be heard, and go on holding the lease or take it.", sent=Contact, given=Contacted, door="till")
def contact(village_code: str, sent: Contact) -> Contacted:
    """Hear a till: its lease is renewed, or taken where it is free and a clerk is signed in."""
    guard, till = device_guard(village_code)
    clerk = clerk_at_hand(village_code)
    at = now()
    with reading() as session:
        version = queries.version(session, guard)
        hours = places.settings(session, guard.market_id).lease_hours
    with transaction() as session:
        lease = tills.lease(session, guard)
        if sent.wants_lease and clerk is not None and lease.is_free(at):
            lease = service.hold(session, guard, till.id, at=at)
        # After the book's lock, as a redemption counted at this till does: so neither waits for the other in a ring.
        service.tell(session, guard, till.id, is_fresh=sent.version == version, unsent=sent.unsent, at=at)
        holder = None if lease.till_id in (None, till.id) else tills.till(session, guard, lease.till_id)
    return Contacted(
        at=at,
        cut_off=till.cut_off_at is not None,
        name=till.name,
        lease=_lease_given(lease, till, holder, hours, is_left=clerk is None and has_signed_out()),
        version=version,
        last_number=till.last_redemption,
        clerk_id=None if clerk is None else clerk.staff_id,
        clerk_name="" if clerk is None else clerk.name,
    )


@bp.post("/v/<village:village_code>/till/copy")
@operation("Fetch a till's copy, whole or what is new.", sent=CopyAsked, given=CopyGiven, door="till")
def copy(village_code: str, sent: CopyAsked) -> CopyGiven:
    """Give a till what it needs to redeem without a network."""
    guard, _till = device_guard(village_code)
    at = now()
    since = None if sent.number is None or sent.at is None else (sent.number, sent.at)
    with reading() as session:
        made = queries.copy(session, guard, since=since, at=at)
        village = places.village(session, village_code)
    return CopyGiven(
        version=made.version,
        number=made.number,
        head_hash=made.head_hash,
        at=at,
        term=made.lease.term,
        whole=made.whole,
        village_name=village.short_name,
        market_name=village.market_name,
        minimum_points=made.settings.minimum_redemption_points,
        offline_new_points=made.settings.offline_new_points,
        proxy_daily_households=made.settings.proxy_daily_households,
        proxies_on=made.proxies_on,
        proxies=tuple(ActedGiven(name=name, household_id=household_id) for name, household_id in made.proxies),
        public_keys=tuple(urlsafe_b64encode(key).decode().rstrip("=") for key in made.public_keys),
        vouchers=tuple(_voucher_given(guard, one) for one in made.vouchers),
        goods=tuple(_good_given(one) for one in made.goods),
    )


def _lease_given(lease: Lease, till: TillRecord, holder: TillRecord | None, hours: int, *, is_left: bool) -> LeaseGiven:
    held = lease.till_id == till.id
    return LeaseGiven(
        held=held and till.cut_off_at is None,
        term=lease.term,
        seconds=hours * 3600,
        wanted=held and (lease.wanted_at is not None or is_left or till.cut_off_at is not None),
        holder_name="" if holder is None else holder.name,
        ends_at=None if holder is None else lease.ends_at,
    )


def _voucher_given(guard: Guard, one: VoucherFace) -> CarriedVoucherGiven:
    return CarriedVoucherGiven(
        **face_given(one).model_dump(),
        code_hash=hash_of_short_code(guard.market_id, one.short_code),
        household_id=one.household_id,
        state_reason=one.state_reason,
    )


def _good_given(one: CarriedGood) -> CarriedGoodGiven:
    return CarriedGoodGiven(
        **good_shown(one.good),
        withdrawn=one.good.withdrawn,
        lots=tuple(LotGiven(expires_on=expires_on, quantity=quantity) for expires_on, quantity in one.lots),
    )
