import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from love_market.errors import Denied, Invalid, LoveMarketError, NotFound, Refused, words
from love_market.web.errors import status_of


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound, 404), (Denied, 403), (Refused, 409), (Invalid, 422), (LoveMarketError, 500)]
)
def test_each_kind_of_error_has_its_status(error: type[LoveMarketError], status: int) -> None:
    assert status_of(error("")) == status


def test_an_unknown_address_is_told_in_plain_words(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "这个网址没有东西" in answer.text


def test_an_error_leads_home_and_back_to_where_one_came_from(client: FlaskClient) -> None:
    alone = client.get("/nowhere").text
    assert ("回首页" in alone, "回上一页" in alone) == (True, False)
    came = client.get("/nowhere", headers={"Referer": "http://localhost/how-to-check"}).text
    assert re.search(r'<a class="primary" href="http://localhost/how-to-check">回上一页', came)
    assert "回首页" in came
    for elsewhere in ("https://elsewhere.test/", "http://localhost/nowhere", "http://localhost.elsewhere.test/"):
        assert "回上一页" not in client.get("/nowhere", headers={"Referer": elsewhere}).text


def test_a_script_is_answered_in_json(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "urn:love-market:NotFound",
        "title": "没有找到",
        "detail": "这个网址没有东西。请从首页重新进入。",
        "error": "NotFound",
        "status": 404,
    }


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1_048_576
    answer = client.post("/sign-in", data={"sign_in_name": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "最多 1 MB" in answer.text


def test_a_fault_of_ours_says_that_nothing_was_booked(app: Flask) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        raise RuntimeError(words("程序里的错"))

    app.add_url_rule("/broken", view_func=broken)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "账本没有变" in answer.text
    assert "程序里的错" not in answer.text


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_reader_chooses_the_language(client: FlaskClient) -> None:
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    assert 'lang="en"' in client.get("/sign-in?lang=en").text
    assert 'lang="en"' in client.get("/sign-in").text
    assert 'lang="zh-CN"' in client.get("/sign-in?lang=zh").text
