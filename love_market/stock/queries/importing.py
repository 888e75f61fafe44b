"""What a workbook of goods or of counts would do, held against the market's books."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.people.intake import Change
from love_market.people.intake.sayings import Saying, say
from love_market.people.rules import Guard
from love_market.stock.intake import (
    Count,
    GoodFigures,
    KnownGood,
    OtherStocktake,
    ParsedCount,
    ParsedCounts,
    ParsedGoods,
    Plan,
    PlanRow,
    code_of,
    compare_goods,
)
from love_market.stock.models import Good, Lot
from love_market.stock.queries.stocktakes import SheetRow, sheet


def plan_goods(session: Session, guard: Guard, parsed: ParsedGoods) -> Plan[KnownGood]:
    """Return what a list of goods would make and change; writes nothing."""
    received = exists(select(Lot.id).where(Lot.market_id == Good.market_id, Lot.good_id == Good.id))
    found = session.execute(
        select(Good, received).where(Good.market_id == guard.market_id).order_by(Good.position, Good.name, Good.spec)
    )
    known = [
        KnownGood(
            row.id,
            GoodFigures(
                name=row.name,
                spec=row.spec,
                unit_name=row.unit_name,
                barcode=row.barcode,
                points_price=row.points_price,
                low_stock_quantity=row.low_stock_quantity,
                tracks_expiry=row.tracks_expiry,
            ),
            was_received=was_received,
        )
        for row, was_received in found
    ]
    return compare_goods(parsed, known)


def plan_counts(session: Session, guard: Guard, stocktake_id: UUID, parsed: ParsedCounts) -> Plan[Count]:
    """Return what a counted sheet would write down; nothing of the book's is in it.

    Raises ``OtherStocktake`` and ``NoSuchStocktake``.
    """
    if parsed.stocktake and parsed.stocktake != code_of(stocktake_id):
        raise OtherStocktake(words("这张盘点表是另一次盘点的。请下载这一次的盘点表，照它点。"))
    lots = {code_of(row.lot_id): row for row in sheet(session, guard, stocktake_id)}
    times = Counter(row.code for row in parsed.rows)
    rows = tuple(_counted(row, lots, parsed.columns, times[row.code]) for row in parsed.rows)
    return Plan(parsed.filename, parsed.sheet, parsed.header_row, rows)


def _counted(row: ParsedCount, lots: Mapping[str, SheetRow], columns: Mapping[str, int], times: int) -> PlanRow[Count]:
    lot = lots.get(row.code)
    wrong: list[Saying] = list(row.wrong)
    if lot is None:
        why = say(words("批次编号“{code}”不在这次的盘点表上。请用这次下载的盘点表，编号不要改。"), code=row.code)
        wrong.append(why.at(row.row_number, columns["lot"]))
    elif times > 1:
        why = say(words("批次编号“{code}”在表里不止一行。请只留一行。"), code=row.code)
        wrong.append(why.at(row.row_number, columns["lot"]))
    if wrong or lot is None:
        return PlanRow(row.row_number, "refused", row.title, tuple(wrong))
    if row.quantity is None:
        return PlanRow(row.row_number, "same", lot.title, (say(words("没有填数，不动。")),))
    reason = row.reason or lot.reason
    if (row.quantity, reason) == (lot.counted, lot.reason):
        return PlanRow(row.row_number, "same", lot.title)
    before = "" if lot.counted is None else str(lot.counted)
    return PlanRow(
        row.row_number,
        "made" if lot.counted is None else "changed",
        lot.title,
        changes=(Change(words("实点"), before, f"{row.quantity} {lot.unit_name}"),),
        written=Count(lot.lot_id, row.quantity, reason),
    )
