"""The papers of objections: blank forms beside the notice, one that was entered, the written reply."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.appraisals import service
from love_market.appraisals.rules import State
from love_market.db import transaction
from tests import papers
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3
from tests.builders import Village, sign_in
from tests.conftest import on_sqlite_alone

pytestmark = on_sqlite_alone


@pytest.fixture
def quarter(village: Village, client: FlaskClient) -> str:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
    sign_in(client, village.recorder)
    return f"/v/{village.code}/quarters/{Q3}"


@pytest.fixture
def raised(quarter: str, village: Village) -> UUID:
    assert quarter
    with transaction() as session:
        return stages.object_to(session, village, 0, contact="13800000000", at=AT + timedelta(hours=1))


def test_blank_forms_are_numbered_with_their_receipts(client: FlaskClient, quarter: str, tmp_path: Path) -> None:
    pages = papers.text(client.get(f"{quarter}/objection-forms.pdf?count=2&first=6").data, tmp_path).split("\f")[:-1]
    assert len(pages) == 2
    for page, number in zip(pages, ("2026Q3-纸06", "2026Q3-纸07"), strict=True):
        assert page.count(number) == 2
        for words in ("异议登记表", "异议回执", "村务监督委员会", "2026年10月13日 18:00 截止", "5 个工作日", "账首"):
            assert words in page, words
    assert client.get(quarter.replace("Q3", "Q2") + "/objection-forms.pdf").status_code == 404


def test_an_objection_is_printed_as_it_was_entered(
    client: FlaskClient, quarter: str, raised: UUID, tmp_path: Path
) -> None:
    assert f"{quarter}/objections/{raised}/form.pdf" in client.get(f"{quarter}/objections").text
    text = papers.text(client.get(f"{quarter}/objections/{raised}/form.pdf").data, tmp_path)
    for words in (
        "2026Q3-01",
        "刘满仓",
        "13800000000",
        "001 号",
        "孔振明",
        "27 分",
        "清渠三个半天，只记了两个。",
        "义务劳动 32",
    ):
        assert words in text, words
    early = client.get(f"{quarter}/objections/{raised}/reply.pdf")
    assert (early.status_code, "还没有答复" in early.text) == (409, True)


def test_the_reply_has_the_correction_and_room_to_sign(
    client: FlaskClient, village: Village, quarter: str, raised: UUID, tmp_path: Path
) -> None:
    with transaction() as session:
        labour = stages.rule_ids(session, village)["public_labour"]
        told = {"upheld": True, "reply": "查了签到表，少记半天。", "corrections": {labour: 40}}
        service.reply(session, village.recorder, raised, at=AT + timedelta(hours=2), **told)  # type: ignore[arg-type]
    assert f"{quarter}/objections/{raised}/reply.pdf" in client.get(f"{quarter}/objections").text
    pdf = client.get(f"{quarter}/objections/{raised}/reply.pdf").data
    text = papers.text(pdf, tmp_path)
    for words in ("异议答复书", "异议成立，改分", "查了签到表，少记半天。", "35 分", "（原 32）", "赵记", "收到人签字"):
        assert words in text, words
    assert text.count("\f") == 1
    assert all(papers.fonts(pdf, tmp_path).values())
    form = papers.text(client.get(f"{quarter}/objections/{raised}/form.pdf").data, tmp_path)
    assert "查了签到表，少记半天。" in form
