"""One village after the other: what a close does, what it waits for, and that nothing is done twice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from love_market.appraisals import service as appraisals
from love_market.appraisals.models import AppraisalRow
from love_market.county import village as villages
from love_market.county.rules import ClosePlan, Ending
from love_market.db import new_id, reading, transaction
from love_market.ledger.models import Entry
from love_market.points.service import BudgetExceeded
from love_market.vouchers import keys
from love_market.vouchers import service as vouchers
from love_market.vouchers.models import Voucher
from love_market.vouchers.token import token_from_scan, verify
from tests import papers
from tests.county import books
from tests.county.acts import chair_of, close_all, first
from tests.county.scored import QUARTER
from tests.databases import SECRET


def test_a_close_confirms_awards_issues_and_moves_every_point(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with reading() as session:
        county = books.villages(session)
        wanted = {one.code: books.listed_points(session, one) for one in county}
    outcomes = close_all(plan)
    assert [one.ending for one in outcomes] == [Ending.CLOSED] * 3
    with reading() as session:
        for one, outcome in zip(county, outcomes, strict=True):
            points = {household: amount for household, amount in wanted[one.code].items() if amount}
            assert (outcome.vouchers, outcome.points) == (len(points), sum(points.values()))
            in_vouchers = session.execute(
                select(Voucher.household_id, Voucher.face_points).where(
                    Voucher.market_id == one.market_id, Voucher.household_id.in_(points)
                )
            )
            assert dict(in_vouchers.all()) == points
            assert set(session.scalars(select(AppraisalRow.state).distinct())) == {"confirmed"}
        for market_id in {one.market_id for one in county}:
            assert not any(books.balances(session, market_id, "household").values())
            faces = session.execute(select(Voucher.id, Voucher.face_points).where(Voucher.market_id == market_id))
            assert books.balances(session, market_id, "voucher") == dict(faces.all())
            kinds = [kind for kind, _ in books.books(session, market_id).entries]
            assert kinds in (["grant", "award", "issue"], ["grant", "grant", *["award", "issue"] * 2])


def test_the_chairs_confirm_and_the_program_issues(county_app: Flask, blank_papers: None, plan: ClosePlan) -> None:
    close_all(plan)
    with reading() as session:
        village = books.villages(session)[2]
        actors = session.execute(
            select(Entry.kind, Entry.actor).where(Entry.market_id == village.market_id, Entry.kind != "grant")
        )
        assert dict(actors.all()) == {"award": chair_of(session, village).actor, "issue": "system"}


def test_the_papers_say_what_the_books_say(county_app: Flask, plan: ClosePlan, tmp_path: Path) -> None:
    outcome = close_all(plan)[2]
    with reading() as session:
        village = books.villages(session)[2]
        rows = session.scalars(select(Voucher).where(Voucher.market_id == village.market_id)).all()
        public_key = keys.public_keys(session, village.market_id).popitem()[1]
    sheet, sign_for = ((plan.out / name).read_bytes() for name in outcome.files)
    scanned = [code for page in papers.pictures(sheet, tmp_path, 200) for code in papers.codes_by_zxing(page)]
    claims = [verify(token_from_scan(code) or "", public_key, village.market_id) for code in scanned]
    assert {(one.voucher_id, one.face_points, one.expires_on) for one in claims} == {
        (row.id, row.face_points, row.expires_on) for row in rows
    }
    assert len(scanned) == len(rows) == outcome.vouchers
    listed = papers.text(sign_for, tmp_path)
    assert all(row.serial_no in listed for row in rows)
    assert f"{outcome.points}" in listed


def test_closed_again_nothing_is_done_again(county_app: Flask, plan: ClosePlan) -> None:
    outcomes = close_all(plan)
    with reading() as session:
        before = books.all_books(session)
    touched = {path: path.stat().st_mtime_ns for path in plan.out.rglob("*")}
    assert close_all(replace(plan, at=plan.at + timedelta(hours=3))) == outcomes
    with reading() as session:
        assert books.all_books(session) == before
    assert {path: path.stat().st_mtime_ns for path in plan.out.rglob("*")} == touched


@pytest.mark.parametrize("harm", ["gone", "cut short"])
def test_a_paper_that_is_not_whole_is_laid_out_again_the_same(county_app: Flask, plan: ClosePlan, harm: str) -> None:
    outcome = close_all(plan)[0]
    before, sheet = books.papers(plan.out), plan.out / outcome.files[0]
    if harm == "gone":
        sheet.unlink()
    else:
        sheet.write_bytes(sheet.read_bytes()[:-1])
    with reading() as session:
        villages.close(plan, first(session))
    assert books.papers(plan.out) == before


def test_what_is_confirmed_later_has_a_batch_and_papers_of_its_own(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with transaction() as session:
        village = books.villages(session)[2]
        late = session.scalars(select(AppraisalRow).where(AppraisalRow.market_id == village.market_id)).first()
        assert late is not None
        late.state = "contested"
    outcome = villages.close(plan, village)
    assert outcome.waiting_rows == 1
    with transaction() as session:
        late = session.merge(late)
        late.state = "listed"
    with transaction() as session:
        appraisals.confirm(session, chair_of(session, village), QUARTER, at=plan.at, key=new_id())
    again = villages.close(plan, village)
    assert (again.waiting_rows, again.vouchers, again.points) == (
        0,
        outcome.vouchers + 1,
        outcome.points + late.points,
    )
    assert [Path(name).name for name in again.files] == [
        "积分券.pdf",
        "领取签字表.pdf",
        "积分券-2.pdf",
        "领取签字表-2.pdf",
    ]


def test_what_the_committee_issued_itself_is_only_laid_out(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with transaction() as session:
        village = first(session)
        chair = chair_of(session, village)
        appraisals.confirm(session, chair, QUARTER, at=plan.at, key=new_id())
        key = new_id()
        vouchers.issue(session, chair, quarter=str(QUARTER), secret=SECRET, at=plan.at, key=key)
    outcome = villages.close(plan, village)
    assert (outcome.ending, len(outcome.files)) == (Ending.CLOSED, 2)
    with reading() as session:
        issues = [used for kind, used in books.books(session, village.market_id).entries if kind == "issue"]
    assert issues == [key]


def test_a_village_of_which_nothing_is_due_is_closed_without_papers(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with transaction() as session:
        village = first(session)
        session.execute(update(AppraisalRow).where(AppraisalRow.market_id == village.market_id).values(points=0))
    outcome = villages.close(plan, village)
    assert (outcome.ending, outcome.vouchers, outcome.files) == (Ending.CLOSED, 0, ())
    assert outcome.said == "没有积分要发券"


def test_points_beyond_the_budget_stop_the_village_and_leave_nothing(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with transaction() as session:
        village = first(session)
        session.execute(update(AppraisalRow).where(AppraisalRow.market_id == village.market_id).values(points=9999))
    with reading() as session:
        before = books.all_books(session)
    with pytest.raises(BudgetExceeded):
        villages.close(plan, village)
    with reading() as session:
        assert books.all_books(session) == before


def test_an_act_is_never_dated_before_what_the_book_holds(
    county_app: Flask, blank_papers: None, plan: ClosePlan
) -> None:
    with transaction() as session:
        village = books.villages(session)[2]
        later = plan.at + timedelta(minutes=5)
        appraisals.confirm(session, chair_of(session, village), QUARTER, at=later, key=new_id())
    villages.close(plan, village)
    with reading() as session:
        dates = session.scalars(
            select(Entry.at).where(Entry.market_id == village.market_id).order_by(Entry.number)
        ).all()
    assert dates == sorted(dates)
    assert dates[-1] == later
