"""Reading the copy that a till carries (随身账): what it needs to redeem without a network, whole or what is new."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.ledger import queries as books
from love_market.ledger.rules import POINTS, canonical_json
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.places.queries import MarketSettings
from love_market.stock import queries as stock
from love_market.stock.queries import CarriedGood
from love_market.tills import queries as tills
from love_market.tills.rules import Lease
from love_market.vouchers import keys
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import VoucherFace

# What is written without the book's lock may show up a little after its own time.
_OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Copy:
    """A till's copy as of entry ``number``; ``whole``, or only what changed since the one it has.

    ``proxies`` are all who acted for somebody ``proxies_on`` that day, each with every household acted for.
    ``lease`` is the market's, read before everything else: who holds it then knows all that was redeemed before.
    """

    version: str
    number: int
    head_hash: str
    lease: Lease
    whole: bool
    settings: MarketSettings
    public_keys: Sequence[bytes]
    vouchers: Sequence[VoucherFace]
    goods: Sequence[CarriedGood]
    proxies_on: date
    proxies: Sequence[tuple[str, UUID]]


def copy(session: Session, guard: Guard, *, since: tuple[int, datetime] | None, at: datetime) -> Copy:
    """Return the copy; ``since`` is the ``number`` and the time of the one that the till has.

    Read in an order in which nothing can be missed: the version first, what it stands for after. What changes
    meanwhile may be in it already; then the next version brings it again.
    """
    lease = tills.lease(session, guard)
    made, head = version(session, guard), books.head(session, guard.market_id)
    touched = set[tuple[str, UUID, UUID]]()
    begun = None
    if since is not None and since[0] <= head.number:
        touched, begun = books.touched(session, guard.market_id, since[0]), since[1] - _OVERLAP
    return Copy(
        version=made,
        number=head.number,
        head_hash=head.hash,
        lease=lease,
        whole=begun is None,
        settings=places.settings(session, guard.market_id),
        public_keys=list(keys.public_keys(session, guard.market_id).values()),
        vouchers=vouchers.carried_vouchers(
            session,
            guard,
            today=village_date(at),
            touched={owner for kind, owner, _ in touched if kind == "voucher"},
            since=begun,
        ),
        goods=stock.carried_goods(
            session, guard, touched={unit for _, _, unit in touched if unit != POINTS}, since=begun
        ),
        proxies_on=village_date(at),
        proxies=vouchers.acted_on(session, guard, village_date(at)),
    )


def version(session: Session, guard: Guard) -> str:
    """Return what changes whenever anything in a till's copy does (a few short questions)."""
    settings = places.settings(session, guard.market_id)
    marks = [
        books.head(session, guard.market_id).number,
        vouchers.marks(session, guard),
        stock.marks(session, guard),
        settings.minimum_redemption_points,
        settings.offline_new_points,
        settings.proxy_daily_households,
    ]
    return hashlib.sha256(canonical_json(marks)).hexdigest()[:24]
