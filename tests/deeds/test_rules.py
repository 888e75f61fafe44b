"""What a rule may say, which name means which rule, what two versions differ in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from love_market.deeds import rules
from love_market.deeds.intake import catalogue, difference, settle
from love_market.deeds.rules import (
    DeedDateWrong,
    RuleDraft,
    RuleTwice,
    RuleWrong,
    match_rule,
    never_scored,
)

YARD = RuleDraft("环境", "庭院整洁", 5, "季", 5, "quarter", "检查表")
LABOUR = RuleDraft("参与", "义务劳动", 8, "半天", 40, "quarter")
TREES = RuleDraft("环境", "植树护绿", 10, "次", 20, "year")
DUMPING = RuleDraft("扣分", "乱倒垃圾", -10, "次", 20, "quarter")
VETO = RuleDraft("一票否决", "违法犯罪", 0, "", veto_days=365)


def test_the_catalogue_is_whole_and_sound() -> None:
    found = catalogue()
    assert len(found) == 40
    assert {rule.category for rule in found} == set(rules.CATEGORIES)
    assert all(never_scored(rule.name) is None for rule in found)
    assert not any("否决" in rule.name for rule in found)
    by_name = {rule.name: rule for rule in found}
    assert (by_name["义务劳动"].points, by_name["义务劳动"].unit_name, by_name["义务劳动"].cap_points) == (
        8,
        "半天",
        40,
    )
    assert (by_name["乱倒垃圾"].points, by_name["乱倒垃圾"].cap_points, by_name["乱倒垃圾"].cap_period) == (
        -10,
        20,
        "quarter",
    )
    assert [by_name[f"{level}最美家庭"].points for level in ("村级", "乡镇", "县级", "市级", "省级")] == [
        10,
        10,
        15,
        20,
        30,
    ]
    assert (by_name["考上本科"].points, by_name["考上专科"].points) == (30, 20)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(YARD, points=0),
        replace(YARD, points=501),
        replace(YARD, points=True),
        replace(YARD, points=-5),
        replace(DUMPING, points=10),
        replace(YARD, name="  "),
        replace(YARD, name="，。"),
        replace(YARD, name="长" * 31),
        replace(YARD, category="别的"),
        replace(YARD, unit_name=""),
        replace(YARD, unit_name="长" * 9),
        replace(YARD, evidence="长" * 121),
        replace(YARD, cap_points=4),
        replace(YARD, cap_points=0),
        replace(DUMPING, cap_points=-20),
        replace(YARD, cap_points=30_001),
        replace(YARD, cap_points=None),
        replace(YARD, cap_period=None),
        replace(YARD, cap_period="month"),
        replace(YARD, family="长" * 21),
        replace(DUMPING, family="乱倒"),
        replace(YARD, veto_days=365),
        replace(VETO, veto_days=None),
        replace(VETO, veto_days=0),
        replace(VETO, veto_days=1101),
        replace(VETO, points=-10),
        replace(VETO, cap_points=5, cap_period="year"),
    ],
)
def test_a_rule_out_of_bounds_is_named(wrong: RuleDraft) -> None:
    with pytest.raises(RuleWrong) as caught:
        settle([LABOUR, wrong])
    assert wrong.name.strip()[:30] in str(caught.value)


def test_two_rules_of_one_name_or_code() -> None:
    with pytest.raises(RuleTwice):
        settle([YARD, replace(LABOUR, name="庭院 整洁")])
    with pytest.raises(RuleTwice):
        settle([replace(YARD, code="same"), replace(LABOUR, code="same")])
    with pytest.raises(RuleWrong):
        settle([])


def test_a_new_rule_gets_a_code_from_its_name() -> None:
    first, again = settle([YARD])[0], settle([replace(YARD, name=" 庭院整洁 ")])[0]
    assert first.code == again.code
    assert first.code.startswith("own-")


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("庭院整洁", "tidy_yard"),
        (" 垃圾 分类 ", "waste_sorting"),
        ("孝老爱亲", "filial_piety"),
        ("移风易俗", "simple_ceremony"),
        ("义务劳动（8分）", "public_labour"),
        ("志愿服务", "volunteer_service"),
        ("乱扔垃圾", "dumping"),
        ("喜事新办", "simple_ceremony"),
        # never by likeness
        ("邻里和睦", None),
        ("高额彩礼", None),
        ("庭院", None),
        ("劳动", None),
        ("", None),
        ("合计", None),
    ],
)
def test_which_rule_a_column_means(head: str, code: str | None) -> None:
    found = match_rule(head, catalogue())
    assert (found.code if found else None) == code


def test_a_name_that_means_two_rules_means_none() -> None:
    two = [replace(YARD, name="乱扔垃圾"), replace(YARD, name="乱丢垃圾")]
    assert match_rule("乱倒垃圾", two) is None
    assert match_rule("乱扔垃圾", two) is two[0]


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("不上访", "上访信访"),
        ("越级告状", "上访信访"),
        ("进教堂做礼拜", "宗教信仰"),
        ("家有精神病人", "生病"),
        ("家庭负债", "欠债"),
        ("按时还贷款", "欠债"),
        ("超生", "生育"),
        ("满意度回答", "入户调查怎么回答"),
        ("帮助残疾人", None),
        ("义务劳动", None),
    ],
)
def test_what_is_never_scored(name: str, topic: str | None) -> None:
    assert never_scored(name) == topic


def test_difference_of_two_versions() -> None:
    before = settle([replace(YARD, code="a"), replace(LABOUR, code="b"), replace(TREES, code="c")])
    after = settle([replace(LABOUR, code="b", points=10), replace(TREES, code="c"), replace(DUMPING, code="d")])
    found = difference(before, after)
    assert [rule.code for rule in found.added] == ["d"]
    assert [rule.code for rule in found.dropped] == ["a"]
    assert [(change.after.code, change.what) for change in found.changed] == [("b", ("points",))]
    assert not difference(before, list(reversed(before)))


def test_days_a_deed_may_have() -> None:
    today = date(2026, 10, 8)
    rules.check_date(today, today)
    rules.check_date(today - timedelta(days=400), today)
    for day in (today + timedelta(days=1), today - timedelta(days=401)):
        with pytest.raises(DeedDateWrong):
            rules.check_date(day, today)
