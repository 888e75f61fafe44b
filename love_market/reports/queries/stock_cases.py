"""What waits at the shelf: a count that is not done, goods past their date or near it, goods that run out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import village_instant
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard
from love_market.reports.queries.first_cases import SHELF_KEEPERS
from love_market.reports.rules import Case, say
from love_market.stock import queries as stock
from love_market.stock.queries import ShelfGood, StocktakeRecord
from love_market.stock.queries.left import LotLeft, by_expiry

_NAMED = 3


def stock_cases(
    session: Session, guard: Guard, shelf: Sequence[ShelfGood], lots: Sequence[LotLeft], at: datetime
) -> Iterator[Case]:
    """Yield an open stocktake, goods past their date or near it, and goods that run low."""
    stocktake = stock.open_stocktake(session, guard)
    if stocktake is not None:
        yield _stocktake_case(session, guard, stocktake)
    expired, near = by_expiry(lots, at)
    if expired:
        yield Case(
            say(words("{goods}过了保质期，要报损"), goods=_named([lot.title for lot in expired])),
            words("去报损"),
            "stock.write_off" if len(expired) == 1 else "stock.watch",
            SHELF_KEEPERS,
            {"lot_id": str(expired[0].id)} if len(expired) == 1 else {},
            say(words("{count} 批，兑换台已经不给这几批"), count=len(expired)),
            due_at=village_instant(expired[0].expires_on, 18) if expired[0].expires_on else None,
        )
    if near:
        yield Case(
            say(
                words("{goods}快到保质期"), goods=_named([f"{lot.title} {lot.quantity}{lot.unit_name}" for lot in near])
            ),
            words("看这批") if len(near) == 1 else words("看这几批"),
            "stock.watch",
            SHELF_KEEPERS,
            {"_anchor": "near"},
            say(words("可以先摆到货架前排")),
            due_at=village_instant(near[0].expires_on, 18) if near[0].expires_on else None,
        )
    yield from _low_cases(shelf)


def _stocktake_case(session: Session, guard: Guard, stocktake: StocktakeRecord) -> Case:
    """Return the count that is open: to be counted on, or once all lots are counted to be closed by a second person."""
    is_counted = all(row.counted is not None for row in stock.sheet(session, guard, stocktake.id))
    may_close = bool(guard.roles & COMMITTEE) and stocktake.opened_by != guard.actor
    if is_counted:
        return Case(
            say(words("{day}开始的盘点点完了，等核对"), day=stocktake.opened_at),
            words("去核对"),
            "stock.close_stocktake",
            COMMITTEE if may_close else frozenset(),
            {"stocktake_id": str(stocktake.id)},
            say(words("由村委会里没有开这次盘点的人核对入账；在场监督：{name}"), name=stocktake.supervisor_name),
            whom=words("村委会"),
            since=stocktake.opened_at,
        )
    return Case(
        say(words("{day}开始的盘点还没有完"), day=stocktake.opened_at),
        words("接着盘"),
        "stock.stocktake",
        SHELF_KEEPERS,
        {"stocktake_id": str(stocktake.id)},
        say(words("在场监督：{name}。点完由另一个人核对入账"), name=stocktake.supervisor_name),
        since=stocktake.opened_at,
    )


def _low_cases(shelf: Sequence[ShelfGood]) -> Iterator[Case]:
    """Yield the goods that run low: one by its receipt, several by the list; a shelf without anything by itself."""
    low = [one for one in shelf if one.low]
    if not low:
        return
    if not any(one.quantity for one in shelf):
        title, about = say(words("货架上什么也没有了")), say(words("进了货、收了捐赠就记进来，记了才能兑换"))
    else:
        title = say(words("{count} 样货不多了"), count=len(low))
        about = say("{goods}", goods=_named([one.title for one in low]))
    is_one = len(low) == 1
    yield Case(
        title,
        words("去入库") if is_one else words("看库存"),
        "stock.receive" if is_one else "stock.watch",
        SHELF_KEEPERS,
        {"good": str(low[0].id)} if is_one else {"_anchor": "low"},
        about,
    )


def _named(titles: Sequence[str]) -> str:
    """Return the first few of some names, joined."""
    distinct = list(dict.fromkeys(titles))
    return "、".join(distinct[:_NAMED]) + ("…" if len(distinct) > _NAMED else "")
