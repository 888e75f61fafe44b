"""Pages of the rules: the wall, the table of the next version, and what adopting it leaves alone."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from love_market.db import new_id, reading
from love_market.deeds import queries
from love_market.deeds.intake import catalogue
from love_market.deeds.queries import RuleRecord
from love_market.deeds.rules import RuleDraft
from tests import papers as printed
from tests.builders import Village, sign_in
from tests.deeds.conftest import Rules, as_, standing, text_of
from tests.deeds.test_evidence import picture

DAY = "2026-10-08"


@pytest.fixture
def chair(app: Flask, village: Village) -> FlaskClient:
    client = app.test_client()
    sign_in(client, village.chair)
    return client


def table(rules: Rules, **other: Any) -> dict[str, Any]:  # noqa: ANN401 whatever a browser sends
    """Return what a browser sends of the table as it was shown."""
    rows = {"key": str(new_id()), "based_on": "1", "note": "修了几条"}
    return rows | cells([rule.draft() for rule in rules.by_name.values()]) | other


def cells(drafts: Sequence[RuleDraft]) -> dict[str, str]:
    """Return drafts as a browser sends them."""
    fields = ("code", "category", "name", "points", "unit_name", "cap_points", "cap_period", "evidence", "family")
    return {
        f"rules-{index}-{name}": "" if getattr(draft, name) is None else str(getattr(draft, name))
        for index, draft in enumerate(drafts)
        for name in fields
    }


def stored(village: Village) -> list[list[RuleRecord]]:
    with reading() as session:
        return [
            list(queries.rules(session, village.chair, version.id))
            for version in queries.versions(session, village.chair)
        ]


def adopted(rows: dict[str, Any], **other: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what a browser sends to adopt the table: with the meeting."""
    meeting = {"held_on": DAY, "representatives": "30", "present": "20", "votes_for": "11", "votes_against": "9"}
    return rows | meeting | {"votes_abstained": "0", "step": "adopt"} | other


def test_a_village_without_rules_makes_its_first_by_a_meeting(app: Flask, chair: FlaskClient, village: Village) -> None:
    page = text_of(chair.get(f"/v/{village.code}/rules"))
    assert "定细则" in page
    assert "上访信访" in page
    assert "rules/begin" not in text_of(as_(app, village.clerk).get(f"/v/{village.code}/rules"))
    assert as_(app, village.clerk).get(f"/v/{village.code}/rules/begin").status_code == 403
    assert chair.get(f"/v/{village.code}/deeds/new").location == f"/v/{village.code}/rules"
    assert "通用细则" in text_of(chair.get(f"/v/{village.code}/rules/begin"))
    assert 'value="庭院整洁"' in text_of(chair.get(f"/v/{village.code}/rules/new"))
    rows = {"key": str(new_id()), "based_on": "0"} | cells(catalogue())
    assert "新加 40 条" in text_of(chair.post(f"/v/{village.code}/rules/new", data=rows))
    few = chair.post(f"/v/{village.code}/rules/new", data=adopted(rows, present="19", votes_against="8"))
    assert (few.status_code, "不到三分之二（要 20 人）" in text_of(few)) == (409, True)
    assert stored(village) == []
    for _ in range(2):
        answer = chair.post(f"/v/{village.code}/rules/new", data=adopted(rows))
        assert answer.location == f"/v/{village.code}/rules"
    assert len(stored(village)) == 1
    page = text_of(chair.get(f"/v/{village.code}/rules"))
    assert "第 1 版" in page
    assert "应到 30 人，到会 20 人；赞成 11 票，反对 9 票，弃权 0 票" in page


def test_the_wall_shows_every_rule_with_points_cap_and_evidence(
    chair: FlaskClient, village: Village, rules: Rules
) -> None:
    page = text_of(chair.get(f"/v/{village.code}/rules"))
    for name, rule in rules.by_name.items():
        assert name in page
        assert rule.evidence in page
    for words in ("每季封顶 40", "每年封顶 20", "一件封顶 20", "不封顶", "改细则", "+8", "−10"):
        assert words in page
    assert chair.get(f"/v/{village.code}/rules/7").status_code == 404


def test_a_new_version_is_looked_at_then_adopted(
    app: Flask, chair: FlaskClient, village: Village, rules: Rules
) -> None:
    before = stored(village)[0]
    address = f"/v/{village.code}/rules/new"
    assert 'value="庭院整洁"' in text_of(chair.get(address))
    sent = table(
        rules,
        **{
            "rules-0-points": " １０ ",
            "rules-0-cap_points": "10",
            "rules-3-drop": "y",
            "rules-40-category": "和谐",
            "rules-40-name": "邻里和睦",
            "rules-40-points": "5",
            "rules-40-unit_name": "季",
            "rules-40-cap_period": "",
            "rules-41-category": "扣分",
            "rules-41-name": "高额彩礼",
            "rules-41-points": "−20",
            "rules-41-unit_name": "次",
            "rules-41-cap_period": "",
            "rules-42-category": "环境",
            "rules-42-cap_period": "",
            "rules-42-name": "",
            "rules-42-points": "",
            "step": "preview",
        },
    )
    preview = chair.post(address, data=sent)
    assert preview.status_code == 200
    for words in ("改的 1 条", "新加 2 条", "删掉 1 条", "邻里和睦", "村庄清扫", "通过第 2 版"):
        assert words in text_of(preview)
    assert len(stored(village)) == 1, "looking writes nothing"
    back = chair.post(address, data=sent | {"step": "edit"})
    assert 'value="邻里和睦"' in text_of(back)
    for _ in range(2):
        photo = (io.BytesIO(picture()), "会议记录.jpg")
        answer = chair.post(address, data=adopted(sent, minutes=photo))
        assert (answer.status_code, answer.location) == (302, f"/v/{village.code}/rules")
    now, old = stored(village)
    assert old == before
    names = {rule.name: rule for rule in now}
    assert (names["庭院整洁"].points, names["邻里和睦"].points, names["高额彩礼"].points) == (10, 5, -20)
    assert "村庄清扫" not in names
    page = text_of(chair.get(f"/v/{village.code}/rules"))
    assert "修了几条" in page
    assert chair.get(f"/v/{village.code}/rules/2/minutes/1").content_type == "image/jpeg"
    assert chair.get(f"/v/{village.code}/rules/2/minutes/2").status_code == 404
    assert as_(app, village.clerk).get(f"/v/{village.code}/rules/2/minutes/1").status_code == 403
    assert "这是旧版，现在用第 2 版。" in text_of(chair.get(f"/v/{village.code}/rules/1"))


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ({}, 409, "没有要改的"),
        ({"rules-0-points": "0"}, 422, "“庭院整洁”的分要是整数"),
        ({"rules-0-points": "十"}, 422, "庭院整洁"),
        ({"rules-0-points": "1.5"}, 422, "庭院整洁"),
        ({"rules-0-points": "-5"}, 422, "扣分项的分是负数"),
        ({"rules-0-cap_points": "3"}, 422, "不能少于一次的 5 分"),
        ({"rules-0-cap_period": ""}, 422, "要么写全"),
        ({"rules-0-name": "垃圾 分类"}, 422, "写了两遍"),
        ({"rules-0-points": "6", "rules-0-cap_points": "6", "step": "adopt"}, 422, "请填开会的日期"),
        (adopted({"rules-0-points": "6", "rules-0-cap_points": "6"}, based_on="7"), 409, "别人刚通过了第 1 版"),
        (adopted({"rules-0-points": "6", "rules-0-cap_points": "6"}, votes_for="10"), 422, "一共 19 票"),
        ({"rules-0-cap_period": "days"}, 422, "不是一票否决"),
        ({"rules-0-category": "一票否决", "rules-0-cap_period": "days"}, 422, "只管评星级文明户"),
        ({"rules-0-category": ""}, 422, "的类别“”没有"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said(
    chair: FlaskClient, village: Village, rules: Rules, other: dict[str, str], status: int, words: str
) -> None:
    answer = chair.post(f"/v/{village.code}/rules/new", data=table(rules, **({"step": "preview"} | other)))
    assert answer.status_code == status
    assert words in text_of(answer)
    assert len(stored(village)) == 1


def test_a_wrong_rule_says_so_in_its_row_and_a_draft_that_came_too_late_is_kept(
    chair: FlaskClient, village: Village, rules: Rules
) -> None:
    address = f"/v/{village.code}/rules/new"
    wrong = text_of(chair.post(address, data=table(rules, **{"rules-3-cap_points": "1", "step": "preview"})))
    assert wrong.count("不能少于一次的 5 分") == 2, "above the table, and in the row that is meant"
    late = adopted(table(rules, **{"rules-0-points": "6", "rules-0-cap_points": "6"}), based_on="0")
    answer = chair.post(address, data=late)
    page = text_of(answer)
    assert (answer.status_code, "您写的还在" in page) == (409, True)
    assert 'name="based_on" type="hidden" value="1"' in page, "looked at again, it is held against what stands now"
    assert 'value="6"' in page


def test_a_draft_is_taken_to_the_meeting_on_paper_or_as_a_workbook(
    chair: FlaskClient, village: Village, rules: Rules, tmp_path: Path
) -> None:
    address = f"/v/{village.code}/rules/new"
    sent = table(rules, **{"rules-0-points": "6", "rules-0-cap_points": "6", "rules-3-drop": "y"})
    paper = chair.post(address, data=sent | {"step": "paper"})
    assert paper.content_type == "application/pdf"
    text = "".join(printed.text(paper.data, tmp_path).split())
    for said in ("第1版→第2版（草稿）", "草稿，还没有定", "应到", "+5分/季", "+6分/季", "删掉1条", "村庄清扫"):
        assert said in text, said
    book = chair.post(address, data=sent | {"step": "workbook"})
    workbook = {"rules": (io.BytesIO(book.data), "草稿.xlsx"), "key": str(new_id())}
    back = text_of(chair.post(f"/v/{village.code}/rules/workbook", data=workbook))
    assert ("读进来了" in back, 'value="6"' in back, "村庄清扫" in back) == (True, True, False)
    assert len(stored(village)) == 1, "nothing is adopted by being given out"


def test_a_rule_that_scores_what_must_never_be_scored_is_warned_of(
    chair: FlaskClient, village: Village, rules: Rules
) -> None:
    sent = table(rules, **{"rules-40-category": "参与", "rules-40-name": "入户问卷答满意", "rules-40-points": "5"})
    sent |= {"rules-40-unit_name": "次", "rules-40-cap_period": ""}
    page = text_of(chair.post(f"/v/{village.code}/rules/new", data=sent))
    assert "“入户问卷答满意”看着像入户调查怎么回答。这类事从不记分" in page
    assert "花分买假话" in page
    refused = chair.post(f"/v/{village.code}/rules/new", data=adopted(sent))
    assert (refused.status_code, "请先勾上" in text_of(refused), len(stored(village))) == (422, True, 1)
    assert chair.post(f"/v/{village.code}/rules/new", data=adopted(sent, knowingly="y")).status_code == 302
    assert "会议知道这类事从不记分，仍然定下" in text_of(chair.get(f"/v/{village.code}/rules"))


def test_who_may_change_the_rules(app: Flask, village: Village, rules: Rules) -> None:
    for guard in (village.grid_worker, village.panel[0], village.clerk):
        client = as_(app, guard)
        assert client.get(f"/v/{village.code}/rules").status_code == 200
        assert client.get(f"/v/{village.code}/rules/new").status_code == 403
        assert client.post(f"/v/{village.code}/rules/new", data=table(rules)).status_code == 403
    assert as_(app, village.recorder).get(f"/v/{village.code}/rules/new").status_code == 200
    with reading() as session:
        assert standing(session, village.chair).version_id == rules.version_id
