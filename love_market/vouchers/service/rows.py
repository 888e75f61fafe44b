"""The rows behind every write of this room: found within their walls, moved by the table, numbered and coded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger.rules import KeyReused, input_hash
from love_market.people.rules import Guard
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import State, VoucherUnknown, check_move, serial_no, unknown
from love_market.vouchers.token import new_short_code

_CHUNK = 2000


def move(voucher: Voucher, to: State, at: datetime, reason: str = "") -> None:
    """Move a voucher to another state by the table of moves."""
    check_move(State(voucher.state), to)
    voucher.state, voucher.state_reason, voucher.state_changed_at = to, reason, at


def vouchers_by_id(session: Session, guard: Guard, ids: Sequence[UUID]) -> list[Voucher]:
    """Return the market's vouchers in the order asked for; raise ``VoucherUnknown``."""
    rows = session.scalars(select(Voucher).where(Voucher.market_id == guard.market_id, Voucher.id.in_(ids)))
    found = {row.id: row for row in rows}
    missing = [voucher_id for voucher_id in ids if voucher_id not in found]
    if missing:
        raise unknown()
    return [found[voucher_id] for voucher_id in ids]


def vouchers_of_village(session: Session, guard: Guard, ids: Sequence[UUID]) -> list[Voucher]:
    """Return vouchers that the guard's village issued, in the order asked for; raise ``VoucherUnknown``."""
    found = vouchers_by_id(session, guard, ids)
    batch_ids = {voucher.batch_id for voucher in found}
    villages = select(VoucherBatch.village_code).where(
        VoucherBatch.market_id == guard.market_id, VoucherBatch.id.in_(batch_ids)
    )
    if any(code != guard.village_code for code in session.scalars(villages)):
        raise VoucherUnknown(words("本村没有这张券。"))
    return found


def done_before(session: Session, guard: Guard, key: UUID, kind: str, asked: object) -> bool:
    """Return whether this key has done this very thing already; raise ``KeyReused`` where it has done another."""
    before = books.posted_with_key(session, guard.market_id, key)
    if before is None:
        return False
    if (before.kind, before.input_hash) != (kind, input_hash(asked)):
        raise KeyReused
    return True


def next_sequence(session: Session, market_id: UUID, quarter: str) -> int:
    """Return the next running number of a quarter's serial numbers in the market's books."""
    like = serial_no(quarter, 0)[: -len("0000")]
    return 1 + (
        session.scalar(
            select(func.count()).where(
                Voucher.market_id == market_id, Voucher.serial_no.startswith(like, autoescape=True)
            )
        )
        or 0
    )


def unused_short_codes(session: Session, market_id: UUID, count: int) -> list[str]:
    """Return so many short codes that no voucher of the market has, in no order: one must not tell the next."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = dict.fromkeys(new_short_code() for _ in range(count - len(codes)))
        taken = taken_short_codes(session, market_id, drawn)
        codes |= {code: None for code in drawn if code not in taken}
    return list(codes)


def taken_short_codes(session: Session, market_id: UUID, codes: Iterable[str]) -> set[str]:
    """Return which of some short codes a voucher of the market has."""
    asked, taken = list(codes), set[str]()
    for start in range(0, len(asked), _CHUNK):
        taken.update(
            session.scalars(
                select(Voucher.short_code).where(
                    Voucher.market_id == market_id, Voucher.short_code.in_(asked[start : start + _CHUNK])
                )
            )
        )
    return taken
