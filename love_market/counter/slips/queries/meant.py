"""What somebody means by the words that were typed from a slip."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter.rules import BasketLine
from love_market.counter.slips.rules import SlipUnclear, Typing, read_day, typing_of
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.stock import queries as stock
from love_market.stock.queries import GoodRecord
from love_market.stock.rules import NoSuchGood
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import Proxy

_NAMED = 4


def typing_meant(
    session: Session,
    guard: Guard,
    *,
    day: str,
    voucher: str,
    lines: Sequence[tuple[str, int, int]],
    total: int,
    proxy: Proxy | None = None,
    at: datetime,
) -> Typing:
    """Return the typing that these words mean; ``lines`` are a good's name or barcode, quantity, points each.

    Raises ``DayWrong``, what ``vouchers.meant`` raises, ``NoSuchGood``, ``BarcodeWrong`` and ``SlipUnclear``.
    """
    on = read_day(day, village_date(at))
    face = vouchers.meant(session, guard, voucher, at=at)
    basket = [BasketLine(_good(session, guard, text).id, quantity, each) for text, quantity, each in lines]
    return typing_of(on, face.id, basket, total, proxy)


def _good(session: Session, guard: Guard, text: str) -> GoodRecord:
    found = stock.find_goods(session, guard, text)
    if not found:
        raise NoSuchGood(words("没有叫“{text}”的货。请照货架上的名称写。"), text=text)
    if len(found) > 1:
        titles = "、".join(one.title for one in found[:_NAMED])
        raise SlipUnclear(words("“{text}”有好几样：{titles}。请写全名称和规格。"), text=text, titles=titles)
    return found[0]
