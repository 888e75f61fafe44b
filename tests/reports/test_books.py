"""The book page by page, and where a page refuses what would take too long."""

import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, transaction
from love_market.reports.queries import books as queries
from love_market.reports.views import books as views
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.counter import made
from tests.reports.conftest import ways_of


@pytest.fixture
def long_book(village: Village, clock: Clock, client: FlaskClient) -> str:
    """A book of 16 entries, five of them redemptions, read by the chair; its address."""
    with transaction() as session:
        shop = made.shop(session, village, clock.at)
        for _ in range(5):
            made.redeem(session, shop, [shop.vouchers[0].id], [shop.line("食盐", 1)], clock.at, new_id())
    sign_in(client, village.chair)
    return f"/v/{village.code}/books"


def entries_of(page: str) -> list[int]:
    """Return the entries that a page leads to, in its order."""
    numbers = [way.rpartition("/")[2] for way in ways_of(page) if "/books/" in way]
    return list(dict.fromkeys(int(number) for number in numbers if number.isdecimal()))


def test_every_entry_stands_on_one_page_and_on_one_only(
    client: FlaskClient, long_book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 6)
    way, read = long_book, list[int]()
    while way:
        page = client.get(way).text
        read += entries_of(page)
        way = next((one for one in ways_of(page) if "before=" in one), "")
    assert read == list(range(read[0], 0, -1))
    assert len(read) > 12


def test_one_kind_is_paged_by_itself(client: FlaskClient, long_book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    page = client.get(f"{long_book}?kind=redeem").text
    assert len(entries_of(page)) == 2
    older = next(one for one in ways_of(page) if "before=" in one)
    assert "kind=redeem" in older
    assert len(entries_of(client.get(older).text)) == 2
    assert "没有这一种" in client.get(f"{long_book}?kind=void").text
    assert client.get(f"{long_book}?kind=nonsense").status_code == 200


def test_a_book_too_long_for_a_page_names_the_command(
    client: FlaskClient, long_book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_CHECKED_ENTRIES", 3)
    answer = client.post(long_book)
    assert answer.status_code == 409
    assert "love-market books verify" in answer.text
    monkeypatch.setattr(views, "MOST_EXPORTED_ENTRIES", 3)
    assert client.get(f"{long_book}/export.xlsx").status_code == 409


def test_points_and_goods_add_up_in_sight(client: FlaskClient, long_book: str) -> None:
    page = client.get(long_book).text
    assert "对得上：发成券的，等于换了的、在手里的、到期的和作废的。" in page
    assert "5 样货，进来的等于发出、报损、盘差和货架上的。" in page
    for points in ("63", "10", "53"):
        assert f"<b>{points}</b>" in page
