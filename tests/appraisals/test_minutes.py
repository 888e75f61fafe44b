"""The minutes: page and paper say what the rows say, words stand beside, the signed copy is kept and guarded."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service, signed
from love_market.appraisals.models import Resolution, SignedCopy
from love_market.appraisals.rules import LIST, About, State, refusals
from love_market.db import new_id, reading, transaction
from love_market.deeds.evidence import Upload
from tests import builders, papers
from tests.appraisals import stages
from tests.appraisals.stages import AT, Q3, TWO_ROWS, kin
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.deeds.test_evidence import telling_jpeg

QUARTER = f"/quarters/{Q3}"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def at(village: Village, path: str) -> str:
    return f"/v/{village.code}{path}"


def held(session: Session, village: Village) -> object:
    """A meeting with kin, a change, a vote taken again, a word said."""
    kin(session, village, 0, 0)
    stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)
    meeting = stages.begin(session, village, 0, 1, 2, 3)
    raised = stages.propose(session, village, 1, "assembly", 6)
    service.add_note(session, village.recorder, meeting, words="有人问清渠怎么算半天。", key=new_id(), at=AT)
    for about, votes in (
        (raised, (4, 1)),
        (LIST, (2, 3)),
        (LIST, (4, 0, 1)),
        (About(village.households[0]), (1, 2, 1)),
    ):
        stages.vote(session, village, about, *votes)
    return stages.close(session, village)


def test_the_paper_says_what_the_votes_say(village: Village, client: FlaskClient, tmp_path: Path) -> None:
    with transaction() as session:
        meeting = held(session, village)
        votes = session.scalars(select(Resolution).order_by(Resolution.number)).all()
        told = [(one.votes_for, one.votes_against, one.votes_abstained, one.carried) for one in votes]
    assert told == [(4, 1, 0, True), (2, 3, 0, False), (4, 0, 1, True), (1, 2, 1, False)]
    later = AT + timedelta(hours=3)
    with transaction() as session:
        words = "记录里“半天”应为“四小时”。"
        service.add_note(session, village.recorder, meeting, words=words, key=new_id(), at=later)  # type: ignore[arg-type]
    sign_in(client, village.panel[0])
    answer = client.get(at(village, QUARTER + "/minutes.pdf"))
    assert answer.mimetype == "application/pdf"
    paper = papers.text(answer.data, tmp_path)
    flat = "".join(paper.split())
    for part in (
        "2026年10月8日",
        "村委会会议室",
        "石主",
        "赵记",
        "应到6人",
        "实到5人：石主、评议丁、评议丙、评议乙、评议甲",
        "缺席评议戊",
        "名单12户，43分",
        "无401通过先前表决：赞成2，反对3，弃权0，不算",
        "001户孔振明评议甲121没有通过",
        "002户姚改：参加会议4→6分无410通过石主提：清渠多了一个半天",
        "有人问清渠怎么算半天。",
        "应为“四小时”。（赵记，10月8日12:00）",
        "到会人签字",
    ):
        assert part in flat, (part, flat)
    page = client.get(at(village, QUARTER + "/minutes")).text
    for part in ("评议甲", "评议戊", "先前表决（不算）", "应为“四小时”。", "没有通过"):
        assert part in page
    assert "记在旁边" not in page, "the panel reads, the recorder writes"


def test_the_agenda_has_every_household_on_one_line(village: Village, client: FlaskClient, tmp_path: Path) -> None:
    with transaction() as session:
        kin(session, village, 0, 0)
        stages.bring_to(session, village, State.DELIBERATING, scores=TWO_ROWS)
        rows = queries.frozen_rows(session, village.chair, queries.appraisal(session, village.chair, Q3).id)
    sign_in(client, village.panel[1])
    paper = papers.text(client.get(at(village, QUARTER + "/agenda.pdf")).data, tmp_path)
    lines = [line.split() for line in paper.splitlines()]
    for row in rows:
        (line,) = [one for one in lines if one and one[0] == row.number]
        assert str(row.points) in line
    assert ["001", "孔振明", "一组", "32", "评议甲"] in lines
    assert "12 户、41 分" in paper


def test_an_agenda_printed_again_has_the_points_that_the_meeting_had(
    village: Village, client: FlaskClient, tmp_path: Path
) -> None:
    with transaction() as session:
        held(session, village)  # 002: 4 → 6 at assembly
        stages.publish(session, village)
        rules = stages.rule_ids(session, village)
        for code, points in (("assembly", 0), ("public_labour", 8)):
            corrections = {rules[code]: points}
            objection = stages.object_to(session, village, 1)
            service.reply(
                session, village.recorder, objection, upheld=True, reply="是。", corrections=corrections, at=AT
            )
        row = queries.frozen_rows(session, village.chair, queries.appraisal(session, village.chair, Q3).id)[1]
    assert (row.points, row.submitted_points) == (13, 9)
    assert ("assembly", 0, 4) in [(line.code, line.entered, line.corrected_from) for line in row.lines]
    sign_in(client, village.panel[1])
    paper = papers.text(client.get(at(village, QUARTER + "/agenda.pdf")).data, tmp_path)
    assert "12 户、41 分" in paper
    assert [line.split()[-1] for line in paper.splitlines() if line.split()[:1] == ["002"]] == ["9"]


def test_the_signed_copy_is_kept_under_its_hash_and_the_desk_asks_until_it_is_there(
    village: Village, client: FlaskClient, tmp_path: Path, clock: Clock
) -> None:
    with transaction() as session:
        meeting = held(session, village)
    sign_in(client, village.recorder)
    asks = f"会议记录签字：{Q3.title}"
    assert asks in client.get(at(village, "/")).text

    def send(content: bytes, name: str) -> int:
        form = {"key": str(new_id()), "copy": (io.BytesIO(content), name)}
        path = at(village, f"{QUARTER}/minutes/{meeting}/copies")
        return client.post(path, data=form, headers={"Accept": "text/html"}).status_code

    with pytest.raises(refusals.NotAScan, match="最多 8 MB"):
        signed.keep(tmp_path, Upload("big.pdf", b"%PDF-" + bytes(9 << 20)))
    assert [send(b"hello", "a.txt"), send(PDF[:-8], "half.pdf")] == [422] * 2
    assert [send(PDF, "签.pdf"), send(PDF, "签.pdf"), send(telling_jpeg(), "签.jpg")] == [302] * 3
    with reading() as session:
        copies = queries.minutes(session, village.recorder, Q3).copies
    assert sorted(one.kind for one in copies) == ["jpg", "pdf"]
    assert asks not in client.get(at(village, "/")).text
    page = client.get(at(village, QUARTER + "/minutes")).text
    for one in copies:
        with client.get(at(village, f"/minutes/copies/{one.id}")) as answer:
            content = answer.data
        assert hashlib.sha256(content).hexdigest() == one.sha256
        assert one.sha256 in page
        assert answer.headers["Content-Disposition"].startswith("attachment" if one.kind == "pdf" else "inline")
        assert (content == PDF) is (one.kind == "pdf")
        assert b"SecretPhone" not in content
        assert (tmp_path / "minutes" / village.market_id.hex / f"{one.sha256}.{one.kind}").is_file()
        client.post(at(village, f"{QUARTER}/minutes/{meeting}/copies/{one.id}/take-back"), data={"key": str(new_id())})
    assert asks in client.get(at(village, "/")).text
    assert "撤下了" in client.get(at(village, QUARTER + "/minutes")).text


@pytest.mark.parametrize("who", ["recorder", "clerk"])
def test_nobody_from_elsewhere_puts_or_reads_a_signed_copy(
    village: Village, client: FlaskClient, clock: Clock, who: str
) -> None:
    with transaction() as session:
        meeting = held(session, village)
        other = builders.village(session, at=clock(), code="140221100201", households=2)
    sign_in(client, village.recorder)
    form = {"key": str(new_id()), "copy": (io.BytesIO(PDF), "签.pdf")}
    client.post(at(village, f"{QUARTER}/minutes/{meeting}/copies"), data=form)
    with reading() as session:
        (copy,) = queries.minutes(session, village.recorder, Q3).copies
    stranger = other.recorder if who == "recorder" else village.clerk
    sign_in(client, stranger)
    for code, status in ((village.code, 403), (stranger.village_code, 404 if who == "recorder" else 403)):
        form = {"key": str(new_id()), "copy": (io.BytesIO(PDF + b"%%EOF"), "签.pdf")}
        assert client.post(f"/v/{code}{QUARTER}/minutes/{meeting}/copies", data=form).status_code == status
        assert client.get(f"/v/{code}/minutes/copies/{copy.id}").status_code == status
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SignedCopy)) == 1
