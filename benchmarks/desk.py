"""The committee's desk: `python benchmarks/desk.py [--short]` prints one `name value <= goal` a line.

A village of 1,300 households (`--short`: 200) is scored by 40 rules, last quarter and this one. Measured in a real
Chromium: the score grid, from the address until its first cells take keys; a cell, from Enter until its row shows what
the server says; a frame while the wheel turns. Measured through the pages: a score workbook of all households taken in,
the notice, and everybody's voucher, as PDF.
"""

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy.orm import Session

from benchmarks.figures import spread, tell
from love_market.app import create_app
from love_market.appraisals import queries, service
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter
from love_market.config import Settings
from love_market.db import new_id, transaction
from love_market.deeds import service as deeds
from love_market.deeds.rules import RuleDraft
from tests import builders
from tests.appraisals import stages
from tests.browser import launch_options, serving
from tests.builders import Village, sign_in
from tests.databases import SECRET, migrate
from tests.flows.live import DESK
from tests.vouchers import made

HOUSEHOLDS, SHORT, RULES = 1300, 200, 40
CATEGORIES = ("环境", "参与", "志愿", "家风", "和谐")
LAST, NOW = Quarter(2026, 2), Quarter(2026, 3)
AT = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
OPEN_MS, SAVE_MS, FRAME_MS = 1000, 300, 34
IMPORT_S, NOTICE_S, VOUCHERS_S = 20, 10, 30
# From Enter until the row of the cell is not unsaved any more, the picture drawn.
SAVE = """
  (text) => new Promise((resolve) => {
    const td = document.activeElement;
    const how = { bubbles: true, cancelable: true };
    const key = (name) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, ...how }));
    key(text);
    const begun = performance.now();
    const seen = new MutationObserver(() => {
      if (td.classList.contains("is-unsaved") || !document.querySelector("#saved.is-saved")) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
    });
    document.querySelector("#saved").className = "";
    seen.observe(document.body, { subtree: true, attributes: true, childList: true });
    key("Enter");
  })
"""
# A wheel's turns down the sheet: the time of each picture.
SCROLL = """
  async () => {
    const box = document.querySelector("#scroll");
    const took = [];
    let before = await new Promise(requestAnimationFrame);
    for (let turn = 0; turn < 120; turn += 1) {
      box.scrollTop += 100;
      const now = await new Promise(requestAnimationFrame);
      took.push(now - before);
      before = now;
    }
    return took;
  }
"""


def main() -> None:
    """Measure on SQLite, served by the program's own threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        settings = Settings(f"sqlite:///{Path(folder) / 'love_market.sqlite3'}", SECRET, Path(folder))
        migrate(settings.database_url, Path(folder))
        app = create_app(settings, lambda: AT)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            village = scored(SHORT if short else HOUSEHOLDS)
            with serving(app) as url, sync_playwright() as playwright:
                chromium = playwright.chromium.launch(**launch_options())
                context = chromium.new_context(viewport=DESK, base_url=url)  # type: ignore[arg-type]
                client = app.test_client()
                sign_in(client, village.recorder)
                cookie = client.get_cookie("session")
                if cookie is not None:
                    context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
                in_the_grid(context.new_page(), f"/v/{village.code}/scores/{NOW}", 5 if short else 15)
                chromium.close()
            client = app.test_client()
            sign_in(client, village.recorder)
            taken_in(client, village)
            on_paper(client, village)


def scored(households: int) -> Village:
    """Make a village, score it by forty rules last quarter and in part this one."""
    with transaction() as session:
        village = builders.village(session, at=AT, households=households)
        drafts = [
            RuleDraft(
                category=CATEGORIES[at * len(CATEGORIES) // RULES], name=f"项目{at + 1}", points=5, unit_name="次"
            )
            for at in range(RULES)
        ]
        deeds.adopt_version(session, village.recorder, drafts, meeting=builders.meeting(AT), at=AT, key=new_id())
    for quarter in (LAST, NOW):
        with transaction() as session:
            _score(session, village, quarter)
    return village


def _score(session: Session, village: Village, quarter: Quarter) -> None:
    service.open_quarter(session, village.recorder, quarter, budget_points=1_000_000, at=AT, key=new_id())
    rules = queries.sheet(session, village.recorder, quarter, first=1).rules
    scored = village.households if quarter == LAST else village.households[::2]
    cells = [
        CellInput(household, rule.id, 5 * ((row + column) % 7 == 0))
        for row, household in enumerate(scored)
        for column, rule in enumerate(rules)
    ]
    service.save_scores(session, village.recorder, quarter, cells, source="import", at=AT, key=new_id())
    if quarter == LAST:
        service.submit(session, village.recorder, quarter, at=AT)


def in_the_grid(page: Page, address: str, rounds: int) -> None:
    """Time opening, saving and scrolling; the first opening, which fills the browser's cache, is not counted."""
    opened, whole = [], []
    for _ in range(rounds + 1):
        page.goto(address, wait_until="commit")
        expect(page.locator("#grid[data-ready]")).to_be_attached(timeout=60_000)
        opened.append(page.evaluate("performance.getEntriesByName('grid')[0].startTime"))
        expect(page.locator("[data-count=unfilled]")).not_to_have_text("", timeout=60_000)
        whole.append(page.evaluate("performance.getEntriesByName('grid whole')[0].startTime"))
    tell("desk.grid_open", statistics.median(opened[1:]), "<=", OPEN_MS, " ms", f"  ({spread(opened[1:])})")
    print(f"desk.grid_whole {statistics.median(whole[1:]):.0f} ms  ({spread(whole[1:])})", flush=True)
    page.locator("#grid tbody td:not(.pin)").first.click()
    took = [page.evaluate(SAVE, str(turn % 9 + 1)) for turn in range(rounds)]
    tell("desk.cell_save", statistics.median(took), "<=", SAVE_MS, " ms", f"  ({spread(took)})")
    frames = page.evaluate(SCROLL)
    tell("desk.scroll_frame", statistics.median(frames), "<=", FRAME_MS, " ms", f"  ({spread(frames)})")


def taken_in(client: FlaskClient, village: Village) -> None:
    """Time a score workbook of all households: read and previewed, then filled in."""
    with transaction() as session:
        sheet = queries.sheet(session, village.recorder, NOW)
    book = openpyxl.Workbook(write_only=True)
    lines = book.create_sheet()
    lines.append(["户号", "户主", *(rule.name for rule in sheet.rules)])
    for row in sheet.rows:
        lines.append([row.household.number, row.household.head_name, *([5, 0] * (RULES // 2))])
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    door, key = f"/v/{village.code}/scores/{NOW}/import", str(new_id())
    begun = time.perf_counter()
    sent = client.post(door, data={"key": key, "scores": (data, "评分表.xlsx")})
    preview = client.get(sent.location).text
    seconds = time.perf_counter() - begun
    digest = preview.partition('name="digest" type="hidden" value="')[2].partition('"')[0]
    begun = time.perf_counter()
    done = client.post(sent.location, data={"key": key, "digest": digest})
    if done.status_code != 302:
        raise SystemExit(f"import: {done.status}")
    seconds += time.perf_counter() - begun
    tell("desk.import", seconds, "<=", IMPORT_S, " s", f"  ({len(sheet.rows)} households x {len(sheet.rules)} rules)")


def on_paper(client: FlaskClient, village: Village) -> None:
    """Bring the quarter to the notice and time its PDF; then issue everybody's voucher and time theirs."""
    with transaction() as session:
        service.submit(session, village.recorder, NOW, at=AT)
        stages.meet(session, village)
        stages.publish(session, village)
    seconds = _timed(lambda: client.get(f"/board/{village.code}/{NOW}/notice.pdf").status_code)
    tell("desk.notice_pdf", seconds, "<=", NOTICE_S, " s")
    with transaction() as session:
        service.confirm(session, village.chair, NOW, at=AT + timedelta(days=6), key=new_id())
        batch = made.issue(session, village, AT)
    seconds = _timed(lambda: client.get(f"/v/{village.code}/vouchers/batches/{batch}/sheet.pdf").status_code)
    tell("desk.vouchers_pdf", seconds, "<=", VOUCHERS_S, " s")


def _timed(ask: Callable[[], int]) -> float:
    begun = time.perf_counter()
    if ask() != 200:
        raise SystemExit("a paper was not made")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
