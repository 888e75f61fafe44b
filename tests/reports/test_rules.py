"""Cases in their order, under which day they stand, and the sentences of the room."""

from datetime import UTC, date, datetime, timedelta

import pytest

from love_market.people.rules import COMMITTEE, Role
from love_market.reports.rules import Case, in_order, say, split_first, when, working_days_after

AT = datetime(2026, 10, 15, 2, 0, tzinfo=UTC)  # Thursday, ten in the morning in the village


def case(
    title: str, *, due: int | None = None, opens: int | None = None, since: int | None = None, hours: int = 0
) -> Case:
    """Return a case by how many days from now it is due, opens, or came up."""

    def moved(days: int | None) -> datetime | None:
        return None if days is None else AT + timedelta(days=days, hours=hours)

    return Case(
        say(title),
        "去办",
        "reports.desk",
        COMMITTEE,
        due_at=moved(due),
        opens_at=moved(opens),
        since=moved(since),
    )


def test_cases_stand_in_the_order_of_their_days() -> None:
    cases = [
        case("下月", due=30),
        case("后天到期可办", opens=2),
        case("随时"),
        case("新来的", since=0),
        case("等久了", since=-9),
        case("今天", due=0, hours=3),
        case("昨天就该办", due=-1),
        case("后天", due=2),
    ]
    told = [str(one.title) for one in in_order(cases, AT)]
    assert told == ["昨天就该办", "今天", "等久了", "后天", "后天到期可办", "新来的", "随时", "下月"]


def test_the_first_is_one_that_can_be_done() -> None:
    first, others = split_first([case("明天才能办", opens=1), case("明天", due=1)], AT)
    assert first is not None
    assert str(first.title) == "明天"
    assert [str(one.title) for one in others] == ["明天才能办"]
    assert split_first([case("明天才能办", opens=1)], AT)[0] is None


@pytest.mark.parametrize(
    ("one", "title", "below"),
    [
        (case("", due=0, hours=7), "今天", "17:00 前"),
        (case("", due=0, hours=-1), "今天", "已过期限"),
        (case("", due=-3), "过了 3 天", "2026-10-12到期"),
        (case("", opens=0, hours=1), "今天", "11:00 起"),
        (case("", opens=0, hours=-1), "刚来的", None),
        (case("", opens=-2), "等了 2 天", "2026-10-13来的"),
        (case("", due=1), "明天", "10:00 前"),
        (case("", due=2), "周六", "还有 2 天"),
        (case("", opens=2), "周六", "还有 2 天"),
        (case("", due=16), "2026-10-31", "还有 16 天"),
        (case("", since=-4), "等了 4 天", "2026-10-11来的"),
        (case("", since=0), "刚来的", None),
        (case(""), "随时", None),
    ],
)
def test_when_is_said_in_words(one: Case, title: str, below: str | None) -> None:
    told, under = when(one, AT)
    assert str(told) == title
    assert (str(under) if under else None) == below


def test_working_days_pass_over_weekends() -> None:
    assert working_days_after(date(2026, 10, 15), 5) == date(2026, 10, 22)
    assert working_days_after(date(2026, 10, 17), 1) == date(2026, 10, 19)
    assert working_days_after(date(2026, 10, 16), 1) == date(2026, 10, 19)


@pytest.mark.parametrize(
    ("roles", "who"),
    [
        (frozenset({Role.CHAIR}), "主任"),
        (COMMITTEE, "村委会"),
        (COMMITTEE | {Role.CLERK}, "超市管理员"),
        (COMMITTEE | {Role.PANEL_MEMBER}, "评议小组"),
    ],
)
def test_others_are_named_by_what_they_are(roles: frozenset[Role], who: str) -> None:
    assert Case(say(""), "", "", roles).with_whom == who
