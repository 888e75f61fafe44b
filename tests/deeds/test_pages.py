"""Pages of deeds and rules: what is shown, what is written, what is refused and in which words."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from love_market.db import reading, transaction
from love_market.deeds import queries
from love_market.deeds.models import Deed, DeedPhoto
from love_market.people.rules import Guard
from tests import papers
from tests.builders import Village, review
from tests.conftest import Clock, on_sqlite_alone
from tests.deeds.conftest import DAY, Rules, as_, record, text_of, told
from tests.deeds.test_evidence import picture, telling_jpeg


def count(model: type[Deed] | type[DeedPhoto]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def kept_photo(guard: Guard, folder: Path) -> list[Path]:
    return list((folder / "evidence" / guard.market_id.hex).glob("*")) if (folder / "evidence").exists() else []


def test_a_deed_is_recorded_and_the_answer_is_a_way(
    at_desk: FlaskClient, village: Village, rules: Rules, tmp_path: Path
) -> None:
    form = at_desk.get(f"/v/{village.code}/deeds/new")
    assert form.status_code == 200
    for words in ("记下这件好事", "001 孔振明 一组", "义务劳动", "每季封顶 40", "/static/deeds/environment.svg"):
        assert words in text_of(form)
    given = told(village, rules, member_name="孔小满", photos=[(io.BytesIO(telling_jpeg()), "渠.jpg")])
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=given)
    assert answer.status_code == 302
    assert answer.location == f"/v/{village.code}/deeds/{given['key']}?recorded=1"
    page = text_of(at_desk.get(answer.location))
    for words in ("孔小满", "+24", "清了三个半天的渠。", "记下了", "3 个半天"):
        assert words in page
    with reading() as session:
        (deed,) = queries.deeds(session, village.recorder).deeds
    assert (deed.points, deed.state, deed.recorder_name) == (24, "claimed", "赵记")
    (file,) = kept_photo(village.recorder, tmp_path)
    assert file.name == f"{deed.photos[0].sha256}.jpg"
    assert b"SecretPhone" not in file.read_bytes()


def test_sending_twice_with_one_key_is_once(
    at_desk: FlaskClient, village: Village, rules: Rules, tmp_path: Path
) -> None:
    given = told(village, rules)
    ways = []
    for _ in range(2):
        photos = [(io.BytesIO(picture(colour=colour)), "a.jpg") for colour in ("red", "blue")]
        ways.append(at_desk.post(f"/v/{village.code}/deeds/new", data=given | {"photos": photos}).location)
    assert ways[0] == ways[1]
    assert (count(Deed), count(DeedPhoto), len(kept_photo(village.recorder, tmp_path))) == (1, 2, 2)
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=given | {"times": "2"})
    assert answer.status_code == 409
    assert "已经用在另一件事上了" in text_of(answer)


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ({"household": ""}, 422, "请选是哪一户。"),
        ({"household": "0" * 32}, 422, "哪一户：不是有效的选择"),
        ({"rule": ""}, 422, "请选做了哪一件事。"),
        ({"done_on": "昨天"}, 422, "哪一天：不是"),
        ({"done_on": "2026-10-09"}, 422, "日期在今天以后"),
        ({"done_on": "2025-01-01"}, 422, "400 天以内"),
        ({"times": "十"}, 422, "几次：不是"),
        ({"times": "1.5"}, 422, "几次"),
        ({"times": "0"}, 422, "1 到 200 的整数"),
        ({"words": " "}, 422, "写一两句经过，或者放一张照片。"),
        ({"words": "长" * 501}, 422, "最多 500 个字"),
        ({"key": "no key"}, 422, "页面过期了"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    at_desk: FlaskClient, village: Village, rules: Rules, other: dict[str, str], status: int, words: str
) -> None:
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, member_name="孔小满") | other)
    assert answer.status_code == status
    assert words in text_of(answer)
    assert 'value="孔小满"' in text_of(answer)
    assert count(Deed) == 0


def test_the_same_deed_again_is_refused_in_words(at_desk: FlaskClient, village: Village, rules: Rules) -> None:
    at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules))
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, words="又记一遍"))
    assert answer.status_code == 409
    assert "这户这一天的“义务劳动”已经记过了" in text_of(answer)
    assert "又记一遍" in text_of(answer)
    assert count(Deed) == 1


def test_a_photo_that_is_none_stores_nothing(
    at_desk: FlaskClient, village: Village, rules: Rules, tmp_path: Path
) -> None:
    photos = [(io.BytesIO(picture()), "好.jpg"), (io.BytesIO(b"<script>alert(1)</script>"), "<script>.jpg")]
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, photos=photos))
    assert answer.status_code == 422
    assert "“&lt;script&gt;.jpg”不是能看的照片，什么也没有存。" in text_of(answer)
    assert "清了三个半天的渠。" in text_of(answer)
    seven = [(io.BytesIO(picture()), f"{n}.jpg") for n in range(7)]
    assert at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, photos=seven)).status_code == 422
    assert (count(Deed), kept_photo(village.recorder, tmp_path)) == (0, [])


def test_words_are_shown_as_words(at_desk: FlaskClient, village: Village, rules: Rules) -> None:
    evil = "<script>alert(1)</script>"
    answer = at_desk.post(f"/v/{village.code}/deeds/new", data=told(village, rules, words=evil, member_name=evil))
    for address in (answer.location, f"/v/{village.code}/deeds"):
        page = text_of(at_desk.get(address))
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_the_list_of_deeds(app: Flask, at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock) -> None:
    empty = text_of(at_desk.get(f"/v/{village.code}/deeds"))
    assert "还没有记过好事" in empty
    assert "记一件好事" in empty
    with transaction() as session:
        ids = []
        for household in village.households[:3]:
            ids.append(record(session, village, rules, clock, household_id=household).id)
            clock.at += timedelta(minutes=1)
        review(session, village, ids[-1], at=clock())
    page = text_of(as_(app, village.chair).get(f"/v/{village.code}/deeds"))
    assert page.index("001 孔振明") < page.index("002 姚改") < page.index("003 蒋凤")
    assert "初审第一件" in text_of(as_(app, village.grid_worker).get(f"/v/{village.code}/deeds"))
    only = text_of(at_desk.get(f"/v/{village.code}/deeds?state=accepted"))
    assert "003 蒋凤" in only
    assert "001 孔振明" not in only
    assert "002 姚改" in text_of(at_desk.get(f"/v/{village.code}/deeds?q=姚"))
    assert "没有这样的好事" in text_of(at_desk.get(f"/v/{village.code}/deeds?q=没有"))
    assert as_(app, village.clerk).get(f"/v/{village.code}/deeds").status_code == 403
    assert app.test_client().get(f"/v/{village.code}/deeds").status_code == 302


def test_the_register_of_a_quarter(at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock) -> None:
    assert "这一季还没有认可的好事" in text_of(at_desk.get(f"/v/{village.code}/deeds/register?quarter=2026Q3"))
    with transaction() as session:
        deed = record(session, village, rules, clock)
        review(session, village, deed.id, at=clock())
    page = text_of(at_desk.get(f"/v/{village.code}/deeds/register?quarter=2026Q3"))
    for words in ("2026年第三季度 好事登记册", "001 孔振明", "清了三个半天的渠。", "赵记", "石主"):
        assert words in page
    assert "001 孔振明" not in text_of(at_desk.get(f"/v/{village.code}/deeds/register"))
    assert at_desk.get(f"/v/{village.code}/deeds/register?quarter=春天").status_code == 422


@on_sqlite_alone
def test_the_register_on_paper_has_the_rows_of_the_page(
    at_desk: FlaskClient, village: Village, rules: Rules, clock: Clock, tmp_path: Path
) -> None:
    with transaction() as session:
        for place, day in ((1, 9), (0, 20), (0, 12)):
            made = record(
                session, village, rules, clock, household_id=village.households[place], done_on=DAY.replace(day=day)
            )
            review(session, village, made.id, at=clock())
    url = f"/v/{village.code}/deeds/register.pdf?quarter=2026Q3"
    by_household = papers.text(at_desk.get(url).data, tmp_path)
    for words in (
        "事迹登记册",
        "共 2 户，3 件，72 分",
        "001 号",
        "孔振明",
        "义务劳动 ×3",
        "清了三个半天的渠。",
        "赵记",
        "初审",
        "网格",
        "复核",
        "石主",
        "都由两个人先后看过：一人初审，一人复核。",
    ):
        assert words in by_household, words
    assert by_household.index("9月12日") < by_household.index("9月20日") < by_household.index("9月9日")
    by_day = papers.text(at_desk.get(url + "&by=day").data, tmp_path)
    days = [by_day.index(f"2026年9月{day}日") for day in (9, 12, 20)]
    assert days == sorted(days)
    assert "第 1 页，共 1 页" in by_day
    assert "这一季还没有认可的好事" in papers.text(at_desk.get(url.replace("Q3", "Q2")).data, tmp_path)
