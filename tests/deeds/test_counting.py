"""What counts of what was entered: under a cap, among one family's awards, and for so many times."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.deeds.rules import DeedTimesWrong, RuleDraft, counted, counted_together, deed_points

LABOUR = RuleDraft("参与", "义务劳动", 8, "半天", 40, "quarter")
TREES = RuleDraft("环境", "植树护绿", 10, "次", 20, "year")
DUMPING = RuleDraft("扣分", "乱倒垃圾", -10, "次", 20, "quarter")
WEDDING = RuleDraft("家风", "移风易俗", 20, "场", 20, "event")
BRAVERY = RuleDraft("奉献", "见义勇为", 50, "次")
BURNING = RuleDraft("扣分", "焚烧秸秆", -20, "次")


@pytest.mark.parametrize(
    ("rule", "entered", "already", "counts"),
    [
        # under, at and above a quarter's cap; what counted earlier does not matter to it
        (LABOUR, 0, 0, 0),
        (LABOUR, 32, 0, 32),
        (LABOUR, 40, 0, 40),
        (LABOUR, 48, 0, 40),
        (LABOUR, 48, 40, 40),
        # a yearly cap takes earlier quarters into account
        (TREES, 10, 0, 10),
        (TREES, 30, 0, 20),
        (TREES, 20, 10, 10),
        (TREES, 10, 20, 0),
        (TREES, 10, 30, 0),
        # by event, and without a cap: the sum is not bounded
        (WEDDING, 40, 0, 40),
        (BRAVERY, 150, 0, 150),
        # a penalty's cap bounds its size
        (DUMPING, -10, 0, -10),
        (DUMPING, -20, 0, -20),
        (DUMPING, -50, 0, -20),
        (BURNING, -60, 0, -60),
        (replace(DUMPING, cap_period="year"), -20, -10, -10),
        # points against the rule's own sign never count
        (LABOUR, -8, 0, 0),
        (DUMPING, 10, 0, 0),
    ],
)
def test_what_counts(rule: RuleDraft, entered: int, already: int, counts: int) -> None:
    assert counted(entered, rule, already=already) == counts


VILLAGE = RuleDraft("家风", "村级最美家庭", 10, "项", code="v", family="最美家庭")
COUNTY = RuleDraft("家风", "县级最美家庭", 15, "项", code="c", family="最美家庭")
PROVINCE = RuleDraft("家风", "省级最美家庭", 30, "项", code="p", family="最美家庭")
OTHER = RuleDraft("家风", "好婆媳", 10, "项", code="o")
CAPPED = RuleDraft("家风", "区级最美家庭", 12, "项", 12, "year", code="k", family="最美家庭")


@pytest.mark.parametrize(
    ("entered", "before", "counts"),
    [
        # one award counts whole, and once a year
        ({"v": 10}, {}, {"v": 10}),
        ({"v": 20}, {}, {"v": 10}),
        ({"v": 10}, {"v": 10}, {"v": 0}),
        # of several the highest; the others nothing
        ({"v": 10, "c": 15}, {}, {"v": 0, "c": 15}),
        ({"v": 10, "c": 15, "p": 30}, {}, {"v": 0, "c": 0, "p": 30}),
        ({"v": 10, "c": 0}, {}, {"v": 10, "c": 0}),
        # a higher one later in the year brings the difference, a lower one nothing
        ({"c": 15}, {"v": 10}, {"c": 5}),
        ({"p": 30}, {"v": 10, "c": 5}, {"p": 15}),
        ({"v": 10}, {"c": 15}, {"v": 0}),
        # what is entered below an award's points counts as entered
        ({"v": 6}, {}, {"v": 6}),
        # with a cap of its own; what is used up there is no award any more
        ({"k": 12, "v": 10}, {}, {"k": 12, "v": 0}),
        ({"k": 12, "c": 15}, {"k": 12}, {"k": 0, "c": 3}),
        # rules of no family are left alone
        ({"v": 10, "c": 15, "o": 20}, {"o": 10}, {"v": 0, "c": 15, "o": 20}),
        ({}, {"v": 10}, {}),
    ],
)
def test_of_one_family_only_the_highest_counts(
    entered: dict[str, int], before: dict[str, int], counts: dict[str, int]
) -> None:
    assert counted_together(entered, [VILLAGE, COUNTY, PROVINCE, OTHER, CAPPED], before) == counts


@given(
    st.dictionaries(st.sampled_from("vcpk"), st.integers(0, 60)),
    st.dictionaries(st.sampled_from("vcpk"), st.integers(0, 60)),
)
def test_two_quarters_of_one_family_never_pass_its_highest_award(first: dict[str, int], second: dict[str, int]) -> None:
    family = [VILLAGE, COUNTY, PROVINCE, CAPPED]
    before = counted_together(first, family, {})
    after = counted_together(second, family, before)
    worth = {rule.code: rule.points for rule in family}
    won = [min(points, worth[code]) for entered in (first, second) for code, points in entered.items()]
    assert sum(before.values()) + sum(after.values()) == max(won, default=0)


@settings(max_examples=200, deadline=None)
@given(st.integers(-30_000, 30_000), st.integers(-500, 500).filter(bool), st.integers(0, 30_000), st.integers(0, 500))
def test_what_counts_never_passes_cap_entry_or_sign(entered: int, points: int, cap: int, already: int) -> None:
    rule = RuleDraft("环境", "任一项", points, "次", cap, "year")
    counts = counted(entered, rule, already=already)
    assert abs(counts) <= max(cap - already, 0)
    assert abs(counts) <= abs(entered)
    assert counts * points >= 0
    assert counted(counts, rule, already=already) == counts


@pytest.mark.parametrize(
    ("rule", "times", "points"),
    [(LABOUR, 1, 8), (LABOUR, 4, 32), (LABOUR, 9, 72), (DUMPING, 2, -20), (WEDDING, 1, 20)],
)
def test_points_of_a_deed(rule: RuleDraft, times: int, points: int) -> None:
    assert deed_points(rule, times) == points


@pytest.mark.parametrize(
    ("rule", "times"), [(LABOUR, 0), (LABOUR, -1), (LABOUR, 201), (WEDDING, 2), (replace(LABOUR, points=500), 61)]
)
def test_times_out_of_bounds(rule: RuleDraft, times: int) -> None:
    with pytest.raises(DeedTimesWrong):
        deed_points(rule, times)
