"""Reading stocktakes: the blind sheet while one is open, the differences for whoever closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import CompoundSelect, and_, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from love_market.errors import words
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.stock.models import Good, Lot, Stocktake, StocktakeLine
from love_market.stock.queries.left import left_in_lot
from love_market.stock.rules import NoSuchStocktake

_EARLIEST = (False, datetime.min.replace(tzinfo=UTC), UUID(int=0))


@dataclass(frozen=True, slots=True)
class StocktakeRecord:
    """A count of the shelf (盘点): ``state`` is open, closed or dropped; ``opened_by`` is what the books call them."""

    id: UUID
    state: str
    opened_by: str
    opened_by_name: str
    opened_at: datetime
    supervisor_name: str
    closed_by_name: str
    closed_at: datetime | None
    entry_number: int | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A lot on the blind sheet: what the book says is not in it. ``counted`` is None until it was."""

    lot_id: UUID
    good_id: UUID
    title: str
    unit_name: str
    picture: str
    lot_no: str
    expires_on: date | None
    received_at: datetime
    counted: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A counted lot against the book as it stood when it was counted."""

    lot_id: UUID
    good_id: UUID
    title: str
    unit_name: str
    lot_no: str
    expires_on: date | None
    counted: int
    book: int
    reason: str

    @property
    def difference(self) -> int:
        """Counted less book: below zero is a shortage (盘亏), above a surplus (盘盈)."""
        return self.counted - self.book


def open_stocktake(session: Session, guard: Guard) -> StocktakeRecord | None:
    """Return the stocktake that is open, if one is."""
    row = session.scalar(
        select(Stocktake).where(Stocktake.market_id == guard.market_id, Stocktake.state == literal_column("'open'"))
    )
    return None if row is None else _record(session, [row])[0]


def stocktakes(session: Session, guard: Guard, *, limit: int = 50) -> Sequence[StocktakeRecord]:
    """Return the latest stocktakes, the newest first."""
    rows = session.scalars(
        select(Stocktake)
        .where(Stocktake.market_id == guard.market_id)
        .order_by(Stocktake.opened_at.desc(), Stocktake.id.desc())
        .limit(limit)
    ).all()
    return _record(session, rows)


def stocktake(session: Session, guard: Guard, stocktake_id: UUID) -> StocktakeRecord:
    """Return one stocktake; raise ``NoSuchStocktake``."""
    row = session.get(Stocktake, (guard.market_id, stocktake_id))
    if row is None:
        raise NoSuchStocktake(words("没有这次盘点。"))
    return _record(session, [row])[0]


def sheet(session: Session, guard: Guard, stocktake_id: UUID) -> Sequence[SheetRow]:
    """Return the blind sheet: every lot that was there when the stocktake opened, in the order of the shelf.

    Those are the lots that something is left of by the book, the newest lot of each good that has none left (so that
    the sheet does not tell which are empty), and whatever was counted. Raises ``NoSuchStocktake``.
    """
    opened_at = stocktake(session, guard, stocktake_id).opened_at
    found = session.execute(
        select(Lot, Good, StocktakeLine, left_in_lot())
        .join(Good, and_(Good.market_id == Lot.market_id, Good.id == Lot.good_id))
        .outerjoin(
            StocktakeLine,
            and_(
                StocktakeLine.market_id == Lot.market_id,
                StocktakeLine.lot_id == Lot.id,
                StocktakeLine.stocktake_id == stocktake_id,
            ),
        )
        .where(Lot.market_id == guard.market_id, Lot.id.in_(_candidates(guard, stocktake_id, opened_at)))
        .order_by(Good.position, Good.name, Good.spec, Lot.expires_on.asc().nulls_last(), Lot.received_at, Lot.id)
    ).all()
    newest: dict[UUID, tuple[bool, datetime, UUID]] = {}
    for lot, good, _line, balance in found:
        if lot.received_at <= opened_at:
            newest[good.id] = max(newest.get(good.id, _EARLIEST), (balance > 0, lot.received_at, lot.id))

    def stands(lot: Lot, good: Good, line: StocktakeLine | None, balance: int) -> bool:
        if line is not None or (balance > 0 and lot.received_at <= opened_at):
            return True
        return good.withdrawn_at is None and newest.get(good.id) == (False, lot.received_at, lot.id)

    return [_sheet_row(lot, good, line) for lot, good, line, balance in found if stands(lot, good, line, balance)]


def _candidates(guard: Guard, stocktake_id: UUID, opened_at: datetime) -> CompoundSelect[UUID]:
    """Return the lots not put aside, the newest of each good, and whatever was counted."""
    older = aliased(Lot)
    newest = (
        select(older.id)
        .where(older.market_id == Good.market_id, older.good_id == Good.id, older.received_at <= opened_at)
        .order_by(older.received_at.desc(), older.id.desc())
        .limit(1)
        .correlate(Good)
        .scalar_subquery()
    )
    return union_all(
        select(Lot.id).where(Lot.market_id == guard.market_id, Lot.emptied_at.is_(None), Lot.received_at <= opened_at),
        select(newest).where(Good.market_id == guard.market_id),
        select(StocktakeLine.lot_id).where(
            StocktakeLine.market_id == guard.market_id, StocktakeLine.stocktake_id == stocktake_id
        ),
    )


def differences(session: Session, guard: Guard, stocktake_id: UUID) -> Sequence[DifferenceRow]:
    """Return every counted lot against the book, in the order of the shelf: only for whoever closes, or after."""
    rows = session.execute(
        select(StocktakeLine, Lot, Good)
        .join(Lot, and_(Lot.market_id == StocktakeLine.market_id, Lot.id == StocktakeLine.lot_id))
        .join(Good, and_(Good.market_id == Lot.market_id, Good.id == Lot.good_id))
        .where(StocktakeLine.market_id == guard.market_id, StocktakeLine.stocktake_id == stocktake_id)
        .order_by(Good.position, Good.name, Good.spec, Lot.expires_on.asc().nulls_last(), Lot.received_at, Lot.id)
    )
    return [
        DifferenceRow(
            lot_id=lot.id,
            good_id=good.id,
            title=good.title,
            unit_name=good.unit_name,
            lot_no=lot.lot_no,
            expires_on=lot.expires_on,
            counted=line.counted_quantity,
            book=line.book_quantity or 0,
            reason=line.reason,
        )
        for line, lot, good in rows
    ]


def _sheet_row(lot: Lot, good: Good, line: StocktakeLine | None) -> SheetRow:
    return SheetRow(
        lot_id=lot.id,
        good_id=good.id,
        title=good.title,
        unit_name=good.unit_name,
        picture=good.picture,
        lot_no=lot.lot_no,
        expires_on=lot.expires_on,
        received_at=lot.received_at,
        counted=None if line is None else line.counted_quantity,
        reason="" if line is None else line.reason,
    )


def _record(session: Session, rows: Sequence[Stocktake]) -> list[StocktakeRecord]:
    names = people.names_by_actor(session, [actor for row in rows for actor in (row.opened_by, row.closed_by or "")])
    return [
        StocktakeRecord(
            id=row.id,
            state=row.state,
            opened_by=row.opened_by,
            opened_by_name=names.get(row.opened_by, row.opened_by),
            opened_at=row.opened_at,
            supervisor_name=row.supervisor_name,
            closed_by_name=names.get(row.closed_by or "", row.closed_by or ""),
            closed_at=row.closed_at,
            entry_number=row.entry_number,
        )
        for row in rows
    ]
