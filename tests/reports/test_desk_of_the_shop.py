"""What waits for whoever keeps the shop: disputes, tills gone silent, goods, the counter."""

from datetime import timedelta

from love_market.db import new_id, transaction
from love_market.stock import service as stock
from love_market.tills import service as tills_service
from tests.builders import Village
from tests.conftest import Clock
from tests.counter import made
from tests.counter.happening import book, happened
from tests.counter.tills import PlayedTill
from tests.reports.conftest import Walk


def test_what_is_disputed_and_a_till_gone_silent_wait_for_the_committee(
    village: Village, clock: Clock, desk_of: Walk
) -> None:
    phone = PlayedTill()
    with transaction() as session:
        shop = made.shop(session, village, clock.at)
        phone.enrol(session, village.chair, "店里的手机", clock.at)
        tills_service.hold(session, village.clerk, phone.id, at=clock.at)
    for page in (desk_of(village.chair), desk_of(village.clerk)):
        assert "兑换对不上" not in page
        assert "断了联系" not in page
    for _ in range(2):
        told = happened(shop, [(new_id(), 2)], [shop.line("食盐", 1)], clock.at)
        with transaction() as session:
            book(session, shop, told, clock.at)
    clock.at += timedelta(days=4)
    for guard in (village.chair, village.recorder):
        page = desk_of(guard)
        assert "有 2 笔兑换对不上" in page
        assert f"/v/{village.code}/counter/disputes" in page
        assert "店里的手机断了联系，别的机器不能兑换" in page
        assert f"/v/{village.code}/tills" in page
    assert "村委会：有 2 笔兑换对不上" in desk_of(village.clerk)
    with transaction() as session:
        tills_service.settle(session, village.chair, at=clock.at)
    assert "断了联系" not in desk_of(village.chair)


def test_the_shelf_waits_for_the_clerk_and_the_committee(village: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        goods = made.goods(session, village, clock.at)
        for name, days in (("鸡蛋", 10), ("牛奶", 2)):
            good = stock.add_good(
                session,
                village.clerk,
                key=new_id(),
                at=clock.at,
                name=name,
                spec="",
                unit_name="盘",
                points_price=22,
                tracks_expiry=True,
            )
            stock.receive(
                session,
                village.clerk,
                key=new_id(),
                at=clock.at,
                good_id=good,
                quantity=12,
                source="bought",
                expires_on=clock.at.date() + timedelta(days=days),
            )
        assert goods
    clock.at += timedelta(days=3)
    page = desk_of(village.clerk)
    for words in (
        "牛奶过了保质期，要报损",
        "鸡蛋 12盘快到保质期",
        "还有 7 天",
        "2 样货不多了",
        "蒸锅 28厘米",
        "开始兑换",
    ):
        assert words in page
    with transaction() as session:
        stock.open_stocktake(session, village.clerk, key=new_id(), supervisor_name="监委", at=clock.at)
    assert "10月11日开始的盘点还没有完" in desk_of(village.chair)
    assert "去报损" not in desk_of(village.panel[0])


def test_a_clerk_begins_at_the_counter(village: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        shop = made.shop(session, village, clock.at)
        made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("陈醋", 2)], clock.at, new_id())
    page = desk_of(village.clerk)
    assert "今天换出 14 分的货" in page
    assert page.count('class="primary"') == 1
