"""The counter on a slow phone: `python benchmarks/counter.py [--short]` prints one `name value <= goal` a line.

Drives a real Chromium with its processor slowed down six times, at a till with 1,300 households' vouchers and 500
goods: how much a first visit fetches, whether anything comes from elsewhere, how long the page takes to open without a
network, and how long a scanned code takes to show whose voucher it is, with a network and without.
"""

import argparse
import gzip
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask.testing import FlaskClient
from playwright.sync_api import Page, Request, expect, sync_playwright

from benchmarks.figures import spread, tell
from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.db import new_id, transaction
from love_market.stock import service as stock
from love_market.tills import service as tills
from tests import builders
from tests.browser import launch_options, serving
from tests.builders import Village, sign_in
from tests.databases import SECRET, migrate
from tests.flows.live import PHONE
from tests.vouchers import made

HOUSEHOLDS, GOODS, SLOWER = 1300, 500, 6
FIRST_LOAD_KB, OPEN_MS, SCAN_MS = 350, 2000, 300
# From what a camera or a gun hands over to the holder's name on the screen, the picture drawn.
SCAN = """
  (text) => new Promise((resolve) => {
    const field = document.querySelector("#code");
    const shown = new MutationObserver(() => {
      if (document.querySelector("#holder").hidden) return;
      shown.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
    });
    shown.observe(document.body, { subtree: true, attributes: true, childList: true });
    field.value = text;
    const begun = performance.now();
    document.querySelector("#typed").requestSubmit();
  })
"""
READY = "performance.now()"


def main() -> None:
    """Measure on SQLite, served by the program's own threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    rounds = 3 if parser.parse_args().short else 9
    with tempfile.TemporaryDirectory(prefix="counter-") as folder:
        settings = Settings(f"sqlite:///{Path(folder) / 'love_market.sqlite3'}", SECRET, Path(folder))
        migrate(settings.database_url, Path(folder))
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            village, urls, code = furnished()
            with serving(app) as url, sync_playwright() as playwright:
                chromium = playwright.chromium.launch(**launch_options())
                context = chromium.new_context(viewport=PHONE, base_url=url)  # type: ignore[arg-type]
                client = app.test_client()
                sign_in(client, village.clerk)
                cookie = client.get_cookie("session")
                if cookie is not None:
                    context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
                page = context.new_page()
                first_load(page, client, url, f"/counter#join={village.code}.{code}")
                measured(page, urls, rounds)
                chromium.close()


def furnished() -> tuple[Village, list[str], str]:
    """Make a large village; return it, what its vouchers' codes say, and an invitation."""
    at = utc_now()
    with transaction() as session:
        village = builders.village(session, at=at, households=HOUSEHOLDS)
        faces = made.vouchers(session, village, [30] * HOUSEHOLDS, at)
        for number in range(GOODS):
            good_id = stock.add_good(
                session,
                village.clerk,
                key=new_id(),
                at=at,
                name=f"货品{number + 1}",
                spec="500克",
                unit_name="袋",
                points_price=1 + number % 30,
            )
            stock.receive(session, village.clerk, key=new_id(), at=at, good_id=good_id, quantity=20, source="bought")
        urls = [made.url_of(session, village.market_id, face) for face in faces[:40]]
        invited = tills.invite(session, village.chair, name="店里的手机", at=at, key=new_id())
    return village, urls, invited.code


def first_load(page: Page, client: FlaskClient, url: str, address: str) -> None:
    """Enrol, and weigh what the first visit fetched: each file compressed, the scanner's WebAssembly apart."""
    fetched, elsewhere = set[str](), set[str]()

    def note(request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"data", "blob"}:
            return
        if f"{asked.scheme}://{asked.netloc}" != url:
            elsewhere.add(request.url)
        elif request.method == "GET" and not asked.path.endswith(".wasm"):
            fetched.add(asked.path)

    page.context.on("request", note)
    page.goto(address)
    page.get_by_role("button", name="登记这台机器").click()
    expect(page.locator("#status-words")).to_contain_text("断了网能用到", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_load_state("networkidle")
    page.context.remove_listener("request", note)
    kilobytes = sum(len(gzip.compress(client.get(path).data, 6)) for path in fetched) / 1000
    tell("counter.first_load", kilobytes, "<=", FIRST_LOAD_KB, " KB", f"  ({len(fetched)} files, each compressed)")
    tell("counter.other_origins", len(elsewhere), "<=", 0)


def measured(page: Page, urls: list[str], rounds: int) -> None:
    """Slow the processor down, and time opening without a network and scanning with one and without."""
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    codes = iter(urls)
    scans = {"online": [scan(page, next(codes)) for _ in range(rounds)]}
    page.context.set_offline(True)
    opened = []
    for _ in range(rounds):
        page.reload(wait_until="commit")
        expect(page.locator("#status-words")).not_to_have_text("正在打开…", timeout=30_000)
        opened.append(page.evaluate(READY))
    scans["offline"] = [scan(page, next(codes)) for _ in range(rounds)]
    tell("counter.open_offline", statistics.median(opened), "<=", OPEN_MS, " ms", f"  ({spread(opened)})")
    for how, took in scans.items():
        tell(f"counter.scan_{how}", statistics.median(took), "<=", SCAN_MS, " ms", f"  ({spread(took)})")


def scan(page: Page, code: str) -> float:
    """Scan a voucher; return the milliseconds until it is shown."""
    if page.locator("body.is-picking").count():
        page.locator("#go").click()
        expect(page.locator("body.is-picking")).to_have_count(0)
    if page.locator("#replace").is_visible():
        page.locator("#replace").click()
    took: float = page.evaluate(SCAN, code)
    return took


if __name__ == "__main__":
    main()
