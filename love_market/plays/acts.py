"""The acts of a quarter between its scores and its vouchers, each done once however often it is played."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.queries import AppraisalRecord, NoticeView
from love_market.appraisals.rules import State, Votes
from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.plays.stage import Cast, key_of
from love_market.vouchers import service as vouchers_service


def open_quarter(cast: Cast, quarter: Quarter, *, at: datetime) -> AppraisalRecord:
    """Make sure that a quarter is open, with the budget that the market's settings say."""
    with transaction() as session:
        return ready_quarter(session, cast.recorder, quarter, at=at)


def ready_quarter(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> AppraisalRecord:
    """Do the same inside a transaction that stands."""
    if quarter not in {one.quarter for one in appraisals.appraisals(session, guard)}:
        budget = places.settings(session, guard.market_id).quarter_budget_points
        key = _key(guard, quarter, "open")
        appraisals_service.open_quarter(session, guard, quarter, budget_points=budget, at=at, key=key)
    return appraisals.appraisal(session, guard, quarter)


def deliberate(cast: Cast, quarter: Quarter, *, submitted_at: datetime, met_at: datetime) -> int:
    """Submit the sheet and hold the panel's meeting: all present, all in favour, kin recused; return how many came."""
    guard = cast.recorder
    with transaction() as session:
        if appraisals.appraisal(session, guard, quarter).state is State.SCORING:
            appraisals_service.submit(session, guard, quarter, at=submitted_at)
    with transaction() as session:
        panel = [member.id for member in people.panel(session, guard)]
        if appraisals.appraisal(session, guard, quarter).state is State.DELIBERATING:
            kin = Counter(one.household_id for one in appraisals.kin_of_panel(session, guard))
            appraisals_service.hold_meeting(
                session,
                guard,
                quarter,
                key=_key(cast.chair, quarter, "meeting"),
                held_on=village_date(met_at),
                place_name="村委会会议室",
                present=panel,
                votes=Votes(len(panel), 0, 0),
                recusals={household_id: Votes(len(panel) - count, 0, 0) for household_id, count in kin.items()},
                at=met_at,
            )
    return len(panel)


def publish(cast: Cast, quarter: Quarter, *, at: datetime) -> tuple[NoticeView, datetime]:
    """Put the list on notice; return it and when the notice ends."""
    guard = cast.recorder
    with transaction() as session:
        ends_at = appraisals.appraisal(session, guard, quarter).notice_ends_at
        if ends_at is None:
            ends_at = appraisals_service.publish_notice(session, guard, quarter, at=at)
        return appraisals.notice(session, guard, quarter), ends_at


def confirm(cast: Cast, quarter: Quarter, *, at: datetime) -> int:
    """Let the chair confirm, the budget raised first where the notice comes to more; return how many rows."""
    guard = cast.chair
    with transaction() as session:
        standing = appraisals.appraisal(session, guard, quarter)
        rows = appraisals.notice(session, guard, quarter).rows
        missing = sum(row.points for row in rows) - appraisals.budget_left(session, guard, standing.id)
        if standing.state is State.NOTICE:
            if missing > 0:
                appraisals_service.add_budget(
                    session,
                    guard,
                    quarter,
                    amount_points=missing,
                    reason="额度按公示补足",
                    at=at,
                    key=_key(cast.chair, quarter, "budget"),
                )
            appraisals_service.confirm(session, guard, quarter, at=at, key=_key(cast.chair, quarter, "confirm"))
    return len(rows)


def issue(cast: Cast, quarter: Quarter, *, secret: str, at: datetime) -> UUID:
    """Issue the quarter's vouchers; return their batch."""
    key = _key(cast.chair, quarter, "issue")
    with transaction() as session:
        vouchers_service.issue(session, cast.chair, quarter=str(quarter), secret=secret, at=at, key=key)
    return key


def hand_over(cast: Cast, waiting: list[UUID], *, at: datetime) -> int:
    """Hand vouchers over to their households; return how many were waiting."""
    with transaction() as session:
        return vouchers_service.hand_over(session, cast.chair, waiting, at=at)


def awarded_points(cast: Cast, quarter: Quarter) -> int:
    """Return what the quarter's confirmed rows come to."""
    with reading() as session:
        standing = appraisals.appraisal(session, cast.chair, quarter)
        return sum(points for _, points in appraisals.confirmed_awards(session, cast.chair, standing.id))


def _key(guard: Guard, quarter: Quarter, act: str) -> UUID:
    return key_of(guard.market_id, guard.village_code, quarter, act)
