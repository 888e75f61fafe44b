"""Reading penalties: one, those of a household, the village's list, how many wait where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.deeds.models import Penalty, PenaltyPhoto, Rule
from love_market.deeds.queries.deeds import PhotoRecord
from love_market.deeds.queries.versions import RuleRecord, rule_record
from love_market.deeds.rules import OPEN_STATES, NoSuchPenalty, PenaltyState
from love_market.errors import Invalid, words
from love_market.people import queries as people
from love_market.people.models import Household
from love_market.people.rules import Guard

PENALTIES_A_PAGE = 40
_PEOPLE = ("noted_by", "recorded_by", "told_by", "replied_by", "decided_by")


@dataclass(frozen=True, slots=True)
class PenaltyRecord:
    """A penalty with the names it is read by (see ``deeds.models.Penalty``); ``…_name`` is empty for nobody."""

    id: UUID
    household_id: UUID
    household_number: str
    head_name: str
    group_name: str
    rule: RuleRecord
    happened_on: date | None
    times: int
    points: int
    words: str
    proof: str
    state: PenaltyState
    noted_by: UUID | None
    noted_name: str
    noted_at: datetime
    recorded_by: UUID | None
    recorder_name: str
    recorded_at: datetime | None
    told_at: datetime | None
    told_to: str
    teller_name: str
    reply_ends_at: datetime | None
    reply: str
    replied_at: datetime | None
    replier_name: str
    decider_name: str
    decided_at: datetime | None
    decided_points: int | None
    decision: str
    counted_in: Quarter | None
    photos: tuple[PhotoRecord, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in OPEN_STATES

    @property
    def is_lowered(self) -> bool:
        """Whether less stands than was recorded."""
        return self.decided_points is not None and self.decided_points != self.points

    @property
    def counts(self) -> int:
        """What it takes as far as is known: what stands of it, nothing once withdrawn, else what was recorded."""
        if self.state is PenaltyState.WITHDRAWN:
            return 0
        return self.points if self.decided_points is None else self.decided_points

    def is_over(self, at: datetime) -> bool:
        """Whether the time to reply has ended."""
        return self.reply_ends_at is not None and at >= self.reply_ends_at

    def is_heard(self, at: datetime) -> bool:
        """Whether the household replied, or let its time pass, so that it can be decided."""
        return self.state is PenaltyState.REPLIED or (self.state is PenaltyState.TOLD and self.is_over(at))


@dataclass(frozen=True, slots=True)
class PenaltyPage:
    """The penalties that wait, the longest waiting first, and a page of those decided; ``before`` continues it."""

    waiting: Sequence[PenaltyRecord]
    decided: Sequence[PenaltyRecord]
    before: str | None


def penalty(session: Session, guard: Guard, penalty_id: UUID) -> PenaltyRecord:
    """Return one penalty of the village; a household sees its own alone, with its proof; raise ``NoSuchPenalty``."""
    query = _of_village(guard).where(Penalty.id == penalty_id)
    if guard.household_id is not None:
        query = query.where(Penalty.household_id == guard.household_id, _shown_to_household())
    found = _records(session, guard, query)
    if not found:
        raise NoSuchPenalty(words("没有这条扣分。请回扣分的单子里再找。"))
    return found[0]


def penalties(session: Session, guard: Guard, *, before: str = "") -> PenaltyPage:
    """Return the village's penalties; ``before`` is what the page before ended with, ``Invalid`` for another text."""
    query = _of_village(guard)
    waiting: Sequence[PenaltyRecord] = ()
    if not before:
        waiting = _records(
            session, guard, query.where(Penalty.state.in_(OPEN_STATES)).order_by(Penalty.noted_at, Household.number)
        )
    done = query.where(Penalty.state.not_in(OPEN_STATES)).order_by(Penalty.noted_at.desc(), Penalty.id.desc())
    if before:
        noted_at, last = _read_place(before)
        done = done.where(or_(Penalty.noted_at < noted_at, and_(Penalty.noted_at == noted_at, Penalty.id < last)))
    rows = _records(session, guard, done.limit(PENALTIES_A_PAGE + 1))
    shown = rows[:PENALTIES_A_PAGE]
    return PenaltyPage(waiting, shown, _place(shown[-1]) if len(rows) > PENALTIES_A_PAGE else None)


def penalties_of_household(
    session: Session, guard: Guard, household_id: UUID, *, begin: datetime | None = None, end: datetime | None = None
) -> Sequence[PenaltyRecord]:
    """Return what a household may know of its penalties, the newest first: all that wait, others noted in a span."""
    noted = [Penalty.noted_at >= begin] if begin else []
    noted += [Penalty.noted_at < end] if end else []
    query = _of_village(guard).where(
        Penalty.household_id == household_id,
        _shown_to_household(),
        or_(Penalty.state.in_(OPEN_STATES), and_(*noted)) if noted else Penalty.state.is_not(None),
    )
    return _records(session, guard, query.order_by(Penalty.noted_at.desc(), Penalty.id))


def penalties_named(session: Session, guard: Guard, penalty_ids: Sequence[UUID]) -> Sequence[PenaltyRecord]:
    """Return those of the village's penalties that have these ids, by household."""
    query = _of_village(guard).where(Penalty.id.in_(penalty_ids)).order_by(Household.number, Penalty.id)
    return _records(session, guard, query) if penalty_ids else []


def noted_before(session: Session, guard: Guard, penalty_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return those of some ids that are penalties already, with the points they were noted with; 0 once withdrawn."""
    if not penalty_ids:
        return {}
    rows = session.execute(
        select(Penalty.id, Penalty.points, Penalty.state).where(*of_guard(guard), Penalty.id.in_(penalty_ids))
    )
    return {penalty_id: 0 if state == PenaltyState.WITHDRAWN else points for penalty_id, points, state in rows}


def of_guard(guard: Guard) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the village's penalties."""
    return Penalty.market_id == guard.market_id, Penalty.village_code == guard.village_code


def _shown_to_household() -> ColumnElement[bool]:
    """What was dropped before anybody was told, or has no proof yet, is nothing to worry a household with."""
    told = Penalty.told_at.is_not(None)
    return or_(told, Penalty.state == PenaltyState.RECORDED)


def _of_village(guard: Guard) -> Select[Penalty, Rule, Household]:
    return (
        select(Penalty, Rule, Household)
        .join(Rule, (Rule.market_id == Penalty.market_id) & (Rule.id == Penalty.rule_id))
        .join(Household, (Household.market_id == Penalty.market_id) & (Household.id == Penalty.household_id))
        .where(*of_guard(guard))
    )


def _records(session: Session, guard: Guard, query: Select[Penalty, Rule, Household]) -> Sequence[PenaltyRecord]:
    """Return the penalties of a question; their photos and the people's names only where there are any."""
    found = session.execute(query).all()
    if not found:
        return []
    photos = _photos(session, guard, [row.id for row, _, _ in found])
    ids = {getattr(each[0], name) for each in found for name in _PEOPLE} - {None}
    names: dict[UUID | None, str] = dict(people.staff_names(session, ids).items())
    return [
        PenaltyRecord(
            id=row.id,
            household_id=household.id,
            household_number=household.number,
            head_name=household.head_name,
            group_name=household.group_name,
            rule=rule_record(rule),
            happened_on=row.happened_on,
            times=row.times,
            points=row.points,
            words=row.words,
            proof=row.proof,
            state=PenaltyState(row.state),
            noted_by=row.noted_by,
            noted_name=names.get(row.noted_by, ""),
            noted_at=row.noted_at,
            recorded_by=row.recorded_by,
            recorder_name=names.get(row.recorded_by, ""),
            recorded_at=row.recorded_at,
            told_at=row.told_at,
            told_to=row.told_to,
            teller_name=names.get(row.told_by, ""),
            reply_ends_at=row.reply_ends_at,
            reply=row.reply,
            replied_at=row.replied_at,
            replier_name=names.get(row.replied_by, ""),
            decider_name=names.get(row.decided_by, ""),
            decided_at=row.decided_at,
            decided_points=row.decided_points,
            decision=row.decision,
            counted_in=Quarter.parse(row.counted_in) if row.counted_in else None,
            photos=tuple(photos.get(row.id, ())),
        )
        for row, rule, household in found
    ]


def _photos(session: Session, guard: Guard, penalty_ids: Sequence[UUID]) -> dict[UUID, list[PhotoRecord]]:
    photos: dict[UUID, list[PhotoRecord]] = {}
    for row in session.scalars(
        select(PenaltyPhoto)
        .where(PenaltyPhoto.market_id == guard.market_id, PenaltyPhoto.penalty_id.in_(penalty_ids))
        .order_by(PenaltyPhoto.position)
    ):
        record = PhotoRecord(row.position, row.sha256, row.width_px, row.height_px, looks="")
        photos.setdefault(row.penalty_id, []).append(record)
    return photos


def _place(last: PenaltyRecord) -> str:
    return f"{(last.noted_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{last.id.hex}"


def _read_place(text: str) -> tuple[datetime, UUID]:
    try:
        micros, last = text.split("-")
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros)), UUID(hex=last)
    except (ValueError, OverflowError):
        raise Invalid(words("页码“{text}”看不懂。"), text=text[:40]) from None
