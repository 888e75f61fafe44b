"""The desk through a quarter: each sees what waits for them, with its deadline, one step from where it is done."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from love_market.appraisals import queries as appraisals_read
from love_market.appraisals import service as appraisals
from love_market.appraisals.rules import State
from love_market.appraisals.service import CellInput
from love_market.appraisals.signed import StoredScan
from love_market.clock import Quarter, village_instant
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.people.models import Kinship
from love_market.people.rules import Guard, Role
from love_market.plays import acts
from love_market.plays.stage import Cast
from love_market.stock import service as stock
from tests import penalties
from tests.appraisals import stages
from tests.builders import Village, adopt_catalogue
from tests.conftest import Clock
from tests.counter import made
from tests.databases import SECRET
from tests.reports.conftest import Walk
from tests.reports.test_statements_asked import asked_for

Q3 = Quarter(2026, 3)
NOTHING = "今天没有等您办的事"


@pytest.fixture
def opened(village: Village, cast: Cast, clock: Clock) -> Village:
    """The third quarter is being scored, with a budget of 50 points; nothing is entered yet, the shelf is full."""
    with transaction() as session:
        salt = stock.add_good(
            session, village.clerk, key=new_id(), at=clock.at, name="食盐", spec="", unit_name="袋", points_price=2
        )
        stock.receive(session, village.clerk, key=new_id(), at=clock.at, good_id=salt, quantity=40, source="bought")
        adopt_catalogue(session, village.recorder, at=clock.at)
        appraisals.open_quarter(session, village.recorder, Q3, budget_points=50, at=clock.at, key=new_id())
    return village


def score(village: Village, clock: Clock, points: int, households: int = 12) -> None:
    """Enter the same points for some households, under a rule without a low cap."""
    with transaction() as session:
        sheet = appraisals_read.sheet(session, village.recorder, Q3)
        rule = next(rule for rule in sheet.rules if rule.name == "志愿服务")
        cells = [CellInput(household, rule.id, points) for household in village.households[:households]]
        appraisals.save_scores(session, village.recorder, Q3, cells, source="typed", at=clock.at, key=new_id())


def test_an_empty_village_begins_at_the_beginning(village: Village, desk_of: Walk) -> None:
    page = desk_of(village.chair)
    for words in ("定下积分细则", "把货架上的东西记进来", "随时"):
        assert words in page
    assert "开2026年第三季度的评分" not in page
    assert "定下积分细则" in desk_of(village.clerk)
    assert "村委会：定下积分细则" in desk_of(village.clerk)


def test_a_village_with_rules_opens_the_quarter_that_is_over(village: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock.at)
    assert "开2026年第三季度的评分" in desk_of(village.recorder)


def test_scores_wait_for_the_committee_and_for_nobody_else(opened: Village, clock: Clock, desk_of: Walk) -> None:
    assert "填分：还有 12 户没填" in desk_of(opened.recorder)
    panel = desk_of(opened.panel[0])
    assert NOTHING in panel
    assert "村委会：填分：还有 12 户没填" in panel
    score(opened, clock, 4, households=9)
    page = desk_of(opened.recorder)
    assert "填分：还有 3 户没填" in page
    assert "已填 9 / 12 户，共 36 分" in page
    score(opened, clock, 4)
    assert "分填齐了，交评议：2026年第三季度" in desk_of(opened.chair)


def test_a_budget_that_falls_short_is_said_before_the_notice_ends(opened: Village, clock: Clock, desk_of: Walk) -> None:
    score(opened, clock, 4)
    assert "额度不够" not in desk_of(opened.chair)
    score(opened, clock, 6)
    page = desk_of(opened.chair)
    assert "额度不够：2026年第三季度还差 22 分" in page
    assert "可发 50 分，拟发 72 分" in page


def test_a_quarter_from_the_panel_to_the_vouchers(opened: Village, cast: Cast, clock: Clock, desk_of: Walk) -> None:
    score(opened, clock, 4)
    with transaction() as session:
        appraisals.submit(session, opened.recorder, Q3, at=clock.at)
    assert "开评议会：2026年第三季度" in desk_of(opened.recorder)
    acts.deliberate(cast, Q3, submitted_at=clock.at, met_at=clock.at)
    assert "发布公示：2026年第三季度" in desk_of(opened.recorder)

    _, ends = acts.publish(cast, Q3, at=clock.at)
    chair = desk_of(opened.chair)
    assert "公示到期，认定2026年第三季度" in chair
    assert "到期可办" in chair
    assert "会议记录签字" in chair
    with transaction() as session:
        held = appraisals_read.meeting(session, opened.chair, appraisals_read.appraisal(session, opened.chair, Q3).id)
        assert held is not None
        scan = StoredScan("pdf", "0" * 64, 100)
        appraisals.keep_copy(session, opened.recorder, held.id, scan=scan, key=new_id(), at=clock.at)
    chair = desk_of(opened.chair)
    assert NOTHING in chair
    assert "最近的一件，周二：公示到期，认定2026年第三季度。" in chair
    assert "主任：公示到期，认定2026年第三季度" in desk_of(opened.recorder)

    clock.at = ends + timedelta(minutes=1)
    chair = desk_of(opened.chair)
    assert "12 户可以认定，0 户先等" in chair
    assert "到期可办" not in chair
    acts.confirm(cast, Q3, at=clock.at)
    page = desk_of(opened.recorder)
    assert "发券：12 户，48 分" in page
    assert "48 分等着发券" in page
    acts.issue(cast, Q3, secret=SECRET, at=clock.at)
    page = desk_of(opened.recorder)
    assert "交券：还有 12 张没交到户里" in page
    assert "12 张，共 48 分" in page
    assert "换了 0 分，还有 48 分" in page


def test_an_objection_stands_first_in_the_objectors_words(
    opened: Village, cast: Cast, clock: Clock, desk_of: Walk
) -> None:
    score(opened, clock, 4)
    acts.deliberate(cast, Q3, submitted_at=clock.at, met_at=clock.at)
    acts.publish(cast, Q3, at=clock.at)
    with transaction() as session:
        appraisals.object_to(
            session,
            Guard.public(opened.market_id, opened.code),
            Q3,
            opened.households[0],
            raised_by="孔家人",
            words="清渠我去了三个半天，<b>只记了两个",
            contact="",
            at=clock.at,
            key=new_id(),
        )
    for guard in (opened.chair, opened.recorder):
        page = desk_of(guard)
        assert "答复异议：001 号 孔振明家" in page
        assert "“清渠我去了三个半天，&lt;b&gt;只记了两个”" in page
        assert "还有 7 天" in page, "five working days from a Thursday"
    assert "11 户可以认定，1 户先等" in desk_of(opened.chair)
    assert "还剩 5 天，异议 1 件" in desk_of(opened.clerk)


def test_nobody_reviews_an_own_deed_or_a_kins(opened: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        version = deeds.current_version(session, opened.chair)
        assert version is not None
        rule = deeds.rules(session, opened.chair, version.id)[0]
        told = [new_id() for _each in range(3)]
        tellers = (opened.recorder, opened.recorder, opened.grid_worker)
        for household, (guard, key) in enumerate(zip(tellers, told, strict=True)):
            deeds_service.record(
                session,
                guard,
                key=key,
                household_id=opened.households[household],
                member_name="",
                rule_id=rule.id,
                done_on=clock.at.date() - timedelta(days=5),
                times=1,
                words="扫了院子",
                photos=[],
                at=clock.at - timedelta(days=4),
            )
        session.add(
            Kinship(
                market_id=opened.market_id,
                id=new_id(),
                staff_id=opened.chair.require_staff(),
                household_id=opened.households[0],
                relation="亲属",
            )
        )
    # the grid worker's own waits for the panel; the others for the grid worker
    mine = desk_of(opened.grid_worker)
    assert "初审好事：2 件" in mine
    assert "等了 4 天" in mine
    assert "评议员：初审好事：1 件" in mine
    assert "初审好事：1 件" in desk_of(opened.panel[0])
    assert "网格员：初审好事：2 件" in desk_of(opened.chair)
    with transaction() as session:
        for deed_id in told[:2]:
            deeds_service.first_review(session, opened.grid_worker, deed_id, at=clock.at)
    # recorded by the one of the committee and kin to the other: the panel's; else the chair's
    assert "复核好事：1 件" in desk_of(opened.chair)
    assert "村委会：复核好事：1 件" in desk_of(opened.recorder)
    panel = desk_of(opened.panel[0])
    assert "初审好事：1 件" in panel
    assert "复核好事：1 件" in panel


def test_expired_vouchers_wait_to_be_cleared(village: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        made.shop(session, village, clock.at)
        adopt_catalogue(session, village.recorder, at=clock.at)
    clock.at = village_instant(Q3.last_day, 9) + timedelta(days=400)
    assert "到期清零：3 张券，63 分" in desk_of(village.recorder)


def test_the_village_and_role_bound_what_is_seen(village: Village, desk_of: Walk) -> None:
    assert Role.CLERK not in village.recorder.roles
    assert "开始兑换" not in desk_of(village.recorder)


def test_each_penalty_waits_for_whoever_may_do_the_next_step(village: Village, clock: Clock, desk_of: Walk) -> None:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock.at)
        penalties.recorded(session, village, clock.at)
        one = penalties.told(session, village, clock.at, household=1)
    assert "扣分还没告知：1 条" in desk_of(village.grid_worker)
    assert "去定" not in desk_of(village.chair)
    with transaction() as session:
        deeds_service.reply_to_penalty(session, village.recorder, one.id, said="不是我家。", at=clock.at)
        penalties.told(session, village, clock.at, household=2)
    assert "扣分有答复了：1 条" in desk_of(village.chair)
    clock.at += penalties.HEARD
    page = desk_of(village.chair)
    assert all(words in page for words in ("扣分有答复了：1 条", "答复的时间到了：1 条扣分", "扣分还没告知：1 条"))


def test_what_waits_in_an_old_quarter_stays_on_the_desk(
    village: Village, clock: Clock, client: FlaskClient, desk_of: Walk
) -> None:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE, scores=stages.TWO_ROWS)
        objection = stages.object_to(session, village, 1)
        stages.confirm(session, village)
    clock.at = stages.AFTER_NOTICE
    said = "答复异议：002 号 姚改家"
    asked, quarter = [], stages.Q3
    for _ in range(5):
        assert said in desk_of(village.chair)
        asked.append(asked_for(client, f"/v/{village.code}/"))
        quarter = quarter.next()
        with transaction() as session:
            appraisals.open_quarter(session, village.recorder, quarter, budget_points=100, at=clock(), key=new_id())
    assert f"还没交评议：{stages.Q3.next().title}" in desk_of(village.chair)
    assert len(set(asked[3:])) == 1
    with transaction() as session:
        appraisals.reply(
            session, village.recorder, objection, upheld=False, reply="核过了。", corrections={}, at=clock()
        )
    page = desk_of(village.chair)
    assert said not in page
    assert f"补认定{stages.Q3.title}" in page
    with transaction() as session:
        appraisals.confirm(session, village.chair, stages.Q3, at=clock(), key=new_id())
    assert f"补认定{stages.Q3.title}" not in desk_of(village.chair)
