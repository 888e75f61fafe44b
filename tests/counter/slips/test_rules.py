from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from love_market.clock import village_instant
from love_market.counter.rules import BasketLine
from love_market.counter.slips.rules import (
    FIRST,
    SECOND,
    TOTAL,
    DayWrong,
    SlipNumberWrong,
    SlipUnclear,
    SumDiffers,
    Typing,
    Undecided,
    check_day,
    check_sum,
    differences,
    happened_at,
    missing,
    read_day,
    read_number,
    redemption_key,
    runs,
    settle,
    show_number,
    typing_of,
)
from love_market.vouchers.rules import Proxy

GOODS = [UUID(int=n) for n in range(1, 7)]
VOUCHERS = [UUID(int=n) for n in range(100, 103)]
TODAY = date(2026, 10, 10)

lines = st.builds(BasketLine, st.sampled_from(GOODS), st.integers(1, 20), st.integers(1, 60))
typings = st.builds(
    typing_of,
    st.dates(date(2026, 10, 1), date(2026, 10, 9)),
    st.sampled_from(VOUCHERS),
    st.lists(lines, min_size=1, max_size=6, unique_by=lambda line: line.good_id),
    st.integers(1, 500),
    st.sampled_from([None, Proxy("王五", "neighbour"), Proxy("王五", "child"), Proxy("李四", "child")]),
)


@given(typings)
def test_a_typing_is_kept_as_it_was_said(typing: Typing) -> None:
    assert Typing.from_json(typing.as_json()) == typing
    assert differences(typing, typing) == ()
    assert settle(typing, typing, {}) == typing


@given(typings, st.randoms())
def test_the_order_of_the_lines_makes_no_difference(typing: Typing, chance: object) -> None:
    shuffled = list(typing.lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert typing_of(typing.day, typing.voucher_id, shuffled, typing.total_points, typing.proxy) == typing


@given(typings, typings)
def test_all_of_one_typing_is_that_typing(first: Typing, second: Typing) -> None:
    found = differences(first, second)
    assert bool(found) == (first != second)
    assert {one.field for one in found} == {one.field for one in differences(second, first)}
    assert settle(first, second, dict.fromkeys((one.field for one in found), FIRST)) == first
    assert settle(first, second, dict.fromkeys((one.field for one in found), SECOND)) == second


@given(typings, typings, st.data())
def test_what_is_settled_says_of_each_field_what_was_picked(first: Typing, second: Typing, data: st.DataObject) -> None:
    found = differences(first, second)
    picks = {one.field: data.draw(st.sampled_from([FIRST, SECOND])) for one in found}
    right = {one.good_id: first if picks[one.field] == FIRST else second for one in found if one.good_id}
    for one in found:
        with pytest.raises(Undecided, match="还有 1 处没有选"):
            settle(first, second, {field: pick for field, pick in picks.items() if field != one.field})
    goods = {line.good_id for said in (first, second) for line in said.lines}
    kept = {line for good in goods for line in right.get(good, first).lines if line.good_id == good}
    if not kept:
        with pytest.raises(SlipUnclear):
            settle(first, second, picks)
        return
    agreed = settle(first, second, picks)
    assert set(agreed.lines) == kept
    for one in found:
        chosen = first if picks[one.field] == FIRST else second
        assert one.field not in {other.field for other in differences(agreed, chosen)}


def test_a_good_on_two_lines_is_added_up_at_one_price_and_refused_at_two() -> None:
    added = typing_of(TODAY, VOUCHERS[0], [BasketLine(GOODS[0], 2, 8), BasketLine(GOODS[0], 1, 8)], 24)
    assert added.lines == (BasketLine(GOODS[0], 3, 8),)
    with pytest.raises(SlipUnclear, match="写了两个价"):
        typing_of(TODAY, VOUCHERS[0], [BasketLine(GOODS[0], 2, 8), BasketLine(GOODS[0], 1, 7)], 23)


@pytest.mark.parametrize(
    ("quantity", "points", "said"),
    [(0, 8, "数量要是"), (1000, 8, "数量要是"), (1, 0, "单价要是"), (1, 100_001, "单价要是")],
)
def test_what_nobody_can_mean_is_unclear(quantity: int, points: int, said: str) -> None:
    with pytest.raises(SlipUnclear, match=said):
        typing_of(TODAY, VOUCHERS[0], [BasketLine(GOODS[0], quantity, points)], 8)
    with pytest.raises(SlipUnclear, match="还没有写换了什么货"):
        typing_of(TODAY, VOUCHERS[0], [], 0)


def test_a_total_that_does_not_add_up_needs_a_second_look() -> None:
    typing = typing_of(TODAY, VOUCHERS[0], [BasketLine(GOODS[0], 2, 8)], 18)
    with pytest.raises(SumDiffers, match="加起来是 16 分，合计写的是 18 分"):
        check_sum(typing, as_written=False)
    check_sum(typing, as_written=True)
    assert [one.field for one in differences(typing, typing_of(TODAY, VOUCHERS[0], typing.lines, 16))] == [TOTAL]


@given(st.integers(1, 500), st.sets(st.integers(0, 199)))
def test_missing_is_what_lies_below_the_highest_used_number(first: int, used: set[int]) -> None:
    entered = {first + one for one in used}
    absent = missing(first, entered)
    assert not entered & set(absent)
    if entered:
        assert {*absent, *entered} == set(range(first, max(entered) + 1))
    else:
        assert absent == ()


@given(st.sets(st.integers(1, 300)))
def test_runs_are_the_numbers_and_never_touch(numbers: set[int]) -> None:
    found = runs(sorted(numbers))
    assert [n for begin, end in found for n in range(begin, end + 1)] == sorted(numbers)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))


@given(st.integers(1, 999_999))
def test_a_number_is_read_as_it_is_printed_and_as_it_is_typed(number: int) -> None:
    for typed in (show_number(number), str(number), f"{number:06}", f" 停-{number} ", f"停 {number:04}"):
        assert read_number(typed) == number
    assert read_number("".join(chr(ord(digit) + 0xFEE0) for digit in str(number))) == number


@pytest.mark.parametrize("typed", ["", "停", "五十一", "5 1", "-", "51a", "12345678901"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(SlipNumberWrong, match="单号只写数字"):
        read_number(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10-8", date(2026, 10, 8)),
        ("10.8", date(2026, 10, 8)),
        ("10月8日", date(2026, 10, 8)),
        ("１０－８", date(2026, 10, 8)),
        ("10 8", date(2026, 10, 8)),
        ("1008", date(2026, 10, 8)),
        ("20261008", date(2026, 10, 8)),
        ("2026-10-08", date(2026, 10, 8)),
        ("2026年10月8日", date(2026, 10, 8)),
        ("12-31", date(2025, 12, 31)),  # of the year that has passed
        ("10-10", date(2026, 10, 10)),
        ("2-29", date(2024, 2, 29)),
        ("2027-1-1", date(2027, 1, 1)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, meant: date) -> None:
    assert read_day(typed, TODAY) == meant


@pytest.mark.parametrize("typed", ["", "8", "13-1", "2-30", "十月八日", "2026-13-1", "10-8-2026-1", "108"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(DayWrong, match="日期看不懂"):
        read_day(typed, TODAY)


@given(st.dates(date(2000, 1, 1), TODAY))
def test_any_day_is_read_back(day: date) -> None:
    assert read_day(day.isoformat(), TODAY) == day
    recent = TODAY - (TODAY - day) % timedelta(days=365)
    assert read_day(f"{recent.month}-{recent.day}", TODAY) == recent


def test_a_slip_was_written_between_the_pad_and_today() -> None:
    for day in (TODAY - timedelta(days=2), TODAY):
        check_day(day, TODAY - timedelta(days=2), TODAY)
    for day in (TODAY - timedelta(days=3), TODAY + timedelta(days=1)):
        with pytest.raises(DayWrong, match="10月8日 做的"):
            check_day(day, TODAY - timedelta(days=2), TODAY)


def test_a_slip_is_booked_at_noon_of_its_day_or_now() -> None:
    now = datetime(2026, 10, 10, 1, tzinfo=UTC)
    assert happened_at(date(2026, 10, 8), now) == village_instant(date(2026, 10, 8), 12)
    assert happened_at(date(2026, 10, 10), now) == now


def test_a_slip_has_one_key_and_no_other_slip_has_it() -> None:
    one, other = UUID(int=1), UUID(int=2)
    keys = {redemption_key(market, number) for market in (one, other) for number in range(1, 50)}
    assert len(keys) == 98
    assert redemption_key(one, 7) in keys
