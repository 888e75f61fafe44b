"""What hands do at the score grid in a browser, and when it has saved."""

from playwright.sync_api import Page, expect


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
