"""Opening a quarter, its budget, and the version of the rules it is scored by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, Score
from love_market.appraisals.rules import Act, State, step
from love_market.appraisals.rules.refusals import NoAppraisal, NoRulesYet, QuarterOpenAlready
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.errors import Invalid, words
from love_market.people.rules import COMMITTEE, Guard
from love_market.points import service as points

LARGEST_BUDGET_POINTS = 10_000_000


def open_quarter(
    session: Session, guard: Guard, quarter: Quarter, *, budget_points: int, at: datetime, key: UUID
) -> UUID:
    """Open a quarter for scoring by the rules that stand now, and grant its budget; return its id, which is ``key``.

    Raises ``QuarterOpenAlready``, ``NoRulesYet``, and ``Invalid`` for a budget out of bounds.
    """
    guard.require(*COMMITTEE)
    _check_budget(budget_points, smallest=0)
    row = _find(session, guard, quarter)
    if row is not None:
        if row.id == key:
            return key
        raise QuarterOpenAlready(words("{quarter}已经开了，不用再开。"), quarter=quarter.title)
    version = deeds.current_version(session, guard)
    if version is None:
        raise NoRulesYet(words("本村还没有积分细则。请先在“细则”里定一版：要经村民代表会议通过。"))
    session.add(
        Appraisal(
            market_id=guard.market_id,
            id=key,
            village_code=guard.village_code,
            quarter=str(quarter),
            rule_version_id=version.id,
            state=State.SCORING,
            budget_points=budget_points,
            opened_by=guard.actor,
            opened_at=at,
        )
    )
    session.flush()
    if budget_points:
        reason = f"{quarter.title}积分额度"
        points.grant(session, guard, key, budget_points, at=at, key=key, reason=reason)
    return key


def add_budget(
    session: Session, guard: Guard, quarter: Quarter, *, amount_points: int, reason: str, at: datetime, key: UUID
) -> int:
    """Grant more points to a quarter's budget, in an entry of its own; return the budget it has then, in points.

    Raises ``RoleMissing``, ``NoAppraisal``, and ``Invalid`` for less than one point or too many.
    """
    guard.require(*COMMITTEE)
    _check_budget(amount_points, smallest=1)
    row = locked(session, guard, quarter)
    why = f"{quarter.title}追加额度：{reason.strip()}"[:200]
    posted = points.grant(session, guard, row.id, amount_points, at=at, key=key, reason=why)
    if not posted.replayed:
        row.budget_points += amount_points
        session.flush()
    return row.budget_points


def adopt_newest_rules(session: Session, guard: Guard, quarter: Quarter) -> UUID:
    """Score a quarter by the newest version of the rules; return its id. What was typed stays with its rule's code.

    Raises ``NoAppraisal``, and ``ScoringClosed`` after scoring: a closed quarter keeps the version it was scored with.
    """
    guard.require(*COMMITTEE)
    row = locked(session, guard, quarter)
    step(Act.SCORE, State(row.state))
    version = deeds.current_version(session, guard)
    if version is None or version.id == row.rule_version_id:
        return row.rule_version_id
    new_ids = {rule.code: rule.id for rule in deeds.rules(session, guard, version.id)}
    for rule in deeds.rules(session, guard, row.rule_version_id):
        if rule.code in new_ids:
            session.execute(
                update(Score)
                .where(Score.market_id == guard.market_id, Score.appraisal_id == row.id, Score.rule_id == rule.id)
                .values(rule_id=new_ids[rule.code])
            )
    row.rule_version_id = version.id
    session.flush()
    return version.id


def locked(session: Session, guard: Guard, quarter: Quarter) -> Appraisal:
    """Return a quarter's row, held until the transaction ends; raise ``NoAppraisal``."""
    row = _find(session, guard, quarter)
    if row is None:
        raise NoAppraisal(words("本村还没有开{quarter}的评分。请先到“评分”里开一个季度。"), quarter=quarter.title)
    return row


def locked_by_id(session: Session, guard: Guard, appraisal_id: UUID) -> Appraisal | None:
    """Return one of the village's quarters by its id, held until the transaction ends."""
    return session.scalar(_held(guard).where(Appraisal.id == appraisal_id))


def _find(session: Session, guard: Guard, quarter: Quarter) -> Appraisal | None:
    return session.scalar(_held(guard).where(Appraisal.quarter == str(quarter)))


def _held(guard: Guard) -> Select[Appraisal]:
    return (
        select(Appraisal)
        .where(Appraisal.market_id == guard.market_id, Appraisal.village_code == guard.village_code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _check_budget(budget_points: int, *, smallest: int) -> None:
    if type(budget_points) is not int or not smallest <= budget_points <= LARGEST_BUDGET_POINTS:
        raise Invalid(
            words("额度要是 {smallest} 到 {largest} 之间的整数，现在是 {value}。"),
            smallest=smallest,
            largest=LARGEST_BUDGET_POINTS,
            value=budget_points,
        )
