"""What may happen to a market's vouchers and goods while a till is without a network."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.stock import queries as stock
from love_market.stock import service as stock_service
from love_market.vouchers import loss
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop

Trouble = Callable[[Session, Shop, Clock], object]


def freeze(session: Session, shop: Shop, clock: Clock) -> None:
    """The first voucher is frozen."""
    loss.freeze(session, shop.village.chair, shop.vouchers[0].id, reason="丢了", at=clock())


def void(session: Session, shop: Shop, clock: Clock, index: int = 0) -> None:
    """A voucher is made void."""
    loss.void(session, shop.village.chair, shop.vouchers[index].id, reason="迁走了", at=clock(), key=new_id())


def reissue(session: Session, shop: Shop, clock: Clock, index: int = 0) -> UUID:
    """A voucher is lost and made anew; return the new one."""
    voucher_id = shop.vouchers[index].id
    return loss.reissue(
        session, shop.village.chair, voucher_id, reason="丢了", secret="x" * 32, at=clock(), key=new_id()
    )


def spend(session: Session, shop: Shop, clock: Clock) -> None:
    """Somebody spends most of the first voucher elsewhere."""
    made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("白面", 1)], clock(), new_id())


def expire(session: Session, shop: Shop, clock: Clock) -> None:
    """A year and more goes by."""
    clock.at += timedelta(days=400)


def reprice(session: Session, shop: Shop, clock: Clock, price: int = 10) -> None:
    """Noodles cost so much from now on."""
    clerk, good_id = shop.village.clerk, shop.goods["挂面"]
    good = stock.good(session, clerk, good_id)
    stock_service.change_good(
        session,
        clerk,
        good_id,
        at=clock(),
        name=good.name,
        spec=good.spec,
        unit_name=good.unit_name,
        points_price=price,
        picture=good.picture,
        barcode=good.barcode or "",
        low_stock_quantity=good.low_stock_quantity,
        tracks_expiry=good.tracks_expiry,
    )


def nothing(session: Session, shop: Shop, clock: Clock) -> None:
    """Nothing happens."""
