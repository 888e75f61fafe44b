"""A gun's keys as Chromium hands them to a page: as they are, or with a Chinese input method in between."""

from itertools import count

from playwright.sync_api import Page

PROCESS = 229
MARKS = {":": "Semicolon", "/": "Slash", ".": "Period", "-": "Minus", " ": "Space", "\r": "Enter"}
# What the method makes of them in a field: 123 choose a candidate, marks become Chinese ones.
CHINESE = {":": "：", "/": "、", ".": "。"}


def code_of(character: str) -> str:
    """Return which key types a character."""
    if character.isalpha():
        return f"Key{character.upper()}"
    return f"Digit{character}" if character.isdigit() else MARKS[character]


class Gun:
    """A scanner gun on a page; times are given to the browser, so that nobody waits for them."""

    def __init__(self, page: Page, *, pause_ms: int = 4) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._page = page
        self._pause_ms = pause_ms
        self._ticks = count()
        self._begun = page.evaluate("Date.now() / 1000")

    def plain(self, text: str) -> None:
        """Type a text and Enter with nothing in between."""
        for character in text:
            self._down(character, key=character, virtual=ord(character.upper()), text=character)
        self._down("\r", key="Enter", virtual=13, text="\r")

    def processed(self, text: str, *, hidden: bool = False) -> None:
        """Type with every key marked as the input method's; ``hidden``: and without saying which key it was."""
        for character in text:
            self._down(character, hidden=hidden)
        self._down("\r")

    def composed(self, text: str) -> None:
        """Type into a field in whose way an input method stands that opens its candidates and chooses among them."""
        letters = ""
        for character in text:
            self._down(character)
            if character.isalpha():
                letters += character.lower()
                self._cdp.send(
                    "Input.imeSetComposition",
                    {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)},
                )
            else:
                chosen = "好" * bool(letters) + CHINESE.get(character, "" if letters else character)
                self._cdp.send("Input.insertText", {"text": chosen})
                letters = ""
        self._down("\r")
        if letters:  # Enter puts the letters there as they are
            self._cdp.send("Input.insertText", {"text": letters})

    def inserted(self, text: str) -> None:
        """Put a text where the focus is without any keys, and then hit Enter: what some phones make of a gun."""
        self._cdp.send("Input.insertText", {"text": text})
        self._page.keyboard.press("Enter")

    def held(self, character: str, times: int) -> None:
        """Hold a key down until it has repeated, then hit Enter."""
        for number in range(times):
            self._down(character, key=character, virtual=ord(character.upper()), text=character, repeat=number > 0)
        self._down("\r", key="Enter", virtual=13, text="\r")

    def _down(
        self,
        character: str,
        *,
        key: str = "Process",
        virtual: int = PROCESS,
        text: str = "",
        hidden: bool = False,
        repeat: bool = False,
    ) -> None:
        event = {
            "key": "Unidentified" if hidden else key,
            "code": "" if hidden else code_of(character),
            "windowsVirtualKeyCode": virtual,
            "timestamp": self._begun + next(self._ticks) * self._pause_ms / 1000,
        }
        kind = "keyDown" if text else "rawKeyDown"
        self._cdp.send("Input.dispatchKeyEvent", {**event, "type": kind, "text": text, "autoRepeat": repeat})
        self._cdp.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})
