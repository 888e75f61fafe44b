"""A till's own records: proved by its signature, booked once, whatever became of the till since.

Service-like: knows no Flask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter import queries, service
from love_market.counter.happened import Happened, book_happened
from love_market.counter.rules import BasketLine, RecordForged
from love_market.errors import LoveMarketError, words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.people import queries as people
from love_market.people.rules import Guard, Role
from love_market.tills import queries as tills
from love_market.tills import service as tills_service
from love_market.tills import token as tills_token
from love_market.tills.queries import TillRecord
from love_market.tills.rules import LeaseHeld, ProofWrong, TillCutOff
from love_market.vouchers.keys import loaded, public_keys, verify_with
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import Proxy, VoucherForged
from love_market.vouchers.token import normalise_short_code

DOMAIN = "love-market record 1\n"
"""What a till puts before a record's bytes when it signs it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a voucher was shown at the till: its scanned token, or its typed short code."""

    voucher_id: UUID
    token: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A basket that was handed out at a till."""

    till_id: UUID
    number: int
    key: UUID
    at: datetime
    clerk_id: UUID
    payments: tuple[tuple[UUID, int], ...]
    shown: tuple[Shown, ...]
    basket: tuple[BasketLine, ...]
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """A redemption that was taken back at a till."""

    till_id: UUID
    number: int
    key: UUID
    at: datetime
    clerk_id: UUID
    redemption_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class BookedRecord:
    """The entry that a record became, and why something of it is disputed, if anything is; ``before`` as in ``Booked``.

    ``redemption_id`` is what was made or taken back.
    """

    entry_number: int
    redemption_id: UUID
    reasons: tuple[str, ...] = ()
    before: bool = False


def book(
    session: Session, guard: Guard, told: Redeemed | Undone, *, body: str, signature: str, at: datetime
) -> BookedRecord:
    """Book a record, once for its key; raise ``NoSuchTill``, ``RecordForged``, and what cannot have happened so.

    A record from a time that is still to come, by a clock that is fast, happened now.
    """
    till = _proved(session, guard, told.till_id, body, signature)
    clerk = _clerk(session, guard, till, told)
    ledger.lock_book(session, guard.market_id)
    if isinstance(told, Undone):
        booked = _undo(session, clerk, till, told, at)
    else:
        happened = Happened(
            key=told.key,
            at=min(told.at, at),
            clerk_id=clerk.require_staff(),
            clerk_name=clerk.name,
            payments=told.payments,
            basket=told.basket,
            till_id=till.id,
            number=told.number,
            refused=_refused(session, guard, till, told),
            proxy=told.proxy,
        )
        made = book_happened(session, guard, happened, at=at)
        booked = BookedRecord(made.receipt.entry_number, told.key, made.reasons, before=made.before)
    tills_service.count(session, guard, till.id, told.number)
    return booked


def _undo(session: Session, clerk: Guard, till: TillRecord, told: Undone, at: datetime) -> BookedRecord:
    """Take back what a till says it took back.

    Of a till that was cut off, nothing is taken back that vouchers have paid for: whoever holds it could write any
    time into the record.
    """
    before = books.posted_with_key(session, clerk.market_id, told.key)
    if before is None and till.cut_off_at is not None and not queries.is_open(session, clerk, told.redemption_id):
        raise TillCutOff(words("这台兑换机已经停用，它撤销的这一笔没有记。货真退回来了，请到村委会更正。"))
    receipt = service.undo(
        session, clerk, told.redemption_id, reason=told.reason, at=at, key=told.key, made_at=min(told.at, at)
    )
    return BookedRecord(receipt.undo_entry_number or 0, told.redemption_id, before=before is not None)


def _proved(session: Session, guard: Guard, till_id: UUID, body: str, signature: str) -> TillRecord:
    till = tills.till(session, guard, till_id)
    try:
        tills_token.check_signature(till.public_key, tills_token.bytes_of(signature), (DOMAIN + body).encode())
    except ProofWrong as error:
        raise RecordForged(words("这一条记录不是这台兑换机签的，或者被改动过，什么都没有记。")) from error
    return till


def _clerk(session: Session, guard: Guard, till: TillRecord, told: Redeemed | Undone) -> Guard:
    """Return the guard of who kept the counter, as the till wrote it down: it was a clerk when it signed in there."""
    name = people.staff_names(session, [told.clerk_id]).get(told.clerk_id)
    if name is None:
        raise RecordForged(words("这一条记录的经手人没有登记过，什么都没有记。请交给村委会看。"))
    return Guard.of_staff(guard.market_id, till.village_code, told.clerk_id, name, Role.CLERK)


def _refused(session: Session, guard: Guard, till: TillRecord, told: Redeemed) -> LoveMarketError | None:
    """Return why no voucher may pay for this by itself; then all its points are disputed."""
    if till.cut_off_at is not None:
        return TillCutOff(words("这台兑换机停用以后才送来。"))
    lease = tills.lease(session, guard)
    if lease.till_id not in (None, till.id):
        return LeaseHeld(words("送来的时候，兑换已经归另一台机器管了。"), online=False)
    return _unproved(session, guard, told.shown)


def _unproved(session: Session, guard: Guard, shown: Sequence[Shown]) -> VoucherForged | None:
    """Return an error unless each voucher was shown: by a token that the market signed, or by its short code."""
    keys = None
    codes = dict(
        session.execute(
            select(Voucher.id, Voucher.short_code).where(
                Voucher.market_id == guard.market_id, Voucher.id.in_([one.voucher_id for one in shown])
            )
        ).all()
    )
    for one in shown:
        try:
            if one.token is not None:
                keys = keys or loaded(public_keys(session, guard.market_id).values())
                if verify_with(keys, one.token, guard.market_id).voucher_id == one.voucher_id:
                    continue
            elif one.code is not None and codes.get(one.voucher_id) == normalise_short_code(one.code):
                continue
        except LoveMarketError:
            pass
        return VoucherForged(words("这一笔没有出示券：记录里没有券的签名，也没有对得上的短码。"))
    return None
