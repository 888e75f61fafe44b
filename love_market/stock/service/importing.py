"""Carrying out workbooks of goods and of counts: all that their plans say, or nothing."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.ledger.service import lock_book
from love_market.people.rules import Guard
from love_market.stock import queries
from love_market.stock.intake import Count, KnownGood, ParsedCounts, ParsedGoods, Plan
from love_market.stock.models import Good
from love_market.stock.service.goods import typical_goods
from love_market.stock.service.stocktakes import count


def import_goods(
    session: Session, guard: Guard, parsed: ParsedGoods, *, digest: str, at: datetime
) -> tuple[Plan[KnownGood], bool]:
    """Write what a list says of goods; return its plan as the books have it now, and whether it was carried out.

    It is not where the plan no longer is the one that was read, by its ``digest``. A list that changes nothing writes
    nothing, so the same twice is the same as once.
    """
    lock_book(session, guard.market_id)
    plan = queries.plan_goods(session, guard, parsed)
    if plan.digest != digest:
        return plan, False
    written = [row.written for row in plan.rows if row.written is not None]
    _insert(session, guard, [good for good in written if good.id is None], at=at)
    changed = {good.id: good.figures for good in written if good.id is not None}
    for row in session.scalars(select(Good).where(Good.market_id == guard.market_id, Good.id.in_(changed))):
        figures = changed[row.id]
        if figures.points_price != row.points_price:
            row.priced_at = at
        row.changed_at = at
        for name, value in asdict(figures).items():
            setattr(row, name, value)
    session.flush()
    return plan, True


def import_counts(
    session: Session, guard: Guard, stocktake_id: UUID, parsed: ParsedCounts, *, digest: str
) -> tuple[Plan[Count], bool]:
    """Write down what was counted on a sheet; return as ``import_goods`` does. Raises what ``count`` raises."""
    lock_book(session, guard.market_id)
    plan = queries.plan_counts(session, guard, stocktake_id, parsed)
    if plan.digest != digest:
        return plan, False
    for row in plan.rows:
        if row.written is not None:
            count(session, guard, stocktake_id, row.written.lot_id, row.written.quantity, row.written.reason)
    return plan, True


def _insert(session: Session, guard: Guard, goods: list[KnownGood], *, at: datetime) -> None:
    if not goods:
        return
    pictures = {typical.name: typical.picture for typical in typical_goods()}
    last = session.scalar(select(func.max(Good.position)).where(Good.market_id == guard.market_id)) or 0
    session.execute(
        insert(Good),
        [
            asdict(good.figures)
            | {
                "market_id": guard.market_id,
                "id": new_id(),
                "position": position,
                "picture": pictures.get(good.figures.name, "other"),
                "created_at": at,
            }
            for position, good in enumerate(goods, last + 1)
        ],
    )
