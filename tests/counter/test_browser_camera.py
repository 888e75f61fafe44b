"""The till's camera: its light, the choice among several, and its rest while nobody sees the page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.conftest import on_sqlite_alone
from tests.counter.equipment import TORCH, phone_with_cameras
from tests.counter.hands import serious, type_code
from tests.counter.made import Shop
from tests.flows.live import LiveServer

pytestmark = [pytest.mark.browser, on_sqlite_alone]

HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# Every picture that a camera was ever opened for.
OPENED = """
  window.opened = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => { opened.push(await open(wanted)); return opened.at(-1); };
"""
# There is none, which is found out just when something else happens.
LATE = """
  navigator.mediaDevices.getUserMedia = () => new Promise((_come, stay) => {
    window.tell = () => stay(new DOMException("", "NotFoundError"));
  });
  window.tellOn = (kind) => addEventListener(kind, () => tell(), { once: true, capture: true });
"""
LIVE = "opened.filter((stream) => stream.active).length"
SHOWN = "(document.querySelector('#camera').srcObject?.getVideoTracks()[0].getSettings().deviceId ?? null)"


@pytest.fixture
def with_cameras(playwright: Playwright, live_server: LiveServer, served: Shop) -> Iterator[Callable[[int, str], Page]]:
    """Open the till on a phone with so many cameras, which may be used; a script makes them what they are not."""
    with ExitStack() as phones:

        def phone(count: int, script: str = "") -> Page:
            context = phones.enter_context(
                phone_with_cameras(playwright, live_server, served.village.clerk, count, script)
            )
            page = context.new_page()
            page.goto(f"/v/{served.village.code}/counter")
            expect(page.locator("#camera-words")).to_have_text("对准券上的方码，或货的条码", timeout=20_000)
            return page

        yield phone


def test_one_camera_without_a_light_shows_no_buttons(with_cameras: Callable[..., Page]) -> None:
    page = with_cameras(1)
    expect(page.locator("#camera")).to_be_visible()
    expect(page.get_by_role("button", name="手电")).to_be_hidden()
    expect(page.get_by_role("button", name="换摄像头")).to_be_hidden()
    assert serious(page) == []


def test_a_light_is_switched_on_and_off(with_cameras: Callable[..., Page]) -> None:
    page = with_cameras(1, TORCH)
    light = page.get_by_role("button", name="手电")
    for pressed in ("true", "false"):
        light.click()
        expect(light).to_have_attribute("aria-pressed", pressed)
        assert serious(page) == []
    assert page.evaluate("asked") == [[{"torch": True}], [{"torch": False}]]
    light.click()
    page.evaluate(HIDE, arg=True)
    page.evaluate(HIDE, arg=False)
    expect(light).to_have_attribute("aria-pressed", "false")


def test_the_camera_that_was_chosen_is_taken_again(with_cameras: Callable[..., Page]) -> None:
    page = with_cameras(3)
    seen = [page.evaluate(SHOWN)]
    change = page.get_by_role("button", name="换摄像头")
    for _ in range(3):
        before = seen[-1]
        change.click()
        page.wait_for_function(f"(before) => ({SHOWN}) && ({SHOWN}) !== before", arg=before)
        expect(change).to_be_focused()
        seen.append(page.evaluate(SHOWN))
    assert seen[3] == seen[0]
    assert len(set(seen)) == 3
    change.click()
    page.wait_for_function(f"(chosen) => ({SHOWN}) === chosen", arg=seen[1])
    page.reload()
    page.wait_for_function(f"(chosen) => ({SHOWN}) === chosen", arg=seen[1])
    # One that is gone is forgotten.
    page.evaluate("localStorage.setItem('till:camera', 'gone')")
    page.reload()
    expect(change).to_be_visible()
    assert page.evaluate("localStorage.getItem('till:camera')") is None


def test_the_camera_rests_while_the_page_is_hidden(with_cameras: Callable[..., Page]) -> None:
    page = with_cameras(1, OPENED)
    page.evaluate(HIDE, arg=True)
    assert page.evaluate(f"[{SHOWN}, {LIVE}]") == [None, 0]
    page.evaluate(HIDE, arg=False)
    page.wait_for_function(f"() => {SHOWN}")
    expect(page.locator("#camera-words")).to_have_text("对准券上的方码，或货的条码")
    # Hidden again before it has come: it stays away, and comes once.
    page.evaluate(f"for (const hidden of [true, false, true, false]) ({HIDE})(hidden)")
    page.wait_for_function("() => opened.length === 4")
    page.wait_for_function(f"() => {SHOWN} && {LIVE} === 1")


def test_a_camera_that_was_not_on_does_not_come_with_the_page(with_cameras: Callable[..., Page], served: Shop) -> None:
    page = with_cameras(1)
    page.get_by_label("券上的短码").fill(served.vouchers[0].short_code)
    page.get_by_role("button", name="找券").click()
    expect(page.locator("#goods")).to_be_visible()
    assert page.evaluate(SHOWN) is None
    page.evaluate(HIDE, arg=True)
    page.evaluate(HIDE, arg=False)
    assert page.evaluate(SHOWN) is None


def test_a_camera_found_missing_late_takes_no_focus_and_moves_nothing_under_a_finger(page: Page, served: Shop) -> None:
    page.add_init_script(LATE)
    page.reload()
    opens, code, told = page.locator("#camera-start"), page.locator("#code"), page.locator("#camera-words")
    opens.click()
    page.evaluate("tellOn('focusin')")
    page.keyboard.press("Shift+Tab")
    expect(told).to_contain_text("没有找到摄像头")
    expect(opens).not_to_be_focused()
    expect(code).not_to_be_focused()
    opens.click()
    page.evaluate("tell()")  # who waits for it is led on
    expect(code).to_be_focused()
    opens.click()
    expect(told).to_be_empty()
    page.evaluate("tellOn('pointerdown')")
    type_code(page, served.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
