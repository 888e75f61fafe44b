"""Reading the public notice: its rows with names masked, objections and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import AppraisalRow, Objection
from love_market.appraisals.queries.quarter import AppraisalRecord, appraisal
from love_market.appraisals.rules import RowState
from love_market.appraisals.rules.refusals import NoAppraisal, NoSuchObjection
from love_market.clock import Quarter
from love_market.deeds.rules import PENALTY
from love_market.errors import words
from love_market.people.models import Household
from love_market.people.rules import Guard, mask_name


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One rule of a row: what was entered, what of it counts, and what stood there before a correction."""

    code: str
    name: str
    category: str
    entered: int
    counted: int
    corrected_from: int | None = None

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.entered != self.counted


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A household's row as the public sees it: the head's name masked, the lines that made the points.

    ``submitted_points`` are those that the panel met about, before what it and objections changed.
    """

    household_id: UUID
    number: str
    masked_name: str
    group_name: str
    state: RowState
    points: int
    submitted_points: int
    lines: tuple[NoticeLine, ...]
    award_entry_number: int | None

    @property
    def spared_points(self) -> int:
        """What its penalties would have taken below zero: with it the lines add up to the points."""
        return max(-sum(line.counted for line in self.lines), 0)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice: the quarter, its rows by household number, and how many rows wait."""

    appraisal: AppraisalRecord
    rows: tuple[NoticeRow, ...]

    def count(self, *states: RowState) -> int:
        """Return how many rows are in some states."""
        return sum(row.state in states for row in self.rows)

    def points(self, *states: RowState) -> int:
        """Return what the rows in some states come to; without states, all rows."""
        return sum(row.points for row in self.rows if not states or row.state in states)

    def shows_lines(self, public_days: int, at: datetime) -> bool:
        """Whether the public sees what the points are made of.

        Where somebody has a penalty, so many days after the notice nobody's lines are shown, so that a total alone
        points at no household.
        """
        ends = self.appraisal.notice_ends_at
        is_late = ends is not None and at >= ends + timedelta(days=public_days)
        return not is_late or not any(line.category == PENALTY for row in self.rows for line in row.lines)

    def row(self, household_id: UUID) -> NoticeRow | None:
        """Return one household's row."""
        return next((row for row in self.rows if row.household_id == household_id), None)

    def matching(self, wanted: str) -> "Sequence[NoticeRow]":
        """Return the rows of a family name or a household number (leading zeros may be left out)."""
        wanted = wanted.strip()
        if not wanted:
            return self.rows
        if wanted.isdecimal():
            return [row for row in self.rows if row.number.lstrip("0") == wanted.lstrip("0")]
        return [row for row in self.rows if row.masked_name[:1] == wanted[:1] or row.number == wanted.upper()]


@dataclass(frozen=True, slots=True)
class ObjectionRecord:
    """An objection with its reply; ``state`` is open, upheld or rejected."""

    id: UUID
    household_id: UUID
    raised_by: str
    contact: str
    words: str
    raised_at: datetime
    state: str
    reply: str
    replied_by: str | None
    replied_at: datetime | None


def frozen_rows(session: Session, guard: Guard, appraisal_id: UUID) -> tuple[NoticeRow, ...]:
    """Return a quarter's frozen rows by household number, whether on notice yet or not."""
    found = session.execute(
        select(AppraisalRow, Household.number, Household.head_name, Household.group_name)
        .join(
            Household,
            (Household.market_id == AppraisalRow.market_id) & (Household.id == AppraisalRow.household_id),
        )
        .where(AppraisalRow.market_id == guard.market_id, AppraisalRow.appraisal_id == appraisal_id)
        .order_by(Household.number)
    )
    return tuple(
        NoticeRow(
            household_id=row.household_id,
            number=number,
            masked_name=mask_name(head_name),
            group_name=group_name,
            state=RowState(row.state),
            points=row.points,
            submitted_points=max(0, sum(line.get("submitted", line["counted"]) for line in row.lines)),
            lines=tuple(_line(line) for line in row.lines),
            award_entry_number=row.award_entry_number,
        )
        for row, number, head_name, group_name in found
    )


def notice(session: Session, guard: Guard, quarter: Quarter) -> NoticeView:
    """Return a quarter's notice, from the day it was published on; raise ``NoAppraisal`` before."""
    found = appraisal(session, guard, quarter)
    if not found.is_on_notice:
        raise NoAppraisal(words("{quarter}的积分还没有公示。公示以后在这里能看到。"), quarter=quarter.title)
    return NoticeView(found, frozen_rows(session, guard, found.id))


def confirmed_awards(session: Session, guard: Guard, appraisal_id: UUID) -> Sequence[tuple[UUID, int]]:
    """Return ``(household_id, points)`` of the confirmed rows that were awarded something, by household number."""
    return [
        (row.household_id, row.points)
        for row in frozen_rows(session, guard, appraisal_id)
        if row.state is RowState.CONFIRMED and row.points
    ]


def objections(session: Session, guard: Guard, appraisal_id: UUID) -> Sequence[ObjectionRecord]:
    """Return a quarter's objections, those that wait first, then by time."""
    found = session.scalars(
        select(Objection)
        .where(Objection.market_id == guard.market_id, Objection.appraisal_id == appraisal_id)
        .order_by(Objection.raised_at, Objection.id)
    )
    return sorted((_objection(row) for row in found), key=lambda one: one.state != "open")


def objection(session: Session, guard: Guard, appraisal_id: UUID, objection_id: UUID) -> ObjectionRecord:
    """Return one objection of a quarter; raise ``NoSuchObjection``."""
    found = next((one for one in objections(session, guard, appraisal_id) if one.id == objection_id), None)
    if found is None:
        raise NoSuchObjection(words("没有这条异议。请回异议列表再找。"))
    return found


def _objection(row: Objection) -> ObjectionRecord:
    return ObjectionRecord(
        id=row.id,
        household_id=row.household_id,
        raised_by=row.raised_by,
        contact=row.contact,
        words=row.words,
        raised_at=row.raised_at,
        state=row.state,
        reply=row.reply,
        replied_by=row.replied_by,
        replied_at=row.replied_at,
    )


def _line(line: Mapping[str, Any]) -> NoticeLine:
    return NoticeLine(
        line["code"], line["name"], line["category"], line["entered"], line["counted"], line.get("corrected_from")
    )
