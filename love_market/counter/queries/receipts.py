"""Reading receipts: one, a day's, a household's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.orm import Session

from love_market.clock import village_instant
from love_market.counter.models import Redemption, RedemptionGood, RedemptionVoucher
from love_market.counter.queries.marks import marks
from love_market.counter.rules import NoSuchRedemption
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.people import queries as people
from love_market.people.rules import Guard, mask_name
from love_market.stock.models import Good
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries.live import is_dead, is_live
from love_market.vouchers.rules import Proxy


@dataclass(frozen=True, slots=True)
class GivenGood:
    """A line of a receipt: so many of a good for so many points altogether."""

    good_id: UUID
    name: str
    spec: str
    unit_name: str
    picture: str
    quantity: int
    points_each: int

    @property
    def points(self) -> int:
        """What the line cost."""
        return self.quantity * self.points_each


@dataclass(frozen=True, slots=True)
class PaidVoucher:
    """A voucher that paid: how much, what was left on it then, and what is on it now."""

    voucher_id: UUID
    serial_no: str
    household_id: UUID
    masked_name: str
    amount_points: int
    balance_after_points: int
    balance_points: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A redemption as it is printed (小票) and kept; ``undone_at`` when it was taken back.

    ``entry_hash`` is the head of the book when it was made; lists of receipts leave it empty. ``booked_at`` is when the
    books heard of one that was made without a network; ``dispute`` the state of its dispute, empty where there is none;
    ``proxy`` who brought the vouchers for somebody else.
    """

    id: UUID
    entry_number: int
    redeemed_at: datetime
    clerk_name: str
    total_points: int
    goods: tuple[GivenGood, ...]
    vouchers: tuple[PaidVoucher, ...]
    undone_at: datetime | None
    undone_reason: str
    undo_entry_number: int | None
    entry_hash: str = ""
    booked_at: datetime | None = None
    dispute: str = ""
    proxy: Proxy | None = None

    @property
    def pieces(self) -> int:
        """How many pieces were handed out."""
        return sum(good.quantity for good in self.goods)

    @property
    def left_points(self) -> int:
        """What was left on the vouchers that paid."""
        return sum(voucher.balance_after_points for voucher in self.vouchers)


def receipt(session: Session, guard: Guard, redemption_id: UUID) -> Receipt:
    """Return one redemption of the market; raise ``NoSuchRedemption``."""
    row = session.get(Redemption, (guard.market_id, redemption_id))
    if row is None:
        raise NoSuchRedemption(words("没有这一笔兑换。"))
    entry = books.posted_with_key(session, guard.market_id, redemption_id)
    return replace(_receipts(session, guard, [row])[0], entry_hash=entry.hash if entry else "")


def receipts_by_id(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, Receipt]:
    """Return some redemptions of the market by their ids."""
    of_these = Redemption.market_id == guard.market_id, Redemption.id.in_(ids)
    return {
        one.id: one for one in _receipts(session, guard, session.scalars(select(Redemption).where(*of_these)).all())
    }


def receipts(
    session: Session, guard: Guard, on: date, *, before: int | None = None, limit: int = 500
) -> Sequence[Receipt]:
    """Return the redemptions of one day of the village's calendar, the newest first.

    ``before`` continues a page behind the redemption whose entry has this number. What was written on paper is booked
    later than it was redeemed, so numbers alone do not go with the time.
    """
    query = select(Redemption).where(Redemption.market_id == guard.market_id, *made_on(on))
    if before is not None:
        last = session.scalar(
            select(Redemption.redeemed_at).where(
                Redemption.market_id == guard.market_id, Redemption.entry_number == before
            )
        )
        same = and_(Redemption.redeemed_at == last, Redemption.entry_number < before)
        query = query.where(or_(Redemption.redeemed_at < last, same))
    newest = Redemption.redeemed_at.desc(), Redemption.entry_number.desc()
    return _receipts(session, guard, session.scalars(query.order_by(*newest).limit(limit)).all())


def made_on(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for a redemption to have been made on a day of the village's calendar."""
    begin, end = village_instant(day), village_instant(date.fromordinal(day.toordinal() + 1))
    return Redemption.redeemed_at >= begin, Redemption.redeemed_at < end


def receipts_of_household(
    session: Session,
    guard: Guard,
    household_id: UUID,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    limit: int = 100,
) -> Sequence[Receipt]:
    """Return the redemptions that a household's vouchers paid for, the newest first; of a span of time, or all.

    What paid since ``begin`` lives still or died since: older vouchers are passed over.
    """
    theirs = Voucher.market_id == guard.market_id, Voucher.household_id == household_id
    died = [Voucher.state_changed_at >= begin] if begin is not None else []
    held = union_all(
        select(Voucher.id).where(*theirs, is_live()), select(Voucher.id).where(*theirs, is_dead(), *died)
    ).subquery()
    paid = (
        select(RedemptionVoucher.redemption_id)
        .join(held, held.c.id == RedemptionVoucher.voucher_id)
        .where(RedemptionVoucher.market_id == guard.market_id)
    )
    made = [Redemption.market_id == guard.market_id, Redemption.id.in_(paid)]
    made += [Redemption.redeemed_at >= begin] if begin is not None else []
    made += [Redemption.redeemed_at < end] if end is not None else []
    # Not LIMIT: it would tempt the planner to walk the market's redemptions from the newest in search of a few.
    newest = Redemption.redeemed_at.desc(), Redemption.entry_number.desc()
    rows = session.scalars(select(Redemption).where(*made).order_by(*newest)).all()
    return _receipts(session, guard, rows[:limit])


def _receipts(session: Session, guard: Guard, rows: Sequence[Redemption]) -> list[Receipt]:
    ids = [row.id for row in rows]
    clerks = people.staff_names(session, (row.clerk_id for row in rows))
    goods, vouchers, beside = _goods(session, guard, ids), _vouchers(session, guard, ids), marks(session, guard, ids)
    return [
        Receipt(
            id=row.id,
            entry_number=row.entry_number,
            redeemed_at=row.redeemed_at,
            clerk_name=clerks[row.clerk_id],
            total_points=row.total_points,
            goods=tuple(goods.get(row.id, ())),
            vouchers=tuple(vouchers.get(row.id, ())),
            undone_at=row.undone_at,
            undone_reason=row.undone_reason,
            undo_entry_number=row.undo_entry_number,
            **beside.get(row.id, {}),
        )
        for row in rows
    ]


def with_marks(session: Session, guard: Guard, made: Receipt) -> Receipt:
    """Return a receipt that was made just now with what is written beside it."""
    return replace(made, **marks(session, guard, [made.id]).get(made.id, {}))


def _goods(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, list[GivenGood]]:
    """Return each redemption's goods; a good taken from two lots is one line."""
    merged: dict[tuple[UUID, UUID], GivenGood] = {}
    for row, good in session.execute(
        select(RedemptionGood, Good)
        .join(Good, (Good.market_id == RedemptionGood.market_id) & (Good.id == RedemptionGood.good_id))
        .where(RedemptionGood.market_id == guard.market_id, RedemptionGood.redemption_id.in_(ids))
        .order_by(RedemptionGood.position)
    ):
        before = merged.get((row.redemption_id, good.id))
        merged[row.redemption_id, good.id] = GivenGood(
            good_id=good.id,
            name=good.name,
            spec=good.spec,
            unit_name=good.unit_name,
            picture=good.picture,
            quantity=row.quantity + (before.quantity if before else 0),
            points_each=row.points_each,
        )
    found: dict[UUID, list[GivenGood]] = {}
    for (redemption_id, _), line in merged.items():
        found.setdefault(redemption_id, []).append(line)
    return found


def _vouchers(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, list[PaidVoucher]]:
    rows = session.execute(
        select(RedemptionVoucher, Voucher)
        .join(
            Voucher,
            (Voucher.market_id == RedemptionVoucher.market_id) & (Voucher.id == RedemptionVoucher.voucher_id),
        )
        .where(RedemptionVoucher.market_id == guard.market_id, RedemptionVoucher.redemption_id.in_(ids))
        .order_by(Voucher.serial_no)
    ).all()
    households = people.households_by_id(session, guard, {voucher.household_id for _, voucher in rows})
    now = books.balances(session, guard.market_id, "voucher", {voucher.id for _, voucher in rows})
    found: dict[UUID, list[PaidVoucher]] = {}
    for row, voucher in rows:
        found.setdefault(row.redemption_id, []).append(
            PaidVoucher(
                voucher_id=voucher.id,
                serial_no=voucher.serial_no,
                household_id=voucher.household_id,
                masked_name=mask_name(households[voucher.household_id].head_name),
                amount_points=row.amount_points,
                balance_after_points=row.balance_after_points,
                balance_points=now.get(voucher.id, 0),
            )
        )
    return found
