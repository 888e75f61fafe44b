"""Star households: counted from the books by a rule, published once, and the same for whoever counts again."""

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisal_queries
from love_market.appraisals import service as appraisals
from love_market.appraisals.rules import State
from love_market.boards import papers, queries, service
from love_market.boards.rules import (
    USUAL,
    NoStarList,
    StarRuleWrong,
    Stars,
    StarsPublished,
    YearNotOver,
)
from love_market.clock import village_instant
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.rules import RuleDraft
from love_market.errors import Invalid
from love_market.ledger.rules import KeyReused
from love_market.people.models import Household
from love_market.people.rules import Guard, RoleMissing
from tests import papers as read
from tests.appraisals import stages
from tests.builders import Village, meeting, sign_in
from tests.conftest import Clock, on_sqlite_alone

YEAR = 2026
STARS = Stars(5, 20, 30)
JANUARY = village_instant(date(2027, 1, 12), 9)
SCORES: dict[int, dict[str, int | None]] = {
    0: {"public_labour": 32},
    1: {"public_labour": 24},
    2: {"tidy_yard": 5, "assembly": 4},
    3: {"assembly": 4},
}


@pytest.mark.parametrize(
    ("points", "stars", "coming"),
    [(0, 0, (3, 100)), (99, 0, (3, 1)), (100, 3, (4, 50)), (199, 4, (5, 1)), (200, 5, None), (900, 5, None)],
)
def test_stars_are_given_by_points_alone(points: int, stars: int, coming: tuple[int, int] | None) -> None:
    assert (USUAL.of(points), USUAL.next_after(points)) == (stars, coming)


def counted(session: Session, village: Village, at: datetime) -> dict[UUID, tuple[int, int]]:
    rows = queries.count_stars(session, village.chair, YEAR, STARS, at=at)
    return {row.household.id: (row.points, row.stars) for row in rows}


def listed(session: Session, village: Village) -> list[tuple[str, int, int]]:
    _, rows = queries.published_rows(session, village.chair, YEAR)
    return [(row.number, row.points, row.stars) for row in rows]


def confirmed(session: Session, village: Village) -> None:
    """Confirm a quarter but for the third household, whose row somebody objects to."""
    stages.bring_to(session, village, State.NOTICE, scores=SCORES)
    stages.object_to(session, village, 2)
    stages.confirm(session, village)
    service.set_star_rule(session, village.chair, STARS, at=stages.AT, key=new_id())


def barred(session: Session, village: Village, household: int, found_on: date) -> UUID:
    """Let a veto of 90 days be found against a household and confirmed."""
    standing = deeds.current_version(session, village.chair)
    assert standing is not None
    drafts = [rule.draft() for rule in deeds.rules(session, village.chair, standing.id)]
    drafts.append(RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", veto_days=90))
    at = stages.AFTER_NOTICE
    key = deeds_service.adopt_version(session, village.chair, drafts, meeting=meeting(at), at=at, key=new_id())
    made = deeds_service.record_veto(
        session,
        village.recorder,
        key=new_id(),
        household_id=village.households[household],
        rule_id=deeds.veto_rules(session, village.chair, key)[0].id,
        found_on=found_on,
        document="某某决定书 1 号",
        at=village_instant(found_on, 12),
    )
    deeds_service.judge_veto(session, village.chair, made.id, confirmed=True, at=village_instant(found_on, 13))
    return made.id


def test_a_published_list_is_the_same_whoever_counts_again(session: Session, village: Village) -> None:
    home = village.households
    confirmed(session, village)
    assert counted(session, village, stages.AFTER_NOTICE) == {home[0]: (32, 5), home[1]: (24, 4), home[3]: (4, 0)}
    with pytest.raises(YearNotOver, match="还没有过完"):
        service.publish_stars(session, village.chair, YEAR, at=stages.AFTER_NOTICE, key=new_id())
    veto = barred(session, village, 0, date(2026, 11, 2))
    assert counted(session, village, JANUARY)[home[0]] == (32, 0)
    key = new_id()
    for _ in range(2):
        service.publish_stars(session, village.chair, YEAR, at=JANUARY, key=key)
    with pytest.raises(KeyReused):
        service.publish_stars(session, village.chair, YEAR - 1, at=JANUARY, key=key)
    with pytest.raises(StarsPublished):
        service.publish_stars(session, village.chair, YEAR, at=JANUARY, key=new_id())
    assert listed(session, village) == [("002", 24, 4)]

    # The veto is lifted, the row that waited is confirmed, the rule is changed: the list is of its day.
    later = JANUARY + timedelta(days=3)
    deeds_service.lift_veto(session, village.chair, veto, reason="申诉成立", at=later)
    objection = objection_in(session, village)
    appraisals.reply(session, village.recorder, objection, upheld=False, reply="核过了。", corrections={}, at=later)
    appraisals.confirm(session, village.chair, stages.Q3, at=later, key=new_id())
    service.set_star_rule(session, village.chair, Stars(1, 2, 3), at=later, key=new_id())
    assert counted(session, village, later)[home[0]] == (32, 5)
    assert counted(session, village, later)[home[2]] == (9, 3)
    assert listed(session, village) == [("002", 24, 4)]

    found = queries.published(session, village.chair, YEAR)
    assert found is not None
    for _ in range(2):
        service.withdraw_stars(session, village.chair, found.id, at=later)
    with pytest.raises(NoStarList):
        listed(session, village)
    service.publish_stars(session, village.chair, YEAR, at=later, key=new_id())
    assert listed(session, village) == [("001", 32, 5), ("002", 24, 5), ("003", 9, 5), ("004", 4, 5)]


def test_what_was_published_stays_as_printed_and_a_correction_says_so(session: Session, village: Village) -> None:
    confirmed(session, village)
    service.publish_stars(session, village.chair, YEAR, at=JANUARY, key=new_id())
    found, before = queries.published_rows(session, village.chair, YEAR)
    assert [(home.number, home.masked_name, home.stars) for home in before] == [("001", "孔**", 5), ("002", "姚**", 4)]
    later = JANUARY + timedelta(days=3)
    for place, left in ((0, date(2026, 11, 1)), (1, None)):
        home = session.get_one(Household, (village.market_id, village.households[place]))
        home.head_name, home.group_name, home.left_on = "牛改名", "别组", left
    session.flush()
    assert queries.published_rows(session, village.chair, YEAR)[1] == before
    own = queries.stars_of_household(session, village.chair, village.households[0], at=later)
    assert (own.given_year, own.given) == (YEAR, 5)

    with pytest.raises(Invalid, match="为什么更正"):
        service.correct_stars(session, village.chair, found.id, reason=" ", at=later, key=new_id())
    with pytest.raises(RoleMissing):
        service.correct_stars(session, village.recorder, found.id, reason="改名", at=later, key=new_id())
    key = new_id()
    for _ in range(2):
        service.correct_stars(session, village.chair, found.id, reason="改名", at=later, key=key)
    with pytest.raises(KeyReused):
        service.correct_stars(session, village.chair, found.id, reason="别的", at=later, key=key)
    with pytest.raises(StarsPublished):
        service.correct_stars(session, village.chair, found.id, reason="再改", at=later, key=new_id())
    now, after = queries.published_rows(session, village.chair, YEAR)
    assert (now.corrects_id, now.reason) == (found.id, "改名")
    assert [(home.number, home.masked_name) for home in after] == [("002", "牛**")]
    assert queries.published_rows(session, village.chair, YEAR, found.id)[1] == before
    for statement in ("UPDATE star_list_row SET stars = 3", "DELETE FROM star_list_row"):
        with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def objection_in(session: Session, village: Village) -> UUID:
    found = appraisal_queries.appraisal(session, village.chair, stages.Q3)
    return appraisal_queries.objections(session, village.chair, found.id)[0].id


def test_only_a_veto_in_force_on_the_last_day_of_the_year_bars(session: Session, village: Village) -> None:
    home = village.households[0]
    confirmed(session, village)
    barred(session, village, 0, date(2026, 10, 3))
    assert counted(session, village, village_instant(date(2026, 12, 31), 9))[home] == (32, 0)
    assert deeds.vetoed_households(session, village.chair, date(2026, 12, 31)) == {home: ("违法犯罪",)}
    # It ends on 1 January: the year's last day counts, not the day of publishing.
    assert counted(session, village, JANUARY)[home] == (32, 0)
    own = queries.stars_of_household(session, village.chair, home, at=village_instant(date(2026, 12, 31), 9))
    assert (own.points, [one.ends_on for one in own.bars]) == (32, [date(2027, 1, 1)])


def test_who_may_and_what_is_refused(session: Session, village: Village) -> None:
    confirmed(session, village)
    with pytest.raises(RoleMissing):
        service.set_star_rule(session, village.recorder, STARS, at=JANUARY, key=new_id())
    with pytest.raises(RoleMissing):
        service.publish_stars(session, village.recorder, YEAR, at=JANUARY, key=new_id())
    with pytest.raises(RoleMissing):
        service.withdraw_stars(session, village.recorder, new_id(), at=JANUARY)
    for wrong in (Stars(0, 2, 3), Stars(3, 3, 4), Stars(1, 5, 4)):
        with pytest.raises(StarRuleWrong):
            service.set_star_rule(session, village.chair, wrong, at=JANUARY, key=new_id())
    key = new_id()
    for _ in range(2):
        service.set_star_rule(session, village.chair, Stars(1, 2, 3), at=JANUARY, key=key)
    with pytest.raises(KeyReused):
        service.set_star_rule(session, village.chair, Stars(1, 2, 4), at=JANUARY, key=key)
    assert queries.standing_rule(session, village.chair) == Stars(1, 2, 3)
    with pytest.raises(YearNotOver, match="没有评过分"):
        service.publish_stars(session, village.chair, YEAR - 1, at=JANUARY, key=new_id())
    stages.open_quarter(session, village, quarter=stages.Q3.next())
    with pytest.raises(YearNotOver, match="2026年第四季度还没有认定"):
        service.publish_stars(session, village.chair, YEAR, at=JANUARY, key=new_id())
    with pytest.raises(NoStarList):
        service.withdraw_stars(session, village.chair, new_id(), at=JANUARY)


@on_sqlite_alone
def test_from_the_rule_to_the_wall_in_pages(client: FlaskClient, village: Village, clock: Clock) -> None:
    here, public = f"/v/{village.code}/stars", f"/board/{village.code}/stars"
    clock.at = stages.AFTER_NOTICE
    sign_in(client, village.chair, at=clock())
    assert "这一年还没有认定过的分" in client.get(here, follow_redirects=True).text
    with transaction() as session:
        confirmed(session, village)
        barred(session, village, 1, date(2026, 12, 5))
    asked = {"key": str(new_id()), "three_points": "30", "four_points": "20", "five_points": "40"}
    assert client.post(f"{here}/rule", data=asked).status_code == 422
    answer = client.post(f"{here}/rule", data=asked | {"three_points": "9", "four_points": "30"}, follow_redirects=True)
    for words in ("满 9 分三星，满 30 分四星，满 40 分五星", "还没有公布，这是到今天的账", "1 户还在等，没算"):
        assert words in answer.text
    assert client.post(f"{here}/2026/publish", data={"key": str(new_id())}).status_code == 409
    assert client.get(public).status_code == 404

    clock.at = JANUARY
    sign_in(client, village.chair, at=clock())
    assert "公布2026年的星级文明户" in client.get(f"/v/{village.code}/").text
    year = client.get(f"{here}/2026").text
    for words in ("孔振明", "有一票否决，不评的", "违法犯罪", "到 2027年3月5日解除", "公布2026年名单"):
        assert words in year
    assert "2026年第一季度、2026年第二季度、2026年第四季度没有评过分" in client.get(f"{here}/2026/publish").text
    done = client.post(f"{here}/2026/publish", data={"key": str(new_id())}, follow_redirects=True)
    assert "公布了" in done.text
    assert "公布2026年的星级文明户" not in client.get(f"/v/{village.code}/").text
    assert f"{public}/2026/list.pdf" in client.get(f"/v/{village.code}/papers").text

    with transaction() as session:
        first, _ = queries.published_rows(session, village.chair, YEAR)
    asked = {"key": str(new_id()), "list_id": str(first.id), "reason": ""}
    assert str(first.id) in client.get(f"{here}/2026/correct").text
    assert client.post(f"{here}/2026/correct", data=asked).status_code == 422
    done = client.post(f"{here}/2026/correct", data=asked | {"reason": "算错了"}, follow_redirects=True)
    assert "更正公布了" in done.text
    assert "更正：算错了，现在的一份" in done.text
    assert client.post(f"{here}/2026/correct", data=asked | {"reason": "又错", "key": str(new_id())}).status_code == 409
    assert "更正：算错了" in client.get(f"{public}/2026").text
    assert "后来更正了" in client.get(f"{public}/2026/{first.id}").text
    assert client.get(f"{public}/2026/{new_id()}").status_code == 404

    sign_in(client, village.recorder, at=clock())
    assert client.get(f"{here}/2026").status_code == 200
    assert client.post(f"{here}/2026/correct", data=asked).status_code == 403
    assert client.post(f"{here}/2026/withdraw", data={"key": str(new_id())}).status_code == 403
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[0], ""), at=clock())
    assert "2026年四星级文明户" in client.get("/my").text
    sign_in(client, Guard.of_household(village.market_id, village.code, village.households[1], ""), at=clock())
    mine = client.get("/my").text
    assert "级文明户" not in mine.partition("有一票否决")[0]
    assert "有一票否决（违法犯罪），2027年3月5日解除以前不评星" in mine


@on_sqlite_alone
def test_the_public_page_and_the_paper_mask_names_and_leave_out_who_is_barred(
    client: FlaskClient, village: Village, clock: Clock, tmp_path: Path
) -> None:
    clock.at = JANUARY
    with transaction() as session:
        confirmed(session, village)
        barred(session, village, 1, date(2026, 12, 5))
        service.publish_stars(session, village.chair, YEAR, at=clock(), key=new_id())
        paper = papers.star_list(
            session, village.chair, YEAR, committee="守口堡村村民委员会", url="https://ji.cn/b", at=clock()
        )
    page = client.get(f"/board/{village.code}/stars", follow_redirects=True)
    words = read.text(paper, tmp_path)
    for shown in (page.text, words):
        assert "孔**" in shown
        assert "001" in shown
        assert not [name for name in ("孔振明", "姚**", "姚改", "一票否决（", "违法犯罪") if name in shown]
    for told in ("★★★★★", "五星", "满 30 分", "共 1 页", "守口堡村村民委员会"):
        assert told in words
    assert read.codes_by_zxing(read.pictures(paper, tmp_path, 150)[0]) == ["https://ji.cn/b"]
    assert client.get(f"/board/{village.code}/stars/2026/list.pdf").mimetype == "application/pdf"
    assert client.get(f"/board/{village.code}/stars/2025").status_code == 404
    assert "2026年星级文明户" in client.get(f"/board/{village.code}/2026Q3").text
