"""The village of the story: who sits before which browser, what each household should get, and its books."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests import papers
from tests.flows.story import Q3, Story
from tests.plays.shapes import Home
from tests.plays.shell import Installation

HOUSEHOLDS = 126
TIDY_CAP = 5
"""What 庭院整洁 counts for in a quarter at most (domain.md §3)."""
CLAIMANT, LITTERER, KIN, BLAMED, DOUBTED = "001", "020", "003", "027", "050"
"""Who claims and is wrongly accused; whose penalty stands; whom a panel member is kin of; whom neighbours object to."""
LITTERED = 10
CORRECTED = 24
"""What 义务劳动 comes to for the claimant once the objection is upheld."""


@dataclass
class Desk:
    """Everybody's page, the village's story and its books; ``papers`` keeps the PDFs that were printed, by name."""

    story: Story
    books: Installation
    folder: Path
    recorder: Page
    chair: Page
    panel: Page
    villager: Page
    neighbour: Page
    printed: dict[str, bytes] = field(default_factory=dict)

    def goes(self, page: Page, path: str) -> Page:
        """Let somebody of the staff open one of the village's pages."""
        page.goto(self.story.at(path))
        return page

    def takes_up(self, page: Page, case: str) -> Page:
        """From the desk to a thing that waits, in one step: press the link that stands beside it."""
        self.goes(page, "/")
        page.locator("article.first, .rows > li").filter(has_text=case).first.get_by_role("link").last.click()
        return page

    def prints(self, page: Page, name: str, link: Locator) -> str:
        """Fetch a paper by its link, with the signed-in browser; its fonts are embedded. Returns its words."""
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.ok, f"{name}: {answer.status}"
        assert answer.headers["content-type"] == "application/pdf", name
        return self.keeps(name, answer.body())

    def keeps(self, name: str, pdf: bytes) -> str:
        """Keep a paper; return what a reader's search finds in it."""
        self.printed[name] = pdf
        embedded = papers.fonts(pdf, self.folder)
        assert embedded, f"{name}: no text to select"
        assert all(embedded.values()), f"{name}: {embedded}"
        return papers.text(pdf, self.folder)

    def home(self, number: str) -> Home:
        """Return the household of a number."""
        return self.story.homes[int(number) - 1]


def counted(home: Home) -> int:
    """Return what a household is to be awarded, reckoned here from what was typed, heard and corrected."""
    number = f"{home.number:03}"
    tidy, labour, *_others = (value or 0 for value in home.points)
    labour = CORRECTED if number == CLAIMANT else labour
    return max(0, min(tidy, TIDY_CAP) + labour - (LITTERED if number == LITTERER else 0))


def photo() -> FilePayload:
    """Return a photo as a phone makes it."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(file, "JPEG")
    return {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def told(page: Page, words: str | re.Pattern[str]) -> None:
    """Check what the page says came of the last press."""
    expect(page.get_by_role("status").first).to_contain_text(words)


def awarded(desk: Desk) -> Mapping[str, int]:
    """Return the points of every row of the quarter as the books have them, by the household's number."""
    return dict(
        desk.books.rows(
            """
            SELECT home.number, line.points FROM appraisal_row AS line
            JOIN household AS home ON home.market_id = line.market_id AND home.id = line.household_id
            """
        )
    )


def quarter_page(path: str = "") -> str:
    """Return the address of a page of the quarter, below the village's."""
    return f"/quarters/{Q3}{path}"
