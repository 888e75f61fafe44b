"""The voucher room in a real Chromium: marking all at once, and nothing in anybody's way."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from love_market.db import reading, transaction
from love_market.vouchers import loss, queries
from love_market.vouchers.models import ProxyAct
from tests import builders
from tests.builders import Village
from tests.conftest import on_sqlite_alone
from tests.flows.live import PHONE, LiveServer
from tests.vouchers import made

pytestmark = pytest.mark.browser


@pytest.fixture
def room(browser_page: Page, live_server: LiveServer) -> tuple[Page, Village, str]:
    """The chair in the voucher room of a village with four vouchers, one of them frozen; and their batch."""
    at = live_server.clock.at
    with transaction() as session:
        village = builders.village(session, at=at)
        vouchers = made.vouchers(session, village, (35, 20, 8, 46), at)
        loss.freeze(session, village.chair, vouchers[3].id, reason="丢了", at=at)
        made.award(session, village, {village.households[5]: 12}, at)
    live_server.sign_in(browser_page.context, village.chair)
    return browser_page, village, f"/v/{village.code}/vouchers/batches/{vouchers[0].batch_id}"


def test_all_are_marked_at_once_and_the_button_counts(room: tuple[Page, Village, str]) -> None:
    page, village, batch = room
    page.goto(batch)
    page.get_by_label("没领的 3 张全勾上").check()
    expect(page.get_by_role("button", name="3 张已领取")).to_be_visible()
    page.get_by_label("姚改，券号 2026-3-0002，领了").uncheck()
    page.get_by_role("button", name="2 张已领取").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：领走 2 张")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    with reading() as session:
        assert queries.batches(session, village.chair)[0].handed_over == 2


@on_sqlite_alone
def test_who_collects_for_somebody_else_signs_on_the_screen(room: tuple[Page, Village, str]) -> None:
    page, village, batch = room
    page.goto(batch)
    page.get_by_label("姚改，券号 2026-3-0002，领了").check()
    page.get_by_label("蒋凤，券号 2026-3-0003，领了").check()
    page.get_by_text("别人代领", exact=True).click()
    page.get_by_label("代领人姓名").fill("王五")
    page.get_by_label("是户主的").select_option("邻居")
    page.get_by_role("button", name="2 张已领取").click()
    expect(page.get_by_role("alert").first).to_contain_text("请代领人签个字")
    field = page.locator("#proxy-signature")
    for again in (False, True):
        if again:
            page.get_by_role("button", name="擦掉重签").click()
            expect(page.locator("#signature")).to_have_value("")
        field.hover(position={"x": 40, "y": 40})
        page.mouse.down()
        field.hover(position={"x": 140, "y": 70})
        page.mouse.up()
    page.get_by_role("button", name="2 张已领取").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下：领走 2 张")
    with reading() as session:
        acts = session.scalars(select(ProxyAct)).all()
        assert {act.household_id for act in acts} == {village.households[1], village.households[2]}
        assert {(act.name, act.relation, act.signed_on, act.signature[:1]) for act in acts} == {
            ("王五", "neighbour", "screen", "M")
        }


def test_issue_is_two_presses_from_the_room(room: tuple[Page, Village, str]) -> None:
    page, village, _batch = room
    page.goto(f"/v/{village.code}/vouchers")
    page.get_by_role("link", name="发券").click()
    page.get_by_role("button", name="确认发券").dblclick()
    expect(page.get_by_role("heading", name="已发 12 分")).to_be_visible()
    with reading() as session:
        assert [one.points for one in queries.batches(session, village.chair)] == [12, 109]


@on_sqlite_alone
def test_nothing_serious_stands_in_anybodys_way(room: tuple[Page, Village, str]) -> None:
    page, village, batch = room
    with reading() as session:
        frozen = queries.find(session, village.chair, "0004")[0].id
    at = f"/v/{village.code}/vouchers"
    for path in (at, f"{at}?q=孔", f"{at}/issue/2026Q3", batch, f"{at}/{frozen}", f"{at}/{frozen}/reissue"):
        page.goto(path)
        for size in (PHONE, page.viewport_size):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page).response["violations"]
            weighty = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
            assert weighty == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
