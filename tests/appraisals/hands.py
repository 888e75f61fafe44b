"""What hands do at the score grid in a browser, when it has saved, and what it has saved."""

from playwright.sync_api import Locator, Page, expect

from love_market.appraisals import queries
from love_market.db import reading
from tests.appraisals.stages import Q3
from tests.builders import Village


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("已保存")
    expect(page.locator(".is-unsaved")).to_have_count(0)


def put_on_clipboard(page: Page, text: str) -> None:
    """Paste as the browser does after Ctrl+V, with what WPS put on the clipboard."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def copied(page: Page) -> str:
    """What Ctrl+C would put on the clipboard."""
    text: str = page.evaluate(
        """() => {
          const data = new DataTransfer();
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("copy", how));
          return data.getData("text/plain");
        }"""
    )
    return text


def entered(village: Village, at: int) -> dict[str, int]:
    """What the database holds of one household, by rule code, without cells that hold nothing."""
    with reading() as session:
        sheet = queries.sheet(session, village.recorder, Q3)
    cells = zip(sheet.rules, sheet.rows[at].cells, strict=True)
    return {rule.code: cell.entered for rule, cell in cells if cell.entered is not None}


def td(page: Page, at: int, column: int) -> Locator:
    return page.locator("#grid tbody tr").nth(at).locator("td:not(.pin)").nth(column)
