"""A villager claims on a phone, in a real Chromium: in few taps, without a network, with a telling photo."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, Request, ViewportSize, expect

from love_market.db import reading
from love_market.deeds import evidence, queries
from love_market.deeds.queries import DeedRecord
from tests.browser import launch_options, serving
from tests.builders import Village, sign_in
from tests.conftest import on_sqlite_alone
from tests.deeds.conftest import Rules, home_of

pytestmark = [pytest.mark.browser, on_sqlite_alone]
PHONE: ViewportSize = {"width": 390, "height": 844}
ORIENTATION, GPS = 0x0112, 0x8825
SEND = "报上去"
HEARS = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture
def phone(playwright: Playwright, app: Flask, village: Village, rules: Rules) -> Iterator[BrowserContext]:
    """A browser with a microphone, signed in with the first household's card."""
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    sign_in(client, home_of(village, 0))
    cookie = client.get_cookie("session")
    assert cookie is not None
    options = launch_options()
    options["args"] += HEARS
    with serving(app) as base, playwright.chromium.launch(**options) as browser:
        context = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=base, permissions=["microphone"])
        context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
        yield context


def telling_photo() -> FilePayload:
    """Return a photo on its side: red on top once it is turned; with the place where it was taken."""
    photo = Image.new("RGB", (2400, 1800), "blue")
    photo.paste((200, 20, 20), (0, 0, 1200, 1800))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS).update({1: "N", 2: (40.0, 22.0, 1.0), 3: "E", 4: (113.0, 45.0, 2.0)})
    file = io.BytesIO()
    photo.save(file, "JPEG", exif=exif, quality=95)
    assert Image.open(io.BytesIO(file.getvalue())).getexif().get_ifd(GPS)
    return {"name": "院子.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def claims(village: Village) -> list[DeedRecord]:
    with reading() as session:
        return list(queries.claims(session, home_of(village, 0)))


def count_taps(page: Page) -> Callable[[], int]:
    page.add_init_script("window.taps = 0; addEventListener('pointerdown', () => { taps += 1; }, true);")
    return lambda: int(page.evaluate("taps"))


def test_a_claim_in_few_taps_with_a_photo_that_tells_nothing(
    phone: BrowserContext, village: Village, tmp_path: Path
) -> None:
    page, sent = phone.new_page(), list[bytes]()
    taps = count_taps(page)

    def keep(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.post_data_buffer or b"")

    page.on("request", keep)
    page.goto("/my/deeds/new")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator("label.tile:visible").first.click()
    expect(page.locator("[data-sum-words]")).to_contain_text("孔振明")
    with page.expect_file_chooser() as chooser:
        page.locator("#photos").click()
    chooser.value.set_files([telling_photo()])
    expect(page.locator(".thumbs li")).to_have_count(1)
    assert taps() == 2, "what was done, and the photo's button; after choosing the photo one more sends it"
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(re.compile("recorded=1"))
    expect(page.get_by_text("报上去了，等网格员看。")).to_be_visible()
    (deed,) = claims(village)
    (photo,) = deed.photos
    assert (photo.width_px, photo.height_px) == (1200, 1600), "turned upright and no side longer"
    (body,) = sent
    assert b"Exif" not in body, "the place does not leave the phone"
    assert len(body) < 200_000
    path = evidence.path_of(evidence.folder_of(tmp_path, village.market_id), photo.sha256)
    with Image.open(path) as arrived:
        assert not arrived.getexif()
        red, _green, blue = arrived.convert("RGB").getpixel((600, 200))  # type: ignore[misc]
        assert (red > 150, blue > 100) == (True, False)


def test_a_photo_is_waited_for_and_made_small_in_older_browsers_too(phone: BrowserContext, village: Village) -> None:
    page = phone.new_page()
    older = """
      const draw = window.createImageBitmap;
      window.createImageBitmap = (file, how) => (how ? Promise.reject(new TypeError("from-image")) : draw(file));
    """
    page.add_init_script(older)
    page.goto("/my/deeds/new")
    page.locator("label.tile:visible").first.click()
    page.get_by_label("经过").fill("扫了院子")
    page.locator("#photos").set_input_files([telling_photo()])
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(re.compile("recorded=1"))
    (deed,) = claims(village)
    (photo,) = deed.photos
    assert (photo.width_px, photo.height_px) == (1200, 1600), "sent at once, it is neither left behind nor on its side"


def test_a_claim_survives_a_lost_network_and_a_reload_and_is_sent_once(phone: BrowserContext, village: Village) -> None:
    page = phone.new_page()
    page.goto("/my/deeds/new")
    page.get_by_label("找一件事").fill("劳动")
    expect(page.locator("label.tile:visible")).to_have_count(1)
    page.locator("label.tile", has_text="义务劳动").click()
    page.get_by_role("button", name="昨天").click()
    page.get_by_label("经过").fill("清了村东的渠")
    page.locator("#photos").set_input_files([telling_photo()] * 2)
    expect(page.locator(".thumbs li")).to_have_count(1)
    expect(page.get_by_text("这张已经放过了。")).to_be_visible()
    page.get_by_role("button", name="不会打字，说一段话").click()
    page.get_by_role("button", name=re.compile("正在听，说完按这里")).click()
    expect(page.locator("audio")).to_be_visible()
    lost: list[int] = []

    def lose(route: Any) -> None:  # noqa: ANN401 Playwright's own type
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    page.route("**/my/deeds/new", lose)
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("#told")).to_contain_text("没有送到，填的都留着。")
    assert lost == [302], "the books have it; only the answer was lost"
    page.reload()
    expect(page.get_by_text("上次没送出去的，还在这里。")).to_be_visible()
    expect(page.locator("[data-sum-words]")).to_contain_text("义务劳动 1 个半天")
    expect(page.locator(".thumbs li")).to_have_count(1)
    expect(page.locator("audio")).to_be_visible()
    expect(page.get_by_label("经过")).to_have_value("清了村东的渠")
    page.get_by_label("经过").fill("清了村东的渠，两个人")
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(re.compile("/my/deeds/[0-9a-f-]{36}"))
    (deed,) = claims(village)
    assert (deed.words, len(deed.photos), deed.sound_kind) == ("清了村东的渠", 1, "webm")
    heard = page.request.get(page.locator("audio").get_attribute("src") or "")
    assert (heard.status, heard.headers["content-type"]) == (200, "audio/webm")
    page.goto("/my/deeds/new")
    expect(page.get_by_text("上次没送出去的，还在这里。")).to_be_hidden()
    page.locator("label.tile", has_text="义务劳动").locator("input").check(force=True)
    page.get_by_role("button", name="昨天").click()
    expect(page.get_by_text("这户这一天的这件事已经报过了。")).to_be_visible()
