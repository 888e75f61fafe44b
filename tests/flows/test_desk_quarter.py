"""A quarter of 126 households from rules to vouchers, through pages only, in real Chromiums; every paper is read."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import Clock, on_sqlite_alone
from tests.flows.desk import before, deciding, papers_and_books
from tests.flows.desk.village import HOUSEHOLDS, Desk
from tests.flows.live import DESK, PHONE, LiveServer
from tests.flows.story import begin
from tests.flows.test_browser import sitting_at
from tests.plays.shell import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow, on_sqlite_alone]


@pytest.fixture
def desk(
    live_server: LiveServer, clock: Clock, books: Installation, browser: Browser, tmp_path: Path
) -> Iterator[Desk]:
    """The recorder and the chair before their PCs, a member of the panel, a villager and a neighbour with phones."""
    clock.at = clock.at.replace(month=7, day=1)
    story = begin(live_server.app, clock, HOUSEHOLDS, with_rules=False)
    with ExitStack() as browsers:
        recorder, chair, panel, villager, neighbour = (
            browsers.enter_context(sitting_at(browser, live_server, name, size))
            for name, size in (("recorder", DESK), ("chair", DESK), ("panel1", PHONE), ("", PHONE), ("", PHONE))
        )
        yield Desk(story, books, tmp_path, recorder, chair, panel, villager, neighbour)


def test_a_quarter_from_the_rules_to_the_vouchers_and_its_papers(desk: Desk) -> None:
    before.adopt_rules(desk)
    before.take_the_roster_in(desk)
    before.give_cards_out(desk)
    before.claim_and_review(desk)
    before.hear_penalties(desk)
    deciding.score(desk)
    deciding.meet(desk)
    deciding.publish(desk)
    deciding.object_and_answer(desk)
    deciding.confirm_and_pay(desk)
    deciding.count_the_shelf(desk)
    papers_and_books.compare(desk)
    assert desk.books.type("books", "verify").exit_code == 0
