"""The whole life of a penalty by its services: recorded, told, answered or not, decided, and where it counts."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.db import new_id, transaction
from love_market.deeds import queries, service
from love_market.deeds.evidence import StoredPhoto
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import (
    DeedIsNoPenalty,
    NoSuchPenalty,
    NotOwnRecord,
    OwnRecord,
    PenaltyIsNoDeed,
    PenaltyNotThere,
    PenaltyPointsWrong,
    PenaltyState,
    PenaltyWordsWrong,
    ProofMissing,
    ReplyStillOpen,
    SamePenaltyTwice,
)
from love_market.deeds.service import Noted, Shown
from love_market.errors import LoveMarketError
from love_market.ledger.rules import KeyReused
from love_market.people import service as people
from love_market.people.rules import Guard, RoleMissing, SameHousehold
from tests import penalties
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import Rules, record

Q3, Q4 = Quarter(2026, 3), Quarter(2026, 4)
DAY = date(2026, 9, 12)
SHOWN = Shown(DAY, 1, -10, penalties.SAID, penalties.PROOF)


def home(village: Village, place: int = 0) -> Guard:
    return Guard.of_household(village.market_id, village.code, village.households[place], "孔振明")


def counted(session: Session, village: Village, quarter: Quarter = Q3) -> dict[str, int]:
    found = queries.points_of_quarter(session, village.chair, quarter)
    return {code: points for (_, code), points in found.items()}


def told(village: Village, clock: Clock) -> PenaltyRecord:
    with transaction() as session:
        return penalties.told(session, village, clock())


def test_told_answered_and_withdrawn_takes_nothing(village: Village, rules: Rules, clock: Clock) -> None:
    one = told(village, clock)
    assert (one.state, one.teller_name, one.told_to, one.told_at) == (PenaltyState.TOLD, "网格", "孔振明", clock())
    assert one.reply_ends_at is not None
    assert one.reply_ends_at - clock() == timedelta(days=5, hours=9)  # till 18:00 of the first day with five full days
    with transaction() as session:
        answered = service.reply_to_penalty(session, home(village), one.id, said=" 不是我家倒的。 ", at=clock())
        again = service.reply_to_penalty(session, home(village), one.id, said="不是我家倒的。", at=clock())
    assert (answered.state, answered.reply, answered.replier_name) == (PenaltyState.REPLIED, "不是我家倒的。", "")
    assert again == answered
    with transaction() as session:
        done = service.withdraw_penalty(session, village.chair, one.id, reason="看错了人。", at=clock())
        assert (done.state, done.decision, done.decider_name, done.counts) == ("withdrawn", "看错了人。", "石主", 0)
        assert service.withdraw_penalty(session, village.chair, one.id, reason="看错了人。", at=clock()) == done
        assert counted(session, village) == {}


def test_told_and_silent_stands_and_counts_from_then(village: Village, rules: Rules, clock: Clock) -> None:
    one = told(village, clock)
    with transaction() as session, pytest.raises(ReplyStillOpen, match="10月13日 18:00"):
        service.let_stand(session, village.chair, one.id, reason="凭据清楚。", at=clock())
    clock.at += timedelta(days=5, hours=9)
    with transaction() as session:
        assert queries.next_to_decide(session, village.recorder, clock()) is None
        assert queries.next_to_decide(session, village.chair, clock()) == one.id
        assert counted(session, village) == {}
        done = service.let_stand(session, village.chair, one.id, reason="凭据清楚。", at=clock())
        assert service.let_stand(session, village.chair, one.id, reason="凭据清楚。", at=clock()) == done
        assert (done.state, done.decided_points) == (PenaltyState.STANDS, -10)
        assert counted(session, village) == {"dumping": -10}
    with transaction() as session, pytest.raises(PenaltyNotThere, match="已经认定"):
        service.withdraw_penalty(session, village.chair, one.id, reason="再想想。", at=clock())


def test_it_is_lowered_and_never_raised(village: Village, rules: Rules, clock: Clock) -> None:
    one = told(village, clock)
    with transaction() as session:
        # Written down by staff, as it was said on paper; and late is heard too.
        late = clock() + timedelta(days=9)
        heard = service.reply_to_penalty(session, village.grid_worker, one.id, said="只有一袋。", at=late)
        assert heard.replier_name == "网格"
        for wrong in (-11, 0, 5):
            with pytest.raises(PenaltyPointsWrong):
                service.let_stand(session, village.chair, one.id, reason="轻。", at=late, points=wrong)
        done = service.let_stand(session, village.chair, one.id, reason="只有一袋。", at=late, points=-4)
        assert (done.is_lowered, done.counts) == (True, -4)
        assert counted(session, village) == {"dumping": -4}


def test_neither_recorder_nor_kin_nor_the_household_decides(village: Village, rules: Rules, clock: Clock) -> None:
    one = told(village, clock)
    with transaction() as session:
        people.add_kinship(
            session,
            village.chair,
            staff_id=village.panel[0].require_staff(),
            household_id=village.households[0],
            relation="兄弟",
            key=new_id(),
        )
        for guard, wrong in (
            (village.recorder, OwnRecord),
            (village.panel[0], SameHousehold),
            (village.grid_worker, RoleMissing),
            (home(village), RoleMissing),
        ):
            for decide in (service.let_stand, service.withdraw_penalty):
                with pytest.raises(wrong):
                    decide(session, guard, one.id, reason="凭据清楚。", at=clock() + timedelta(days=9))
        with pytest.raises(PenaltyWordsWrong):
            service.let_stand(session, village.chair, one.id, reason=" ", at=clock() + timedelta(days=9))


def test_a_page_tells_as_well_as_a_slip(village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        one = penalties.recorded(session, village, clock())
        with pytest.raises(NoSuchPenalty):
            service.tell_by_page(session, home(village, 1), one.id, at=clock())
        read = service.tell_by_page(session, home(village), one.id, at=clock())
        assert (read.state, read.told_at, read.told_to, read.teller_name) == ("told", clock(), "", "")
        later = clock() + timedelta(days=1)
        assert service.tell_by_page(session, home(village), one.id, at=later).told_at == clock()
        other = penalties.recorded(session, village, clock(), day=date(2026, 9, 13))
        # Replying on the page says that it was read there.
        assert service.reply_to_penalty(session, home(village), other.id, said="是我。", at=later).told_at == later


def test_without_proof_or_beyond_its_rule_it_is_not_recorded(village: Village, rules: Rules, clock: Clock) -> None:
    wrong: list[tuple[Shown, str, type[LoveMarketError]]] = [
        (Shown(DAY, 1, -10, penalties.SAID), "乱倒垃圾", ProofMissing),
        (Shown(DAY, 1, -11, penalties.SAID, "记录"), "乱倒垃圾", PenaltyPointsWrong),
        (Shown(DAY, 1, -10, "", "记录"), "乱倒垃圾", PenaltyWordsWrong),
        (SHOWN, "庭院整洁", DeedIsNoPenalty),
    ]
    with transaction() as session:
        for shown, rule, error in wrong:
            with pytest.raises(error):
                service.record_penalty(
                    session,
                    village.recorder,
                    shown,
                    key=new_id(),
                    household_id=village.households[0],
                    rule_id=rules[rule].id,
                    at=clock(),
                )
        with pytest.raises(PenaltyIsNoDeed):
            record(session, village, rules, clock, rule="乱倒垃圾", times=1)


def test_one_key_is_one_penalty_and_one_day_too(village: Village, rules: Rules, clock: Clock) -> None:
    photo = StoredPhoto("a" * 64, 800, 600)
    told: dict[str, Any] = {
        "key": new_id(),
        "household_id": village.households[0],
        "rule_id": rules["乱倒垃圾"].id,
        "at": clock(),
    }
    with transaction() as session:
        shown = Shown(DAY, 1, -10, penalties.SAID, "", (photo,))
        first = service.record_penalty(session, village.recorder, shown, **told)
        assert service.record_penalty(session, village.recorder, shown, **told) == first
        assert [one.sha256 for one in first.photos] == [photo.sha256]
        with pytest.raises(KeyReused):
            service.record_penalty(session, village.recorder, SHOWN, **told)
        with pytest.raises(SamePenaltyTwice):
            service.record_penalty(session, village.recorder, SHOWN, **(told | {"key": new_id()}))


def test_noted_from_a_sheet_it_waits_for_proof(village: Village, rules: Rules, clock: Clock) -> None:
    rule = rules["乱倒垃圾"]
    noted = Noted(new_id(), village.households[0], rule.id, rule.code, 1, -5)
    with transaction() as session:
        for new in (1, 0):
            found = service.note_penalties(session, village.recorder, [noted], source="评分表里的扣分", at=clock())
            assert len(found) == new
        one = queries.penalty(session, village.recorder, noted.id)
        assert (one.state, one.happened_on, one.points) == (PenaltyState.NOTED, None, -5)
        assert queries.penalties_of_household(session, village.recorder, village.households[0]) == []
        with pytest.raises(PenaltyNotThere, match="缺凭据"):
            service.tell_by_slip(session, village.recorder, one.id, to="孔振明", at=clock())
        shown = Shown(DAY, 1, -5, penalties.SAID, penalties.PROOF)
        proved = service.show_proof(session, village.grid_worker, one.id, shown, at=clock())
        assert (proved.state, proved.noted_name, proved.recorder_name) == ("recorded", "赵记", "网格")
        assert service.show_proof(session, village.grid_worker, one.id, shown, at=clock()) == proved
        service.tell_by_slip(session, village.recorder, one.id, to="孔振明", at=clock())
        with pytest.raises(OwnRecord):  # who brought the number in is no second person either
            service.withdraw_penalty(session, village.recorder, one.id, reason="撤。", at=clock())


def test_what_nobody_was_told_of_is_dropped_and_not_shown(village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        one = penalties.recorded(session, village, clock())
        with pytest.raises(NotOwnRecord):
            service.drop_penalty(session, village.clerk, one.id, reason="", at=clock())
        dropped = service.drop_penalty(session, village.recorder, one.id, reason="记错了户", at=clock())
        assert dropped.state is PenaltyState.WITHDRAWN
        assert queries.penalties_of_household(session, home(village), village.households[0]) == []
        again = penalties.told(session, village, clock())  # the same day is free again
        with pytest.raises(PenaltyNotThere):
            service.drop_penalty(session, village.recorder, again.id, reason="", at=clock())


def test_it_counts_once_in_the_quarter_that_is_frozen_after_it(village: Village, rules: Rules, clock: Clock) -> None:
    with transaction() as session:
        penalties.standing(session, village, clock(), day=date(2026, 9, 12))
        penalties.standing(session, village, clock() + timedelta(days=5), day=date(2026, 10, 1), household=1)
        assert counted(session, village, Quarter(2026, 2)) == {}
        assert counted(session, village, Q3) == {"dumping": -10}
        assert len(queries.points_of_quarter(session, village.chair, Q4)) == 2
        frozen: dict[str, Any] = {"household_ids": village.households, "codes": ["dumping"]}
        service.count_penalties(session, village.chair, Q3, **frozen)
        assert counted(session, village, Q3) == {}
        assert list(queries.points_of_quarter(session, village.chair, Q4)) == [(village.households[1], "dumping")]
        service.uncount_penalties(session, village.chair, Q3)
        assert counted(session, village, Q3) == {"dumping": -10}
        # A household that left, or a rule that was dropped, keeps its penalty for later.
        service.count_penalties(session, village.chair, Q3, household_ids=village.households[1:], codes=["dumping"])
        service.count_penalties(session, village.chair, Q3, household_ids=village.households, codes=["tidy_yard"])
        assert counted(session, village, Q3) == {"dumping": -10}
