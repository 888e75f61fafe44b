"""What the rooms beside the ledger say of each redemption, held against its entry: sentences where they differ."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.counter.models import Redemption, RedemptionGood, RedemptionVoucher
from love_market.ledger.models import Account, Entry, LegRow
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import State
from tests.ordeal.clerks import Acknowledged

_Paid = dict[int, list[tuple[UUID, int]]]
_Given = dict[int, list[tuple[UUID, UUID, int]]]


def written_down_otherwise(session: Session, market_id: UUID, after: int = 0) -> Iterator[str]:
    """Yield where a redemption's rows and its entry's legs differ: total, vouchers, goods; entries above ``after``."""
    points, goods = _legs(session, market_id, after)
    payments = _payments(session, market_id, after)
    handed_out = _handed_out(session, market_id, after)
    rows = session.execute(
        select(Redemption.id, Redemption.entry_number, Redemption.total_points, Entry.key, Entry.kind)
        .outerjoin(Entry, (Entry.market_id == Redemption.market_id) & (Entry.number == Redemption.entry_number))
        .where(Redemption.market_id == market_id, Redemption.entry_number > after)
    ).all()
    for key, number, total, entry_key, kind in rows:
        if (entry_key, kind) != (key, "redeem"):
            yield f"{key} points at entry {number}, which is {kind} {entry_key}"
        if sum(amount for _, amount in points[number]) != total:
            yield f"{key} cost {total} points, its entry moved {points[number]}"
        if sorted(points[number]) != sorted(payments[number]):
            yield f"{key} was paid by {payments[number]}, its entry moved {points[number]}"
        if sorted(goods[number]) != sorted(handed_out[number]):
            yield f"{key} handed out {handed_out[number]}, its entry moved {goods[number]}"
    yield from (
        f"entry {number} redeems without a redemption" for number in set(points) - {row.entry_number for row in rows}
    )


def voucher_faults(session: Session, market_id: UUID, only: Sequence[UUID] | None = None) -> Iterator[str]:
    """Yield where a voucher's state, face and payments differ from what the books say is left on it."""
    paid = (
        select(RedemptionVoucher.voucher_id, func.sum(RedemptionVoucher.amount_points).label("points"))
        .join(
            Redemption,
            (Redemption.market_id == RedemptionVoucher.market_id) & (Redemption.id == RedemptionVoucher.redemption_id),
        )
        .where(RedemptionVoucher.market_id == market_id, Redemption.undone_at.is_(None))
        .group_by(RedemptionVoucher.voucher_id)
        .subquery()
    )
    query = (
        select(Voucher.id, Voucher.state, Voucher.face_points, Account.balance, func.coalesce(paid.c.points, 0))
        .join(
            Account,
            (Account.market_id == Voucher.market_id) & (Account.kind == "voucher") & (Account.owner == Voucher.id),
        )
        .outerjoin(paid, paid.c.voucher_id == Voucher.id)
        .where(Voucher.market_id == market_id)
    )
    if only is not None:
        query = query.where(Voucher.id.in_(only))
    for voucher_id, state, face, left, spent in session.execute(query):
        if face != left + spent:
            yield f"voucher {voucher_id} of {face} points has {left} left after {spent} spent"
        if (left == 0) != (state == State.SPENT) or (spent and state == State.ISSUED):
            yield f"voucher {voucher_id} is {state} with {left} left after {spent} spent"


def told_otherwise(
    session: Session, market_id: UUID, numbers: Mapping[str, int], acknowledged: Sequence[Acknowledged]
) -> Iterator[str]:
    """Yield where what a clerk was told differs from what was written down under that key.

    ``numbers`` are the entries of keys; what is not among them is lost, which the audit says by itself.
    """
    after = min(numbers.values(), default=1) - 1
    payments, handed_out = _payments(session, market_id, after), _handed_out(session, market_id, after)
    for one in acknowledged:
        if one.key not in numbers:
            continue
        number = numbers[one.key]
        if sorted((str(voucher), points) for voucher, points in payments[number]) != sorted(one.paid):
            yield f"{one.key} was paid by {payments[number]}, the clerk was told {one.paid}"
        given: dict[str, int] = defaultdict(int)
        for good, _lot, quantity in handed_out[number]:
            given[str(good)] += quantity
        if given != {good: quantity for good, quantity, _ in one.goods}:
            yield f"{one.key} handed out {given}, the clerk was told {one.goods}"


def booked_late(
    session: Session, market_id: UUID, numbers: Mapping[str, int], acknowledged: Sequence[Acknowledged]
) -> Iterator[str]:
    """Yield the keys that were booked after their clerk had been told it is done: lost, and booked when asked again."""
    after = min(numbers.values(), default=1) - 1
    query = select(Entry.key, Entry.at).where(Entry.market_id == market_id, Entry.number > after)
    booked_at = {str(key): at for key, at in session.execute(query)}
    for one in acknowledged:
        if one.key in booked_at and booked_at[one.key].timestamp() > one.told_at:
            yield one.key


def _legs(session: Session, market_id: UUID, after: int) -> tuple[_Paid, _Given]:
    """Return what redeeming entries moved: ``(voucher, points)`` and ``(good, lot, quantity)``, by entry."""
    points: _Paid = defaultdict(list)
    goods: _Given = defaultdict(list)
    for number, unit, kind, owner, amount in session.execute(
        select(LegRow.entry_number, LegRow.unit, LegRow.source_kind, LegRow.source_owner, LegRow.amount)
        .join(Entry, (Entry.market_id == LegRow.market_id) & (Entry.number == LegRow.entry_number))
        .where(LegRow.market_id == market_id, LegRow.entry_number > after, Entry.kind == "redeem")
    ):
        if kind == "voucher":
            points[number].append((owner, amount))
        else:
            goods[number].append((unit, owner, amount))
    return points, goods


def _payments(session: Session, market_id: UUID, after: int) -> _Paid:
    found: _Paid = defaultdict(list)
    for number, voucher_id, points in session.execute(
        select(Redemption.entry_number, RedemptionVoucher.voucher_id, RedemptionVoucher.amount_points)
        .join(
            Redemption,
            (Redemption.market_id == RedemptionVoucher.market_id) & (Redemption.id == RedemptionVoucher.redemption_id),
        )
        .where(RedemptionVoucher.market_id == market_id, Redemption.entry_number > after)
    ):
        found[number].append((voucher_id, points))
    return found


def _handed_out(session: Session, market_id: UUID, after: int) -> _Given:
    found: _Given = defaultdict(list)
    for number, good_id, lot_id, quantity in session.execute(
        select(Redemption.entry_number, RedemptionGood.good_id, RedemptionGood.lot_id, RedemptionGood.quantity)
        .join(
            Redemption,
            (Redemption.market_id == RedemptionGood.market_id) & (Redemption.id == RedemptionGood.redemption_id),
        )
        .where(RedemptionGood.market_id == market_id, Redemption.entry_number > after)
    ):
        found[number].append((good_id, lot_id, quantity))
    return found
