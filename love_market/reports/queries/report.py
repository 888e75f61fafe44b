"""Reading what a quarter of a village came to, for the report to the township: every figure from rows and books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.queries import AppraisalRecord
from love_market.appraisals.rules import RowState
from love_market.clock import Quarter
from love_market.counter import queries as counter
from love_market.deeds.models import Deed
from love_market.deeds.rules import CATEGORIES
from love_market.ledger import queries as ledger
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.places.queries import VillageRecord
from love_market.reports.queries.flows import holdings
from love_market.reports.queries.shop import HandedOut, Issued, Shelf, handed_out, issued, shelf
from love_market.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True)
class Awards:
    """What the quarter's confirmed rows came to.

    ``by_category`` holds what counted of each category's rules, deductions below zero; where a household's deductions
    were more than its points, ``floored`` is what was not taken, so that the sum of all is ``points``.
    """

    rows: int
    households: int
    points: int
    waiting_rows: int
    by_category: Mapping[str, int]
    floored: int
    penalties: int
    penalty_points: int


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """One village's quarter.

    Goods, redemptions, shelf, ``disputes_open`` and ``unredeemed`` of the market are those of all its villages,
    ``villages`` of them; ``deeds`` are by state of the deeds done in the quarter, ``objections`` by state.
    """

    village: VillageRecord
    villages: int
    quarter: Quarter
    appraisal: AppraisalRecord | None
    households: int
    deeds: Mapping[str, int]
    awards: Awards
    objections: Mapping[str, int]
    issued: Issued
    redemptions: int
    goods: Sequence[HandedOut]
    shelf: Shelf
    unredeemed_points: int
    unredeemed_of_market: int
    disputes_open: int
    head: ledger.Head

    @property
    def goods_points(self) -> int:
        """What the goods handed out were worth in points."""
        return sum(one.points for one in self.goods)

    @property
    def goods_cost_fen(self) -> int:
        """What the goods handed out had cost."""
        return sum(one.cost_fen for one in self.goods)


def quarter_report(session: Session, guard: Guard, quarter: Quarter) -> QuarterReport:
    """Return what a quarter of the guard's village came to, in a fixed number of statements."""
    found = next(
        (
            one
            for one in appraisals.appraisals(session, guard, before=quarter.next(), limit=1)
            if one.quarter == quarter
        ),
        None,
    )
    redemptions, goods = handed_out(session, guard, quarter)
    held, waiting = holdings(session, guard)
    served = places.villages_of(session, guard.market_id)
    unredeemed = sum(held.values()) + sum(waiting.values())
    return QuarterReport(
        village=places.village(session, guard.village_code),
        villages=len(served),
        quarter=quarter,
        appraisal=found,
        households=_households(session, guard),
        deeds=_deeds(session, guard, quarter),
        awards=_awards(session, guard, found),
        objections=_objections(session, guard, found),
        issued=issued(session, guard, quarter),
        redemptions=redemptions,
        goods=goods,
        shelf=shelf(session, guard),
        unredeemed_points=unredeemed,
        unredeemed_of_market=vouchers.reconciliation(session, guard.market_id).outstanding
        + ledger.total(session, guard.market_id, "household"),
        disputes_open=counter.open_since(session, guard)[0],
        head=ledger.head(session, guard.market_id),
    )


def _households(session: Session, guard: Guard) -> int:
    return int(
        session.scalar(
            select(func.count()).where(
                Household.market_id == guard.market_id,
                Household.village_code == guard.village_code,
                Household.left_on.is_(None),
            )
        )
        or 0
    )


def _deeds(session: Session, guard: Guard, quarter: Quarter) -> Mapping[str, int]:
    rows = session.execute(
        select(Deed.state, func.count())
        .where(
            Deed.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.done_on.between(quarter.first_day, quarter.last_day),
        )
        .group_by(Deed.state)
    )
    return dict(rows.all())


def _awards(session: Session, guard: Guard, found: AppraisalRecord | None) -> Awards:
    rows = appraisals.frozen_rows(session, guard, found.id) if found else ()
    confirmed = [row for row in rows if row.state is RowState.CONFIRMED]
    by_category = dict.fromkeys(CATEGORIES, 0)
    for row in confirmed:
        for line in row.lines:
            by_category[line.category] = by_category.get(line.category, 0) + line.counted
    points = sum(row.points for row in confirmed)
    deductions = [line.counted for row in confirmed for line in row.lines if line.counted < 0]
    return Awards(
        rows=len(rows),
        households=sum(row.points > 0 for row in confirmed),
        points=points,
        waiting_rows=len(rows) - len(confirmed),
        by_category={name: sum_ for name, sum_ in by_category.items() if sum_},
        floored=points - sum(by_category.values()),
        penalties=len(deductions),
        penalty_points=-sum(deductions),
    )


def _objections(session: Session, guard: Guard, found: AppraisalRecord | None) -> Mapping[str, int]:
    counts = dict.fromkeys(("open", "upheld", "rejected"), 0)
    for one in appraisals.objections(session, guard, found.id) if found else ():
        counts[one.state] += 1
    return counts
