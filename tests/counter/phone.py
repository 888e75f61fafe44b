"""A till's phone for ordeals: a real Chromium with a folder of its own, that can lose its network and be killed."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser import launch_options
from tests.flows.live import PHONE

# What the screen says 成交 to is told at once, as somebody who stands before it would read it.
WATCH = """
  new MutationObserver(() => {
    const key = document.querySelector("#slip-place [data-key]:not(.is-undone)")?.dataset.key;
    if (key && document.body.classList.contains("is-slip")) confirmed(key);
  }).observe(document, { subtree: true, childList: true, attributes: true });
"""


class Phone:
    """A browser with its folder; ``confirmed`` are the keys of all redemptions that its screen has said 成交 to."""

    def __init__(self, playwright: Playwright, url: str, folder: Path, film: Path) -> None:
        self._playwright, self._url, self._folder, self._film = playwright, url, folder, film
        self.confirmed: set[str] = set()
        self.context: BrowserContext
        self.page: Page

    def start(self, *, offline: bool) -> Page:
        """Start the browser, with a network or without."""
        self.context = self._playwright.chromium.launch_persistent_context(
            str(self._folder),
            **launch_options(self._film),
            viewport=PHONE,  # type: ignore[arg-type]
            base_url=self._url,
            permissions=["camera"],
        )
        self.context.set_offline(offline)
        self.context.expose_function("confirmed", self.hear)
        self.context.add_init_script(WATCH)
        self.page = self.context.pages[0]
        return self.page

    def open(self, *, offline: bool) -> Page:
        """Start the browser on the counter's page."""
        self.start(offline=offline).goto("/counter")
        expect(self.page.locator("#status-words")).not_to_have_text("正在打开…")
        return self.page

    def hear(self, key: str) -> None:
        """Take note of what the screen says yes to."""
        self.confirmed.add(key)

    def close(self) -> None:
        """Close the browser as its user does."""
        self.context.close()

    def kill(self) -> None:
        """End every process of this browser at once, as a flat battery does."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if str(self._folder).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        with suppress(Exception):
            self.context.close()
