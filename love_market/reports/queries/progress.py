"""How far a village's quarters are: one record a quarter, its steps, and what of it waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.models import AppraisalRow, Meeting, Objection, SignedCopy
from love_market.appraisals.queries import AppraisalRecord
from love_market.appraisals.rules import RowState, State
from love_market.deeds.models import Deed
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.live import balance

NEWEST_QUARTERS = 3


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """An objection that waits for its reply, with the household it is about."""

    id: UUID
    number: str
    head_name: str
    raised_by: str
    words: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued for a quarter, and what of it is not spent yet."""

    vouchers: int = 0
    points: int = 0
    left_points: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a quarter is. ``rows`` and ``points`` are by the rows' state, once the sheet was submitted.

    Of an older quarter that still waits there are no deeds and nothing issued, nor what its sheet comes to before it is
    submitted.
    """

    appraisal: AppraisalRecord
    deeds: int
    filled: int
    households: int
    rows: Mapping[RowState, int]
    points: Mapping[RowState, int]
    meeting: tuple[date, int] | None
    lacks_signed_copy: bool
    meets_since: datetime | None
    objections: Sequence[OpenObjection]
    issued: Issued

    @property
    def total_points(self) -> int:
        """What all rows come to, those that wait included."""
        return sum(self.points.values())

    @property
    def waiting_rows(self) -> int:
        """How many rows are contested or were not carried."""
        return self.rows.get(RowState.CONTESTED, 0) + self.rows.get(RowState.HELD, 0)

    @property
    def is_awaiting_confirmation(self) -> bool:
        """Whether rows on notice can be confirmed, now or once it ends."""
        return self.appraisal.state in {State.NOTICE, State.CONFIRMED} and self.rows.get(RowState.LISTED, 0) > 0

    @property
    def is_finished(self) -> bool:
        """Whether every row was confirmed and its points were issued."""
        is_confirmed = self.appraisal.state is State.CONFIRMED and set(self.rows) <= {RowState.CONFIRMED}
        return is_confirmed and (self.issued.vouchers > 0 or not self.total_points)

    @property
    def is_awarded(self) -> bool:
        """Whether points were awarded, so that what was to be issued was."""
        return self.appraisal.confirmed_at is not None


def progress(session: Session, guard: Guard) -> Sequence[Progress]:
    """Return how far the village's quarters are, the newest first: the newest few, and older ones while any row waits.

    The number of statements is the same for however many.
    """
    found = [*appraisals.appraisals(session, guard, limit=NEWEST_QUARTERS)]
    newest = {one.id for one in found}
    issued, deeds = _issued(session, guard, found), _deeds(session, guard, found)
    if len(found) == NEWEST_QUARTERS:
        found += appraisals.open_appraisals(session, guard, before=found[-1].quarter)
    ids = [one.id for one in found]
    tallies = _tallies(session, guard, ids)
    (held, unsigned, going_on), objections = _meetings(session, guard, ids), _objections(session, guard, ids)
    made = []
    for one in found:
        rows, points = tallies.get(one.id, ({}, {}))
        households = filled = sum(rows.values())
        if one.state is State.SCORING and one.id in newest:
            so_far = appraisals.so_far(session, guard, one)
            households, filled, points = so_far.households, so_far.filled, {RowState.LISTED: so_far.points}
        made.append(
            Progress(
                appraisal=one,
                deeds=deeds.get(str(one.quarter), 0),
                filled=filled,
                households=households,
                rows=rows,
                points=points,
                meeting=held.get(one.id),
                lacks_signed_copy=one.id in unsigned,
                meets_since=going_on.get(one.id),
                objections=objections.get(one.id, ()),
                issued=issued.get(str(one.quarter), Issued()),
            )
        )
    return made


def _tallies(
    session: Session, guard: Guard, ids: Sequence[UUID]
) -> dict[UUID, tuple[dict[RowState, int], dict[RowState, int]]]:
    found: dict[UUID, tuple[dict[RowState, int], dict[RowState, int]]] = {}
    for appraisal_id, state, count, points in session.execute(
        select(AppraisalRow.appraisal_id, AppraisalRow.state, func.count(), func.sum(AppraisalRow.points))
        .where(AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id.in_(ids))
        .group_by(AppraisalRow.appraisal_id, AppraisalRow.state)
    ):
        counts, sums = found.setdefault(appraisal_id, ({}, {}))
        counts[RowState(state)], sums[RowState(state)] = count, int(points)
    return found


def _meetings(
    session: Session, guard: Guard, ids: Sequence[UUID]
) -> tuple[dict[UUID, tuple[date, int]], set[UUID], dict[UUID, datetime]]:
    """Return by quarter of the meeting that carried it the day and how many came, which lack a signed copy.

    Last, since when a meeting goes on.
    """
    copies = (
        select(SignedCopy.id)
        .where(
            SignedCopy.market_id == Meeting.market_id,
            SignedCopy.meeting_id == Meeting.id,
            SignedCopy.taken_back_at.is_(None),
        )
        .exists()
    )
    held, unsigned, going_on = dict[UUID, tuple[date, int]](), set[UUID](), dict[UUID, datetime]()
    for appraisal_id, outcome, held_on, present, begun_at, lacks in session.execute(
        select(
            Meeting.appraisal_id, Meeting.outcome, Meeting.held_on, Meeting.present_count, Meeting.recorded_at, ~copies
        ).where(
            Meeting.market_id == guard.market_id,
            Meeting.appraisal_id.in_(ids),
            or_(Meeting.outcome.is_(None), Meeting.outcome == "carried"),
        )
    ):
        if outcome is None:
            going_on[appraisal_id] = begun_at
            continue
        held[appraisal_id] = held_on, present
        if lacks:
            unsigned.add(appraisal_id)
    return held, unsigned, going_on


def _objections(session: Session, guard: Guard, ids: Sequence[UUID]) -> dict[UUID, list[OpenObjection]]:
    found: dict[UUID, list[OpenObjection]] = {}
    for row, number, head_name in session.execute(
        select(Objection, Household.number, Household.head_name)
        .join(Household, (Household.market_id == Objection.market_id) & (Household.id == Objection.household_id))
        .where(Objection.market_id == guard.market_id, Objection.appraisal_id.in_(ids), Objection.state == "open")
        .order_by(Objection.raised_at, Objection.id)
    ):
        one = OpenObjection(row.id, number, head_name, row.raised_by, row.words, row.raised_at)
        found.setdefault(row.appraisal_id, []).append(one)
    return found


def _issued(session: Session, guard: Guard, found: Sequence[AppraisalRecord]) -> dict[str, Issued]:
    """Return what was issued for each quarter; others as new may be among them."""
    if not found:
        return {}
    first = Voucher.reissue_of_id.is_(None)  # a reissue is no new voucher, but what is left is on it
    rows = session.execute(
        select(
            VoucherBatch.quarter,
            func.sum(case((first, 1), else_=0)),
            func.sum(case((first, Voucher.face_points), else_=0)),
            func.coalesce(func.sum(balance()), 0),
        )
        .join(Voucher, (Voucher.market_id == VoucherBatch.market_id) & (Voucher.batch_id == VoucherBatch.id))
        .where(
            VoucherBatch.market_id == guard.market_id,
            VoucherBatch.village_code == guard.village_code,
            VoucherBatch.quarter >= min(str(one.quarter) for one in found),  # along the index; older ones are many
        )
        .group_by(VoucherBatch.quarter)
    )
    return {quarter: Issued(int(count), int(points), int(left)) for quarter, count, points, left in rows}


def _deeds(session: Session, guard: Guard, found: Sequence[AppraisalRecord]) -> dict[str, int]:
    """Return how many accepted deeds were done in each quarter."""
    if not found:
        return {}
    spans = [Deed.done_on.between(one.quarter.first_day, one.quarter.last_day) for one in found]
    counts = session.execute(
        select(*(func.count().filter(span) for span in spans)).where(
            Deed.market_id == guard.market_id,
            Deed.village_code == guard.village_code,
            Deed.state == "accepted",
            Deed.done_on.between(found[-1].quarter.first_day, found[0].quarter.last_day),
        )
    ).one()
    return {str(one.quarter): count for one, count in zip(found, counts, strict=True)}
