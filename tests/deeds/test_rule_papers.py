"""The rules' papers, read back from the PDF and held against the rows."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.deeds import papers, queries, service
from love_market.deeds.rules import NoSuchVersion, RuleDraft
from love_market.ledger import queries as books
from tests import papers as printed
from tests.builders import Village, meeting
from tests.conftest import Clock
from tests.deeds.conftest import Rules, as_


def second(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    """Adopt a second version: one changed, one dropped, one rule and one veto added."""
    drafts = [rule.draft() for rule in rules.by_name.values()]
    drafts[0] = replace(drafts[0], points=10, cap_points=10)
    drafts = [*drafts[:3], *drafts[4:], RuleDraft("和谐", "邻里和睦", 5, "季", 5, "quarter")]
    drafts.append(RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", veto_days=365))
    service.adopt_version(
        session, village.chair, drafts, meeting=meeting(clock()), note="为了少扔垃圾", at=clock(), key=new_id()
    )


def squeezed(pdf: bytes, folder: Path) -> str:
    return "".join(printed.text(pdf, folder).split())


def test_the_changes_say_what_the_rows_say(
    session: Session, village: Village, rules: Rules, clock: Clock, tmp_path: Path
) -> None:
    second(session, village, rules, clock)
    text = squeezed(papers.changes(session, village.chair, 2, at=clock()), tmp_path)
    head = books.head(session, village.market_id).hash.upper()
    for said in (
        "细则修改对照表",
        "第1版→第2版",
        "阳高县龙泉镇守口堡村村民委员会",
        "2026年10月8日村民代表会议通过：应到30人，到会26人",
        "赞成24票，反对1票，弃权1票",
        "为了少扔垃圾",
        "改的1条",
        "+5分/季",
        "+10分/季",
        "分、封顶",
        "新加2条",
        "邻里和睦",
        "365天后解除",
        "删掉1条",
        "村庄清扫",
        head[:32],
    ):
        assert said in text, said
    with pytest.raises(NoSuchVersion):
        papers.changes(session, village.chair, 1, at=clock())


def test_the_wall_has_every_rule_on_both_papers(
    session: Session, village: Village, rules: Rules, clock: Clock, tmp_path: Path
) -> None:
    second(session, village, rules, clock)
    version = queries.version(session, village.chair, 2)
    for size, width_dots in (("a4", 827), ("a3", 1169)):
        pdf = papers.wall(session, village.chair, 2, at=clock(), paper_size=size)  # type: ignore[arg-type]
        text = squeezed(pdf, tmp_path)
        for rule in queries.drafts(session, village.chair, version.id):
            assert rule.name in text, rule.name
        assert "最美家庭一年只计最高" in text
        assert "上访信访、宗教信仰" in text
        assert abs(printed.size(printed.pictures(pdf, tmp_path, 100)[0])[0] - width_dots) <= 1


def test_the_papers_are_offered_to_the_village_s_staff(app: Flask, village: Village, rules: Rules) -> None:
    clerk = as_(app, village.clerk)
    answer = clerk.get(f"/v/{village.code}/rules/1/wall.pdf?size=a3")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert clerk.get(f"/v/{village.code}/rules/1/changes.pdf").status_code == 404
