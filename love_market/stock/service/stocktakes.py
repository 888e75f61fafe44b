"""Writing stocktakes: open, count blind, close into one entry of the books, or drop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.ledger.rules import BalanceTooLow, Draft
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.stock import legs, queries
from love_market.stock.models import Stocktake, StocktakeLine
from love_market.stock.queries import DifferenceRow
from love_market.stock.rules import (
    CountOutdated,
    DifferenceUnexplained,
    NoSuchStocktake,
    NotAllCounted,
    SamePerson,
    StocktakeEnded,
    StocktakeOpen,
    SupervisorMissing,
    check_quantity,
    check_reason,
    shelf_of,
    tidy,
)
from love_market.stock.service.aside import take_out

_MOST_NAMES = 3
_LONGEST_NAME = 60


def open_stocktake(session: Session, guard: Guard, *, key: UUID, supervisor_name: str, at: datetime) -> UUID:
    """Open a stocktake (开始盘点) that somebody else watches (监督人); return its id, which is ``key``.

    Raises ``SupervisorMissing``, ``SamePerson``, and ``StocktakeOpen`` while another is open.
    """
    ledger.lock_book(session, guard.market_id)
    if session.get(Stocktake, (guard.market_id, key)) is not None:
        return key
    supervisor = tidy(supervisor_name)
    if not 1 <= len(supervisor) <= _LONGEST_NAME:
        raise SupervisorMissing(words("请写明监督人的姓名：监委会成员或第一书记。"))
    if supervisor == guard.name:
        raise SamePerson(words("监督人要是另一个人，不能是开始盘点的人自己。"))
    standing = queries.open_stocktake(session, guard)
    if standing is not None:
        raise StocktakeOpen(words("{name}开始的盘点还没有结。请先结掉或作废。"), name=standing.opened_by_name)
    row = Stocktake(market_id=guard.market_id, id=key, state="open", opened_by=guard.actor, opened_at=at)
    row.supervisor_name = supervisor
    session.add(row)
    session.flush()
    return key


def count(session: Session, guard: Guard, stocktake_id: UUID, lot_id: UUID, quantity: int, reason: str = "") -> None:
    """Write down how many of a lot were counted; counted again, the last count holds.

    The book's quantity is kept beside it as it stands now, unseen until the stocktake closes, so what is received or
    handed out afterwards does not look like a difference. Raises ``NoSuchLot``, ``QuantityWrong``,
    ``StocktakeEnded``, ``NoSuchStocktake``.
    """
    ledger.lock_book(session, guard.market_id)
    _open_row(session, guard, stocktake_id)
    counted, lot = check_quantity(quantity, least=0), queries.lot(session, guard, lot_id)
    line = _line(session, guard, stocktake_id, lot_id)
    if line is None:
        line = StocktakeLine(market_id=guard.market_id, id=new_id(), stocktake_id=stocktake_id, lot_id=lot_id)
        session.add(line)
    line.counted_quantity, line.book_quantity = counted, lot.quantity
    line.reason = tidy(reason)[:120]
    session.flush()


def count_again(session: Session, guard: Guard, stocktake_id: UUID, lot_id: UUID) -> None:
    """Forget what was counted of a lot, so that it is counted anew. Raises as ``count``."""
    ledger.lock_book(session, guard.market_id)
    _open_row(session, guard, stocktake_id)
    session.execute(
        delete(StocktakeLine).where(
            StocktakeLine.market_id == guard.market_id,
            StocktakeLine.stocktake_id == stocktake_id,
            StocktakeLine.lot_id == lot_id,
        )
    )


def close_stocktake(
    session: Session,
    guard: Guard,
    stocktake_id: UUID,
    *,
    at: datetime,
    reasons: Mapping[UUID, str] | None = None,
    uncounted_stay: bool = False,
) -> int | None:
    """Close a stocktake (结盘点): its differences become one entry ``count``; return its number, None without any.

    By a member of the committee who did not open it. Every difference needs a reason, given with the count or here in
    ``reasons`` by lot. ``uncounted_stay`` leaves lots that were not counted as the book has them. Closed again, the
    number is the same. Raises ``RoleMissing``, ``SamePerson``, ``NotAllCounted``, ``DifferenceUnexplained``,
    ``CountOutdated``, ``StocktakeEnded``, ``NoSuchStocktake``.
    """
    guard.require(*sorted(COMMITTEE))
    ledger.lock_book(session, guard.market_id)
    row = _row(session, guard, stocktake_id)
    if row.state == "closed":
        return row.entry_number
    _open_row(session, guard, stocktake_id)
    if row.opened_by == guard.actor:
        raise SamePerson(words("这次盘点是您开始的，要由村委会的另一位来结。"))
    waiting = [one.title for one in queries.sheet(session, guard, stocktake_id) if one.counted is None]
    if waiting and not uncounted_stay:
        sentence = words("还有 {count} 批没有点：{names}。请点完，或注明没点的不动。")
        raise NotAllCounted(sentence, count=len(waiting), names=_named(waiting))
    _give_reasons(session, guard, stocktake_id, reasons or {})
    differing = [one for one in queries.differences(session, guard, stocktake_id) if one.difference]
    _refuse_unexplained(differing)
    row.entry_number = _post(session, guard, row, differing, at) if differing else None
    row.state, row.closed_by, row.closed_at = "closed", guard.actor, at
    session.flush()
    return row.entry_number


def drop_stocktake(session: Session, guard: Guard, stocktake_id: UUID, *, at: datetime) -> None:
    """Drop an open stocktake (作废): the books stay as they are. By who opened it, or the committee.

    Raises ``RoleMissing``, ``StocktakeEnded`` for one that was closed, ``NoSuchStocktake``.
    """
    ledger.lock_book(session, guard.market_id)
    row = _row(session, guard, stocktake_id)
    if row.opened_by != guard.actor:
        guard.require(Role.RECORDER, Role.CHAIR)
    if row.state == "dropped":
        return
    _open_row(session, guard, stocktake_id)
    row.state, row.closed_by, row.closed_at = "dropped", guard.actor, at
    session.flush()


def _post(session: Session, guard: Guard, row: Stocktake, differing: Sequence[DifferenceRow], at: datetime) -> int:
    take_out(session, guard.market_id, [one.lot_id for one in differing])
    moved = legs.adjust([(one.good_id, one.lot_id, one.difference) for one in differing])
    said = [[str(one.lot_id), one.counted, one.book, one.reason] for one in differing]
    reason = f"{village_date(row.opened_at)} 盘点，监督人{row.supervisor_name}"
    try:
        posted = ledger.post(session, guard.market_id, Draft("count", at, guard.actor, reason, row.id, moved, said))
    except BalanceTooLow as error:
        short = [one.title for one in differing if shelf_of(one.lot_id, one.good_id) == error.address]
        sentence = words("{names}点过以后又发出去了，差数对不上了。请重点这一批。")
        raise CountOutdated(sentence, names=_named(short)) from error
    return posted.number


def _give_reasons(session: Session, guard: Guard, stocktake_id: UUID, reasons: Mapping[UUID, str]) -> None:
    for lot_id, reason in reasons.items():
        line = _line(session, guard, stocktake_id, lot_id)
        if line is not None and reason.strip():
            line.reason = check_reason(reason)
    session.flush()


def _refuse_unexplained(differing: Sequence[DifferenceRow]) -> None:
    silent = [one for one in differing if not one.reason]
    if silent:
        sentence = words("{names}点的数和账上不一样，请写明原因。")
        raise DifferenceUnexplained(sentence, names=_named([one.title for one in silent]))


def _named(titles: Sequence[str]) -> str:
    shown = "、".join(titles[:_MOST_NAMES])
    return shown if len(titles) <= _MOST_NAMES else f"{shown}……"


def _row(session: Session, guard: Guard, stocktake_id: UUID) -> Stocktake:
    row = session.get(Stocktake, (guard.market_id, stocktake_id))
    if row is None:
        raise NoSuchStocktake(words("没有这次盘点。"))
    return row


def _open_row(session: Session, guard: Guard, stocktake_id: UUID) -> Stocktake:
    row = _row(session, guard, stocktake_id)
    if row.state != "open":
        sentence = words("这次盘点已经结了。") if row.state == "closed" else words("这次盘点已经作废了。")
        raise StocktakeEnded(sentence)
    return row


def _line(session: Session, guard: Guard, stocktake_id: UUID, lot_id: UUID) -> StocktakeLine | None:
    return session.scalar(
        select(StocktakeLine).where(
            StocktakeLine.market_id == guard.market_id,
            StocktakeLine.stocktake_id == stocktake_id,
            StocktakeLine.lot_id == lot_id,
        )
    )
