"""The form on a phone, in a real Chromium: tapped in, refused without loss, sent twice as one; and without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, ViewportSize, expect

from love_market.db import new_id, reading, transaction
from love_market.deeds import queries
from love_market.deeds.queries import DeedRecord
from love_market.people.models import Member
from tests.browser import launch_options, serving
from tests.builders import Village, sign_in
from tests.deeds.conftest import Rules
from tests.deeds.test_evidence import picture

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Phone:
    """A served village's deeds pages, and a browser signed in as its grid worker."""

    page: Page
    address: str


@pytest.fixture
def scripts() -> bool:
    """Whether the browser runs scripts; a test may say otherwise."""
    return True


@pytest.fixture
def phone(playwright: Playwright, app: Flask, village: Village, rules: Rules, *, scripts: bool) -> Iterator[Phone]:
    app.config["WTF_CSRF_ENABLED"] = True
    with transaction() as session:
        for position, name in enumerate(("孔振明", "李桂花", "孔小满"), 1):
            session.add(
                Member(
                    market_id=village.market_id,
                    id=new_id(),
                    household_id=village.households[0],
                    name=name,
                    position=position,
                )
            )
    client = app.test_client()
    sign_in(client, village.grid_worker)
    cookie = client.get_cookie("session")
    assert cookie is not None
    with serving(app) as base, playwright.chromium.launch(**launch_options()) as browser:
        context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=scripts)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
        yield Phone(context.new_page(), f"{base}/v/{village.code}/deeds/new")


def recorded(village: Village) -> list[DeedRecord]:
    with reading() as session:
        return list(queries.deeds(session, village.chair).deeds)


def tap_through(phone: Phone) -> Page:
    page = phone.page
    page.goto(phone.address)
    page.get_by_placeholder("户号，或家里谁的名字").fill("李桂花")
    page.get_by_role("button", name="孔振明").click()
    page.get_by_role("button", name="孔小满", exact=True).click()
    page.locator("label.category", has_text="参与").click()
    page.locator("label.tile", has_text="义务劳动").click()
    page.get_by_role("button", name="昨天").click()
    page.get_by_role("button", name="多一次").click()
    expect(page.locator("[data-sum]")).to_contain_text("义务劳动 2 个半天")
    expect(page.locator("[data-sum-points]")).to_have_text("+16")
    return page


def test_a_deed_is_tapped_in_and_a_refusal_loses_nothing(phone: Phone, village: Village, tmp_path: Path) -> None:
    page = tap_through(phone)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    good, bad = tmp_path / "渠.jpg", tmp_path / "假的.jpg"
    good.write_bytes(picture(size=(3000, 2000)))
    bad.write_bytes(b"not a photo")
    page.locator("#photos").set_input_files([good, bad])
    expect(page.locator(".thumbs li")).to_have_count(2)
    page.get_by_role("button", name="记下这件好事").click()
    expect(page.locator("#told")).to_contain_text("“假的.jpg”不是能看的照片，什么也没有存。")
    assert recorded(village) == []
    page.locator(".thumbs li").nth(1).get_by_role("button").click()
    page.get_by_role("button", name="记下这件好事").click()
    page.wait_for_url("**recorded=1")
    expect(page.get_by_text("记下了，等评议员看。两个人都看过，这件事才计分。")).to_be_visible()
    (deed,) = recorded(village)
    assert (deed.household_number, deed.member_name, deed.times, deed.points) == ("001", "孔小满", 2, 16)
    assert [(photo.width_px, photo.height_px) for photo in deed.photos] == [(1600, 1067)]


def test_a_lost_answer_and_a_second_press_make_one_deed(phone: Phone, village: Village) -> None:
    page = tap_through(phone)
    page.get_by_label("经过").fill("清渠")
    lost: list[int] = []

    def lose(route: Any) -> None:  # noqa: ANN401 Playwright's own type
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    page.route("**/deeds/new", lose)
    page.get_by_role("button", name="记下这件好事").click()
    expect(page.locator("#told")).to_contain_text("没有送到，填的都留着。")
    assert lost == [302], "the server has it; only the answer was lost"
    page.get_by_role("button", name="记下这件好事").click()
    page.wait_for_url("**recorded=1")
    assert len(recorded(village)) == 1


def test_a_penalty_is_found_filled_in_and_recorded_with_its_photo(
    phone: Phone, village: Village, tmp_path: Path
) -> None:
    page = phone.page
    page.goto(phone.address.replace("/deeds/new", f"/penalties/new?household={village.households[1]}&rule=dumping"))
    expect(page.locator(".picked")).to_contain_text("002")
    expect(page.locator("[data-evidence]")).to_contain_text("劝告后两张照片和告知单")
    page.get_by_label("几次").fill("2")
    expect(page.get_by_label("扣几分")).to_have_attribute("placeholder", "20")
    page.get_by_role("button", name="记下扣分").click()
    expect(page.locator("#told")).to_contain_text("请写明怎么回事")
    page.get_by_label("怎么回事").fill("又把垃圾倒在河边。")
    (tmp_path / "河边.jpg").write_bytes(picture())
    page.locator("input[type=file]").set_input_files(tmp_path / "河边.jpg")
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.get_by_role("button", name="记下扣分").click()
    page.wait_for_url("**recorded=1")
    with reading() as session:
        (one,) = queries.penalties(session, village.recorder).waiting
    assert (one.household_number, one.points, one.state, len(one.photos)) == ("002", -20, "recorded", 1)


@pytest.mark.parametrize("scripts", [False])
def test_without_scripts_the_same_form_works(phone: Phone, village: Village) -> None:
    page = phone.page
    page.goto(phone.address)
    page.get_by_label("哪一户").select_option(label="002 姚改 二组")
    page.locator("label.category", has_text="志愿").click()
    page.locator("label.tile", has_text="志愿服务").click()
    page.get_by_label("经过").fill("给郝奶奶挑水")
    page.get_by_role("button", name="记下这件好事").click()
    page.wait_for_url("**recorded=1")
    (deed,) = recorded(village)
    assert (deed.household_number, deed.rule.name, deed.points) == ("002", "志愿服务", 2)
