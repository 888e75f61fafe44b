"""Reading quarters: which are open, how far each is, and who entered its scores."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select, union
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow, ScoreChange
from love_market.appraisals.rules import State
from love_market.appraisals.rules.refusals import NoAppraisal
from love_market.clock import Quarter
from love_market.errors import words
from love_market.ledger import queries as ledger
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.points.rules import budget_of

_CONFIRMED: ColumnElement[str] = literal_column("'confirmed'")  # as the indexes of what waits have it


@dataclass(frozen=True, slots=True)
class AppraisalRecord:
    """A village's quarter (see ``appraisals.models.Appraisal``)."""

    id: UUID
    quarter: Quarter
    state: State
    rule_version_id: UUID
    budget_points: int
    opened_by: str
    opened_at: datetime
    submitted_at: datetime | None
    notice_begins_at: datetime | None
    notice_ends_at: datetime | None
    head_number: int | None
    head_hash: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    revision: int

    @property
    def is_on_notice(self) -> bool:
        """Whether the public may read its rows."""
        return self.state in {State.NOTICE, State.CONFIRMED}

    def takes_objections(self, at: datetime) -> bool:
        """Whether the notice is open at an instant."""
        return self.state is State.NOTICE and self.notice_ends_at is not None and at < self.notice_ends_at


def appraisal(session: Session, guard: Guard, quarter: Quarter) -> AppraisalRecord:
    """Return the village's appraisal of a quarter; raise ``NoAppraisal``."""
    row = session.scalar(
        select(Appraisal).where(
            Appraisal.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter == str(quarter),
        )
    )
    if row is None:
        raise no_appraisal(quarter)
    return record(row)


def no_appraisal(quarter: Quarter) -> NoAppraisal:
    """Return what says that the village has not opened a quarter."""
    return NoAppraisal(words("本村还没有开{quarter}的评分。请先到“评分”里开一个季度。"), quarter=quarter.title)


def appraisals(
    session: Session, guard: Guard, *, before: Quarter | None = None, limit: int | None = None
) -> Sequence[AppraisalRecord]:
    """Return the village's quarters, the newest first; up to ``limit``, and only those ``before`` another."""
    query = select(Appraisal).where(
        Appraisal.market_id == guard.market_id, Appraisal.village_code == guard.village_code
    )
    if before is not None:
        query = query.where(Appraisal.quarter < str(before))
    return [record(row) for row in session.scalars(query.order_by(Appraisal.quarter.desc()).limit(limit))]


def open_appraisals(session: Session, guard: Guard, *, before: Quarter) -> Sequence[AppraisalRecord]:
    """Return the village's quarters before another that are not confirmed whole, the newest first."""
    waits = union(
        select(Appraisal.id).where(Appraisal.market_id == guard.market_id, Appraisal.state != _CONFIRMED),
        select(AppraisalRow.appraisal_id).where(
            AppraisalRow.market_id == guard.market_id, AppraisalRow.state != _CONFIRMED
        ),
    )
    ids = session.scalars(waits).all()
    if not ids:
        return []
    query = select(Appraisal).where(
        Appraisal.market_id == guard.market_id,
        Appraisal.village_code == guard.village_code,
        Appraisal.quarter < str(before),
        Appraisal.id.in_(ids),
    )
    return [record(row) for row in session.scalars(query.order_by(Appraisal.quarter.desc()))]


def budget_left(session: Session, guard: Guard, appraisal_id: UUID) -> int:
    """Return how many points are left of a quarter's budget."""
    return ledger.balance(session, guard.market_id, budget_of(appraisal_id))


def recorders(session: Session, guard: Guard, appraisal_id: UUID) -> Sequence[str]:
    """Return who entered scores of a quarter, as the books name them (``staff:<hex id>``)."""
    return session.scalars(
        select(ScoreChange.made_by)
        .where(ScoreChange.market_id == guard.market_id, ScoreChange.appraisal_id == appraisal_id)
        .distinct()
        .order_by(ScoreChange.made_by)
    ).all()


def recorders_of(session: Session, guard: Guard, appraisal_ids: Collection[UUID]) -> Mapping[UUID, Collection[str]]:
    """Return who entered scores by quarter, of those where anybody did, as ``recorders`` does of one."""
    found: dict[UUID, set[str]] = {}
    for appraisal_id, made_by in session.execute(
        select(ScoreChange.appraisal_id, ScoreChange.made_by)
        .where(ScoreChange.market_id == guard.market_id, ScoreChange.appraisal_id.in_(appraisal_ids))
        .distinct()
    ):
        found.setdefault(appraisal_id, set()).add(made_by)
    return found


def record(row: Appraisal) -> AppraisalRecord:
    """Return an appraisal's frozen form."""
    return AppraisalRecord(
        id=row.id,
        quarter=Quarter.parse(row.quarter),
        state=State(row.state),
        rule_version_id=row.rule_version_id,
        budget_points=row.budget_points,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        submitted_at=row.submitted_at,
        notice_begins_at=row.notice_begins_at,
        notice_ends_at=row.notice_ends_at,
        head_number=row.head_number,
        head_hash=row.head_hash,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        revision=row.revision,
    )


def names_of(session: Session, actors: Sequence[str]) -> list[str]:
    """Return the names of the staff among some actors, by name."""
    return sorted(people.names_by_actor(session, actors).values())
