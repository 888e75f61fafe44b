import re
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.stock import queries
from tests import builders, papers
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made


@pytest.fixture
def lots(village: Village, clock: Clock) -> dict[str, UUID]:
    """Thirteen bottles of vinegar and seventeen towels: figures that nothing else on a page has."""
    with transaction() as session:
        vinegar = made.good(session, village.clerk, clock())
        towels = made.good(session, village.clerk, clock(), "毛巾", spec="")
        return {
            "vinegar": made.lot(session, village.clerk, clock(), vinegar, 13),
            "towels": made.lot(session, village.clerk, clock(), towels, 17),
        }


@pytest.fixture
def url(client: FlaskClient, village: Village, stock: str, lots: dict[str, UUID]) -> str:
    """The address of a stocktake that the clerk opened."""
    assert lots
    builders.sign_in(client, village.clerk)
    data = {"key": str(new_id()), "supervisor_name": "石监督"}
    answer = client.post(f"{stock}/stocktakes", data=data)
    assert answer.status_code == 302
    assert client.post(f"{stock}/stocktakes", data=data).location == answer.location
    return answer.location


def count(client: FlaskClient, url: str, **typed: tuple[UUID, str]) -> int:
    data = {f"lot-{lot.hex}": text for lot, text in typed.values()}
    return client.post(url, data=data | {"key": str(new_id())}).status_code


def shown(text: str) -> str:
    """Return what a reader sees of a page."""
    body = text[text.index("<main") : text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_the_sheet_is_blind_on_screen_and_on_paper(
    client: FlaskClient, url: str, lots: dict[str, UUID], tmp_path: Path
) -> None:
    paper = papers.text(client.get(f"{url}/sheet.pdf").data, tmp_path)
    for text in (shown(client.get(url).text), paper):
        assert "陈醋 800毫升" in text
        assert "毛巾" in text
        assert not re.search(r"\b(13|17)\b", text)
    for words in ("盘点表", "共2批", "点货人", "监督人石监督", "第1页，共1页", "账首"):
        assert words in paper.replace(" ", ""), words
    assert count(client, url, vinegar=(lots["vinegar"], "12")) == 302
    assert "1" in shown(client.get(url).text)
    assert not re.search(r"\b13\b", shown(client.get(url).text))


def test_a_field_left_as_it_was_keeps_its_moment(
    client: FlaskClient, village: Village, clock: Clock, url: str, lots: dict[str, UUID]
) -> None:
    assert count(client, url, vinegar=(lots["vinegar"], "13")) == 302
    with transaction() as session:
        good_id = queries.lot(session, village.clerk, lots["vinegar"]).good_id
        made.hand_out(session, village.clerk, clock(), [(good_id, 5)])
    assert count(client, url, vinegar=(lots["vinegar"], "13"), towels=(lots["towels"], "１７")) == 302
    with reading() as session:
        rows = queries.differences(session, village.clerk, UUID(url.rpartition("/")[2]))
    assert [row.difference for row in rows] == [0, 0]


def test_what_is_no_count_is_said_at_its_line_and_nothing_is_kept(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    data = {f"lot-{lots['vinegar'].hex}": "十二", f"lot-{lots['towels'].hex}": "9", "key": str(new_id())}
    answer = client.post(url, data=data)
    assert answer.status_code == 422
    assert "请填整数，没有就填 0" in answer.text
    assert 'value="十二"' in answer.text
    assert 'value="9"' in answer.text
    with reading() as session:
        assert queries.differences(session, village.clerk, UUID(url.rpartition("/")[2])) == []


def test_two_people_close_it_and_the_books_follow(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    count(client, url, vinegar=(lots["vinegar"], "11"), towels=(lots["towels"], "17"))
    assert client.get(f"{url}/close").status_code == 403
    builders.sign_in(client, village.chair)
    text = client.get(f"{url}/close").text
    assert "陈醋 800毫升" in text
    assert "毛巾" not in text
    answer = client.post(f"{url}/close", data={"key": str(new_id())})
    assert (answer.status_code, "请写明原因" in answer.text) == (422, True)
    data = {"key": str(new_id()), f"reason-{lots['vinegar'].hex}": "打碎没记"}
    assert client.post(f"{url}/close", data=data).status_code == 302
    assert client.post(f"{url}/close", data=data).status_code == 302
    assert "已盘点" in client.get(url).text
    with reading() as session:
        assert books.head(session, village.market_id).number == 3
        good_id = queries.lot(session, village.clerk, lots["vinegar"]).good_id
        assert made.balances(session, village.clerk, good_id) == {"supplier": -13, "shelf": 11, "variance": 2}


def test_who_opened_it_may_not_close_it(
    client: FlaskClient, village: Village, stock: str, lots: dict[str, UUID]
) -> None:
    assert lots
    builders.sign_in(client, village.chair)
    url = client.post(f"{stock}/stocktakes", data={"key": str(new_id()), "supervisor_name": "石监督"}).location
    answer = client.get(f"{url}/close")
    assert (answer.status_code, "由村委会的另一位来结" in answer.text) == (409, True)
    assert "看差数" not in client.get(url).text
    builders.sign_in(client, village.recorder)
    assert client.get(f"{url}/close").status_code == 200


def test_uncounted_lots_must_be_counted_or_let_be(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    count(client, url, vinegar=(lots["vinegar"], "13"))
    builders.sign_in(client, village.recorder)
    answer = client.post(f"{url}/close", data={"key": str(new_id())})
    assert (answer.status_code, "还有 1 批没有点：毛巾" in answer.text) == (409, True)
    answer = client.post(f"{url}/close", data={"key": str(new_id()), "uncounted_stay": "y"})
    assert answer.status_code == 302
    assert "没有差数，不用记账" in client.get(url).text


def test_a_lot_is_sent_back_to_be_counted_again(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    count(client, url, vinegar=(lots["vinegar"], "1"), towels=(lots["towels"], "17"))
    builders.sign_in(client, village.chair)
    assert client.post(f"{url}/again/{lots['vinegar']}").status_code == 302
    assert "还没点：陈醋 800毫升" in client.get(f"{url}/close").text.replace("</p>", "")


def test_dropping_asks_once_and_changes_nothing(client: FlaskClient, village: Village, stock: str, url: str) -> None:
    assert "作废了就不能恢复" in client.get(f"{url}/drop").text
    assert client.post(f"{url}/drop", data={"key": str(new_id())}).status_code == 302
    assert "这次盘点作废了" in client.get(url).text
    assert "记下点数" not in client.get(url).text
    with reading() as session:
        assert books.head(session, village.market_id).number == 2
    answer = client.post(f"{stock}/stocktakes", data={"key": str(new_id()), "supervisor_name": ""})
    assert (answer.status_code, "请写明监督人" in answer.text) == (422, True)
    answer = client.post(f"{stock}/stocktakes", data={"key": str(new_id()), "supervisor_name": "店员"})
    assert (answer.status_code, "监督人要是另一个人" in answer.text) == (409, True)
