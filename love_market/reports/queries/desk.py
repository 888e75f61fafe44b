"""The desk: what waits for me, what is with others, how far the quarter is, and the quarter's points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries as counter
from love_market.people.rules import Guard, Role
from love_market.reports.queries.cases import deed_cases, first_steps, stock_cases, voucher_cases, waiting
from love_market.reports.queries.progress import Progress, progress
from love_market.reports.queries.quarter_cases import quarter_cases
from love_market.reports.queries.steps import steps
from love_market.reports.rules import Case, Step, in_order
from love_market.stock import queries as stock

_MOST_OF_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Today:
    """What the counter did today."""

    redemptions: int
    points: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk: my cases and others' in their order, the newest quarter and its steps, what the shelf is worth.

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
    quarters = progress(session, guard)
    shelf = stock.shelf(session, guard, at=at)
    cases = [
        *first_steps(session, guard, quarters, shelf, at),
        *(case for one in quarters for case in quarter_cases(session, guard, one, at)),
        *deed_cases(session, guard),
        *voucher_cases(session, guard, quarters),
        *stock_cases(session, guard, shelf, at),
    ]
    mine = [case for case in cases if case.roles & guard.roles]
    others = [case for case in cases if not case.roles & guard.roles]
    newest = quarters[0] if quarters else None
    _, waiting_points = waiting(session, guard)
    return Desk(
        cases=in_order(mine, at),
        others=in_order(others, at)[:_MOST_OF_OTHERS],
        quarter=newest,
        steps=steps(newest, waiting_points, at) if newest else (),
        shelf_points=sum(one.quantity * one.points_price for one in shelf),
        counter=_today(session, guard, at) if Role.CLERK in guard.roles else None,
    )


def _today(session: Session, guard: Guard, at: datetime) -> Today:
    made = [one for one in counter.receipts(session, guard, village_date(at)) if one.undone_at is None]
    return Today(len(made), sum(one.total_points for one in made))
