import re
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient

from love_market.people.rules import Guard
from love_market.plays.stage import Cast
from tests.builders import Village, sign_in

Walk = Callable[[Guard], str]
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
_WAYS = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture
def cast(village: Village) -> Cast:
    return Cast(village.recorder, village.chair, village.clerk)


def ways_of(page: str) -> Sequence[str]:
    """Return where the links of a page's main part lead."""
    main = _MAIN.search(page)
    assert main is not None
    return [way.replace("&amp;", "&") for way in _WAYS.findall(main[0])]


@pytest.fixture
def desk_of(client: FlaskClient, village: Village) -> Walk:
    """Return somebody's desk; whatever stands on it is one step away, and that person may take it."""

    def read(guard: Guard) -> str:
        sign_in(client, guard)
        page = client.get(f"/v/{village.code}/")
        assert page.status_code == 200
        for way in ways_of(page.text):
            answer = client.get(way, follow_redirects=True)
            assert answer.status_code == 200, f"{way}: {answer.status}"
            assert not answer.request.path.startswith("/sign-in"), way
        return page.text

    return read
