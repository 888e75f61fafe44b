"""What happens in a market while a till is away, by the real services."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import service
from love_market.db import new_id, transaction
from love_market.errors import LoveMarketError
from love_market.places import queries as places
from love_market.stock import service as stock
from love_market.vouchers import loss
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import LIVE, proxy_of
from tests import builders
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import GOODS, Shop
from tests.databases import SECRET
from tests.vouchers import made as vouchers_made

ACTS = (
    "redeem",
    "undo",
    "freeze",
    "unfreeze",
    "hand_over",
    "reissue",
    "void",
    "issue",
    "price",
    "new_good",
    "withdraw",
    "put_back",
    "receive",
    "write_off",
    "minimum",
)


class Doings:
    """What happens in the market meanwhile, by the real services; what is refused does not happen."""

    def __init__(self, shop: Shop, clock: Clock) -> None:
        self.village, self.clock, self.shop = shop.village, clock, shop
        self.lots: list[UUID] = []
        self.done: list[UUID] = []

    def do(self, act: str, pick: int) -> None:
        try:
            with transaction() as session:
                getattr(self, act)(session, pick)
        except LoveMarketError:
            pass

    def _voucher(self, session: Session, pick: int) -> UUID:
        carried = vouchers.carried_vouchers(session, self.village.chair, today=village_date(self.clock()))
        live = [one for one in carried if one.state in LIVE]
        return live[pick % len(live)].id if live else new_id()

    def _good(self, pick: int) -> UUID:
        return list(self.shop.goods.values())[pick % len(self.shop.goods)]

    def redeem(self, session: Session, pick: int) -> None:
        name = GOODS[pick % 4][0]
        self.done.append(new_id())
        line = self.shop.line(name, 1 + pick // 4)
        made.redeem(session, self.shop, [self._voucher(session, pick)], [line], self.clock(), self.done[-1])

    def undo(self, session: Session, pick: int) -> None:
        if self.done:
            one = self.done[pick % len(self.done)]
            service.undo(session, self.village.clerk, one, reason="拿错了货", at=self.clock(), key=new_id())

    def freeze(self, session: Session, pick: int) -> None:
        loss.freeze(session, self.village.chair, self._voucher(session, pick), reason="丢了", at=self.clock())

    def unfreeze(self, session: Session, pick: int) -> None:
        loss.unfreeze(session, self.village.chair, self._voucher(session, pick), reason="找到了", at=self.clock())

    def hand_over(self, session: Session, pick: int) -> None:
        one = self._voucher(session, pick)
        proxy = proxy_of("王五", "neighbour") if pick % 2 else None
        vouchers_service.hand_over(session, self.village.recorder, [one], at=self.clock(), proxy=proxy)

    def reissue(self, session: Session, pick: int) -> None:
        one = self._voucher(session, pick)
        loss.reissue(session, self.village.chair, one, reason="丢了", secret=SECRET, at=self.clock(), key=new_id())

    def void(self, session: Session, pick: int) -> None:
        one = self._voucher(session, pick)
        loss.void(session, self.village.chair, one, reason="迁走了", at=self.clock(), key=new_id())

    def issue(self, session: Session, pick: int) -> None:
        vouchers_made.vouchers(session, self.village, [5 + pick], self.clock())

    def price(self, session: Session, pick: int) -> None:
        name, spec, unit, points, picture, barcode, _ = GOODS[pick % len(GOODS)]
        stock.change_good(
            session,
            self.village.clerk,
            self.shop.goods[name],
            at=self.clock(),
            name=name,
            spec=spec,
            unit_name=unit,
            points_price=points + pick % 3,
            picture=picture,
            barcode=barcode,
        )

    def new_good(self, session: Session, pick: int) -> None:
        stock.add_good(
            session,
            self.village.clerk,
            key=new_id(),
            at=self.clock(),
            name=f"新货{new_id().hex[-6:]}",
            unit_name="个",
            points_price=1 + pick,
            picture="other",
        )

    def withdraw(self, session: Session, pick: int) -> None:
        stock.withdraw_good(session, self.village.clerk, self._good(pick), at=self.clock())

    def put_back(self, session: Session, pick: int) -> None:
        stock.return_good(session, self.village.clerk, self._good(pick), at=self.clock())

    def receive(self, session: Session, pick: int) -> None:
        ends = (self.clock() + timedelta(days=pick)).date() if pick % 2 else None
        self.lots.append(new_id())
        stock.receive(
            session,
            self.village.clerk,
            key=self.lots[-1],
            at=self.clock(),
            good_id=self._good(pick),
            quantity=1 + pick,
            source="bought",
            expires_on=ends,
        )

    def write_off(self, session: Session, pick: int) -> None:
        if self.lots:
            lot = self.lots[pick % len(self.lots)]
            stock.write_off(
                session, self.village.clerk, key=new_id(), lot_id=lot, quantity=1, reason="破了", at=self.clock()
            )

    def minimum(self, session: Session, pick: int) -> None:
        known = places.settings(session, self.village.market_id)
        builders.change_settings(session, self.village, replace(known, minimum_redemption_points=1 + pick % 3))
