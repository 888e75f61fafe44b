"""What a village has to set up: first steps, the next quarter, the year's stars, and who is missing among its staff."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from love_market.boards import queries as boards
from love_market.clock import Quarter, village_date
from love_market.deeds import queries as deeds
from love_market.deeds.reviewing import Reviewer, lacks_reviewers
from love_market.errors import words
from love_market.people.models import Household
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Case, say
from love_market.stock.queries import ShelfGood

SHELF_KEEPERS = COMMITTEE | {Role.CLERK}
_CHAIR = frozenset({Role.CHAIR})


def people_cases(people: Sequence[Reviewer]) -> Iterator[Case]:
    """Yield who is missing, so that something could not be finished: a chair, or a second person to review."""
    if not any(Role.CHAIR in one.roles for one in people):
        yield Case(
            say(words("村里还没有主任")),
            words("去加人"),
            "people.staff",
            OVERSEERS,
            sub=say(words("认定、给人分工，都要主任来办")),
        )
    if lacks_reviewers(people):
        yield Case(
            say(words("还差一位能复核的人")),
            words("去加分工"),
            "people.staff",
            keepers_of_staff(people),
            sub=say(words("户里报的好事要两个人看过才计分：再给一个人“评议员”或“网格员”的分工")),
        )


def keepers_of_staff(people: Sequence[Reviewer]) -> frozenset[Role]:
    """Return who gives somebody a role here: the chair, or where there is none whoever oversees the village."""
    return _CHAIR if any(Role.CHAIR in one.roles for one in people) else OVERSEERS


def first_steps(
    session: Session, guard: Guard, quarters: Sequence[Progress], shelf: Sequence[ShelfGood], at: datetime
) -> Iterator[Case]:
    """Yield what a village has to set up before its first quarter, and the next quarter to be opened."""
    has_households = any(one.households for one in quarters) or session.scalar(_any_household(guard)) is not None
    has_rules = bool(quarters) or deeds.current_version(session, guard) is not None
    if not has_households:
        yield Case(
            say(words("导入农户名册")),
            words("去导入"),
            "people.roster",
            COMMITTEE,
            sub=say(words("用村里现成的表就行，先看一遍再写入；身份证号不会存")),
        )
    if not has_rules:
        yield Case(
            say(words("定下积分细则")),
            words("看细则"),
            "deeds.rules",
            COMMITTEE,
            sub=say(words("可以先用通用的一版，再照村民代表会议定的改")),
        )
    if not shelf:
        yield Case(
            say(words("把货架上的东西记进来")),
            words("去添货"),
            "stock.index",
            SHELF_KEEPERS,
            sub=say(words("每样东西值多少分、还有多少件，记了才能兑换")),
        )
    due = Quarter.of(village_date(at)).previous()
    if has_households and has_rules and (not quarters or quarters[0].appraisal.quarter < due):
        yield Case(
            say(words("开{quarter}的评分"), quarter=due.title),
            words("去开评分"),
            "appraisals.index",
            COMMITTEE,
            sub=say(words("定下额度，认可了的好事会自己算进去")),
        )


def star_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    """Yield last year's star households, while they wait to be published."""
    year = boards.due_year(session, guard, at)
    if year is not None:
        yield Case(
            say(words("公布{year}年的星级文明户"), year=str(year)),
            words("去看名单"),
            "boards.stars",
            _CHAIR,
            sub=say(words("各季都认定了，名单由账本算好了")),
        )


def _any_household(guard: Guard) -> Select[UUID]:
    return (
        select(Household.id)
        .where(Household.market_id == guard.market_id, Household.village_code == guard.village_code)
        .limit(1)
    )
