from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from love_market.appraisals.rules import (
    ALLOWED,
    Act,
    State,
    Votes,
    check_quorum,
    check_votes,
    is_carried,
    notice_end,
    quorum_of,
    refusals,
    step,
    tally,
    typed_part,
    whole_points,
)


@dataclass(frozen=True)
class Rule:
    code: str
    points: int
    cap_points: int | None = None
    cap_period: str | None = None
    name: str = "庭院整洁"
    family: str = ""

    @property
    def id(self) -> UUID:
        return UUID(int=7)


BONUS = Rule("yard", 5, 20, "quarter")
YEARLY = Rule("award", 15, 15, "year")
FREE = Rule("medal", 10)
PENALTY = Rule("dumping", -10, 20, "quarter", "乱倒垃圾")
BY_EVENT = Rule("wedding", 20, 20, "event")


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_every_act_in_every_state_leads_on_or_is_refused_in_words(act: Act, state: State) -> None:
    if state in ALLOWED[act]:
        assert step(act, state) is ALLOWED[act][state]
        return
    with pytest.raises(refusals.WrongStep) as refused:
        step(act, state)
    assert str(refused.value).endswith("。")


def test_the_way_through_the_quarter_is_the_design_s() -> None:
    table = {
        (act.value, before.value): after.value for act, moves in ALLOWED.items() for before, after in moves.items()
    }
    assert table == {
        ("score", "scoring"): "scoring",
        ("submit", "scoring"): "deliberating",
        ("return", "deliberating"): "scoring",
        ("meet", "deliberating"): "decided",
        ("publish", "decided"): "notice",
        ("object", "notice"): "notice",
        ("reply", "notice"): "notice",
        ("reply", "confirmed"): "confirmed",
        ("vote_again", "notice"): "notice",
        ("vote_again", "confirmed"): "confirmed",
        ("confirm", "notice"): "confirmed",
        ("confirm", "confirmed"): "confirmed",
    }


@pytest.mark.parametrize(
    ("text", "points"),
    [
        *(("5", 5), (" １２ ", 12), ("−3", -3), ("－3", -3), ("-3", -3), ("+4", 4), ("0", 0), ("", None), ("  ", None)),
        *(("1,000", 1000), ("１，０００", 1000), ("5.0", 5), ("-3.00", -3), ("5分", 5)),
    ],
)
def test_what_is_typed_is_read(text: str, points: int | None) -> None:
    assert whole_points(text) == points


@pytest.mark.parametrize("text", ["1.5", "十", "5个", "1e3", "=1+1", "--3", "3-", "9999999", "1,5", "1,00", "5."])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(refusals.PointsNotWhole):
        whole_points(text)


@pytest.mark.parametrize(
    ("rule", "total", "from_deeds", "outcome"),
    [
        (BONUS, 32, 0, 32),
        (BONUS, 32, 8, 24),
        (BONUS, 8, 8, 0),
        (BONUS, 0, 0, 0),
        (BONUS, 1000, 0, 1000),
        (PENALTY, -10, 0, -10),
        (PENALTY, -10, -10, 0),
        (PENALTY, 0, 0, 0),
        (BONUS, 1001, 0, refusals.PointsTooLarge),
        (PENALTY, -1001, 0, refusals.PointsTooLarge),
        (BONUS, -5, 0, refusals.WrongSign),
        (PENALTY, 5, 0, refusals.WrongSign),
        (BONUS, 7, 8, refusals.BelowDeeds),
        (PENALTY, -5, -10, refusals.BelowDeeds),
    ],
)
def test_a_stated_total_is_stored_without_the_deeds_part(
    rule: Rule, total: int, from_deeds: int, outcome: int | type[Exception]
) -> None:
    if isinstance(outcome, int):
        assert typed_part(total, from_deeds, rule) == outcome
        return
    with pytest.raises(outcome):
        typed_part(total, from_deeds, rule)


@pytest.mark.parametrize(
    ("rule", "entered", "before", "counted"),
    [
        (BONUS, 19, 0, 19),
        (BONUS, 20, 0, 20),
        (BONUS, 21, 0, 20),
        (BONUS, 21, 20, 20),  # a cap a quarter forgets earlier quarters
        (YEARLY, 15, 0, 15),
        (YEARLY, 15, 10, 5),
        (YEARLY, 15, 15, 0),
        (YEARLY, 15, 40, 0),  # the cap was higher once: nothing is taken back
        (FREE, 500, 0, 500),
        (BY_EVENT, 40, 0, 40),  # two events
        (PENALTY, -10, 0, -10),
        (PENALTY, -30, 0, -20),
    ],
)
def test_what_counts_under_a_cap(rule: Rule, entered: int, before: int, counted: int) -> None:
    row = tally({rule.code: entered}, [rule], {rule.code: before})
    assert [line.counted for line in row.lines] == [counted]
    assert row.lines[0].is_capped is (entered != counted)


def test_a_row_is_never_below_zero_and_zero_cells_make_no_line() -> None:
    row = tally({"yard": 5, "dumping": -20, "medal": 0}, [BONUS, PENALTY, FREE], {})
    assert [(line.code, line.counted) for line in row.lines] == [("yard", 5), ("dumping", -20)]
    assert row.points == 0


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        ("2026-10-12T10:00", 5, "2026-10-17T18:00"),
        ("2026-10-12T18:00", 5, "2026-10-17T18:00"),
        ("2026-10-12T18:01", 5, "2026-10-18T18:00"),  # five full days and not an hour less
        ("2026-10-12T00:00", 3, "2026-10-15T18:00"),
        ("2026-12-30T23:59", 3, "2027-01-03T18:00"),
    ],
)
def test_a_notice_runs_full_days_and_ends_at_six(begins: str, days: int, ends: str) -> None:
    def village(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)

    assert notice_end(village(begins), days) == village(ends)


@pytest.mark.parametrize(("panel", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (9, 6)])
def test_two_thirds_exactly_are_a_quorum(panel: int, quorum: int) -> None:
    assert quorum_of(panel) == quorum
    check_quorum(quorum, panel)
    with pytest.raises(refusals.QuorumMissing):
        check_quorum(quorum - 1, panel)


def test_a_village_without_a_panel_has_no_quorum() -> None:
    with pytest.raises(refusals.QuorumMissing):
        check_quorum(0, 0)


@pytest.mark.parametrize(
    ("votes", "eligible", "carried"),
    [
        (Votes(4, 2), 6, True),
        (Votes(3, 3), 6, False),
        (Votes(3, 0, 3), 6, False),
        (Votes(0), 0, False),
        (Votes(1), 1, True),
    ],
)
def test_more_than_half_of_those_who_may_vote_carry(votes: Votes, eligible: int, *, carried: bool) -> None:
    check_votes(votes, eligible, "名单")
    assert is_carried(votes, eligible) is carried


@pytest.mark.parametrize("votes", [Votes(5), Votes(7), Votes(4, 1), Votes(-1, 7), Votes(8, -2)])
def test_votes_add_up_to_those_who_may_vote(votes: Votes) -> None:
    with pytest.raises(refusals.VotesDoNotAddUp):
        check_votes(votes, 6, "名单")
