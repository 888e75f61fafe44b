"""The pages that are looked at, and the way to each in a market's history."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from love_market.db import reading
from love_market.deeds.models import Deed
from love_market.ledger.models import Book
from love_market.vouchers.models import Voucher
from tests.plans import rows
from tests.plans.filling import Filled


@dataclass(frozen=True, slots=True)
class Surface:
    """A page: its name, its address with what is filled in, who opens it, and what is sent where it is asked so."""

    name: str
    address: str
    by: str = "staff"
    body: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


HERE = "/v/{code}"
SURFACES = [
    Surface("front", "/", "anybody"),
    Surface("board", "/board/{code}/{quarter}", "anybody"),
    Surface("desk", HERE + "/"),
    Surface("my", "/my", "household"),
    Surface("statement", HERE + "/households/{household}/statement"),
    Surface("statement.year", HERE + "/households/{household}/statement?year=2024"),
    Surface("households", HERE + "/households"),
    Surface("household", HERE + "/households/{household}"),
    Surface("kin", HERE + "/kin"),
    Surface("papers", HERE + "/papers"),
    Surface("books", HERE + "/books"),
    Surface("books.before", HERE + "/books?before={middle}"),
    Surface("books.issue", HERE + "/books?kind=issue"),
    Surface("books.void", HERE + "/books?kind=void"),
    Surface("books.entry", HERE + "/books/{middle}"),
    Surface("vouchers", HERE + "/vouchers"),
    Surface("vouchers.surname", HERE + "/vouchers?q=孔"),
    Surface("vouchers.household", HERE + "/vouchers?q=002"),
    Surface("vouchers.serial", HERE + "/vouchers?q=0042"),
    Surface("vouchers.before", HERE + "/vouchers?before={batch}"),
    Surface("vouchers.batch", HERE + "/vouchers/batches/{batch}"),
    Surface("vouchers.voucher", HERE + "/vouchers/{voucher}"),
    Surface("counter", HERE + "/counter"),
    Surface("counter.shelf", "/api/v1" + HERE + "/goods"),
    Surface("counter.lookup", "/api/v1" + HERE + "/scan", body=(("scan", "{short_code}"),)),
    Surface("counter.today", HERE + "/counter/today"),
    Surface("counter.slips", HERE + "/counter/slips"),
    Surface("counter.receipt", HERE + "/counter/redemptions/{redemption}"),
    Surface("quarters", HERE + "/quarters"),
    Surface("quarters.before", HERE + "/quarters?before={quarter}"),
    Surface("quarter", HERE + "/quarters/{quarter}"),
    Surface("stars", HERE + "/stars/{year}"),
    Surface("objections", HERE + "/quarters/{quarter}/objections"),
    Surface("deeds", HERE + "/deeds"),
    Surface("deeds.after", HERE + "/deeds?after={after_deed}"),
    Surface("deeds.find", HERE + "/deeds?q=没有这样的事"),
    Surface("deeds.state", HERE + "/deeds?state=accepted"),
    Surface("stock", HERE + "/stock"),
    Surface("stock.stocktakes", HERE + "/stock/stocktakes"),
    Surface("overview", "/overview", "overseer"),
]


def way(surface: Surface, market: Filled) -> tuple[str, dict[str, str] | None]:
    """Return a surface's address in a market's history, and what is sent there if it is asked by POST."""
    known = _known(market)
    body = {name: text.format(**known) for name, text in surface.body}
    return surface.address.format(**known), body or None


def _known(market: Filled) -> dict[str, Any]:
    with reading() as session:
        here = Voucher.market_id == market.market_id
        voucher_id, short_code, number = session.execute(
            select(Voucher.id, Voucher.short_code, func.length(Voucher.serial_no))
            .where(here, Voucher.state == "handed_over")
            .order_by(Voucher.id)
            .limit(1)
        ).one()
        head = session.scalars(select(Book.head_number).where(Book.market_id == market.market_id)).one()
        deed = session.scalars(
            select(Deed).where(Deed.market_id == market.market_id).order_by(Deed.recorded_at.desc(), Deed.id.desc())
        ).first()
    market_number = int(voucher_id.hex[4:12], 16)
    last = len(market.quarters) - 1
    assert deed is not None
    assert number

    def made(kind: int, n: int) -> UUID:
        return UUID(rows.made(kind, market_number, n))

    return {
        "code": market.village_code,
        "quarter": market.quarters[-1],
        "year": market.quarters[-1][:4],
        "household": made(rows.HOUSEHOLD, 1),
        "middle": head // 2,
        "batch": made(rows.BATCH, last),
        "voucher": voucher_id,
        "short_code": short_code,
        "redemption": made(rows.REDEMPTION, last * 1_000_000 + 3),
        "after_deed": f"d-{int(deed.recorded_at.timestamp()) * 1_000_000}-{deed.id.hex}",
    }
