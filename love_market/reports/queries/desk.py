"""The desk: what waits for me, what is with others, how far the quarter is, and the quarter's points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries as counter
from love_market.deeds import queries as deeds
from love_market.people.rules import Guard, Role
from love_market.reports.queries.counter_cases import counter_cases, slip_cases
from love_market.reports.queries.deed_cases import deed_cases
from love_market.reports.queries.first_cases import first_steps, people_cases, star_cases
from love_market.reports.queries.penalty_cases import penalty_cases, veto_cases
from love_market.reports.queries.progress import NEWEST_QUARTERS, Progress, progress
from love_market.reports.queries.quarter_cases import minutes_cases, quarter_cases
from love_market.reports.queries.steps import steps
from love_market.reports.queries.stock_cases import stock_cases
from love_market.reports.queries.voucher_cases import voucher_cases
from love_market.reports.rules import Case, Step, in_order
from love_market.stock import queries as stock
from love_market.stock.queries.left import lots_left
from love_market.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True)
class Today:
    """What the counter did today."""

    redemptions: int
    points: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk: my cases and others' in their order, the quarter under way and its steps, what the shelf is worth.

    ``counter`` is what the counter did today, for a clerk.
    """

    cases: Sequence[Case]
    others: Sequence[Case]
    quarter: Progress | None
    steps: Sequence[Step]
    shelf_points: int
    counter: Today | None


def desk(session: Session, guard: Guard, *, at: datetime) -> Desk:
    """Return the desk of the signed-in person at the guard's village."""
    quarters, work = progress(session, guard), deeds.work(session, guard, at)
    lots = lots_left(session, guard)
    shelf, waiting = stock.shelf(session, guard, at=at, lots=lots), vouchers.waiting(session, guard)
    cases = [
        *people_cases(work.people),
        *first_steps(session, guard, quarters, shelf, at),
        *quarter_cases(session, guard, quarters, work.people, at),
        *minutes_cases(quarters),
        *deed_cases(guard, work),
        *penalty_cases(guard, work),
        *veto_cases(guard, work),
        *voucher_cases(session, guard, quarters, waiting, at),
        *counter_cases(session, guard, at),
        *slip_cases(session, guard),
        *stock_cases(session, guard, shelf, lots, at),
        *star_cases(session, guard, at),
    ]
    mine = [case for case in cases if case.roles & guard.roles]
    others = [case for case in cases if not case.roles & guard.roles]
    under_way = _under_way(quarters, at)
    return Desk(
        cases=in_order(mine, at),
        others=in_order(others, at),
        quarter=under_way,
        steps=steps(under_way, waiting.issuable_points, at) if under_way else (),
        shelf_points=sum(one.quantity * one.points_price for one in shelf),
        counter=_today(session, guard, at) if Role.CLERK in guard.roles else None,
    )


def _under_way(quarters: Sequence[Progress], at: datetime) -> Progress | None:
    """Return the quarter that people talk about: of the newest the first that is over and not paid out, else the first.

    In older ones a household waits; the village is elsewhere.
    """
    today, quarters = village_date(at), quarters[:NEWEST_QUARTERS]
    over = [one for one in quarters if one.appraisal.quarter.last_day < today and not one.is_finished]
    return next(iter([*over, *quarters]), None)


def _today(session: Session, guard: Guard, at: datetime) -> Today:
    count, points = counter.taken_on(session, guard, village_date(at))
    return Today(count, points)
