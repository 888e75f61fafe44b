"""A shop with goods on its shelf and vouchers in its villagers' hands, made by the real services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.counter import service
from love_market.counter.queries import Receipt
from love_market.counter.rules import BasketLine
from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.stock import queries as stock
from love_market.stock import service as stock_service
from love_market.vouchers.queries import VoucherFace
from tests.builders import Village
from tests.vouchers import made

# name, spec, unit, points, picture, barcode, how many
GOODS = (
    ("陈醋", "800毫升", "瓶", 7, "vinegar", "6901234567892", 12),
    ("挂面", "1公斤", "把", 8, "noodles", "6909876543212", 20),
    ("香皂", "125克", "块", 4, "soap", None, 30),
    ("食盐", "400克", "袋", 2, "salt", None, 40),
    ("白面", "5公斤", "袋", 25, "flour", "12", 3),
    ("蒸锅", "28厘米", "口", 160, "steamer", None, 0),
)


@dataclass(frozen=True)
class Shop:
    """A village with goods by name and vouchers by number."""

    village: Village
    vouchers: Sequence[VoucherFace]
    urls: Sequence[str]
    goods: Mapping[str, UUID] = field(default_factory=dict)

    def line(self, name: str, quantity: int, points: int | None = None) -> BasketLine:
        """Return a line of a basket at the shelf's price, or another."""
        price = next(each[3] for each in GOODS if each[0] == name)
        return BasketLine(self.goods[name], quantity, price if points is None else points)


def goods(session: Session, village: Village, at: datetime) -> dict[str, UUID]:
    """Put the goods on the shelf; return their ids by name."""
    made_goods = {}
    for name, spec, unit, points, picture, barcode, quantity in GOODS:
        good_id = made_goods[name] = stock_service.add_good(
            session,
            village.clerk,
            key=new_id(),
            at=at,
            name=name,
            spec=spec,
            unit_name=unit,
            points_price=points,
            picture=picture,
            barcode=barcode,
            low_stock_quantity=2,
        )
        if quantity:
            stock_service.receive(
                session, village.clerk, key=new_id(), at=at, good_id=good_id, quantity=quantity, source="bought"
            )
    return made_goods


def shop(session: Session, village: Village, at: datetime, points_each: Sequence[int] = (35, 20, 8)) -> Shop:
    """Stock the shelf and issue vouchers of these points to the first households."""
    faces = made.vouchers(session, village, points_each, at)
    urls = [made.url_of(session, village.market_id, face) for face in faces]
    return Shop(village, faces, urls, goods(session, village, at))


def redeem(
    session: Session, shop: Shop, voucher_ids: Sequence[UUID], basket: Sequence[BasketLine], at: datetime, key: UUID
) -> Receipt:
    """Redeem as the shop's clerk."""
    return service.redeem(session, shop.village.clerk, key=key, voucher_ids=voucher_ids, basket=basket, at=at)


def standing(session: Session, shop: Shop, at: datetime) -> tuple[int, dict[UUID, int], dict[UUID, int]]:
    """Return how long the book is, what is on each voucher, and what is on the shelf: to see that nothing changed."""
    market_id = shop.village.market_id
    held = books.balances(session, market_id, "voucher", [one.id for one in shop.vouchers])
    left = {one.id: one.quantity for one in stock.shelf(session, shop.village.clerk, at=at)}
    return books.head(session, market_id).number, held, left


def asked(
    shop: Shop, *lines: tuple[str, int], vouchers: tuple[int, ...] = (0,), key: UUID | None = None
) -> dict[str, object]:
    """Return what the page sends for a basket."""
    return {
        "key": str(key or new_id()),
        "voucher_ids": [str(shop.vouchers[index].id) for index in vouchers],
        "basket": [
            {"good_id": str(line.good_id), "quantity": line.quantity, "points_each": line.points_each}
            for line in (shop.line(name, quantity) for name, quantity in lines)
        ],
    }
