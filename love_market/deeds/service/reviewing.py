"""Reviewing deeds: the grid worker's word first, the committee's second; and taking one back before anybody looked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.deeds import queries
from love_market.deeds.models import Deed
from love_market.deeds.queries import DeedRecord
from love_market.deeds.queries.reviewers import circle_of
from love_market.deeds.reviewing import Circle, FirstReviewMissing, NotYourReview, SameReviewer
from love_market.deeds.rules import (
    LONGEST_REASON,
    REVIEWERS,
    STATES,
    DeedAlreadyReviewed,
    DeedWordsWrong,
    NoSuchDeed,
    NotOwnRecord,
    OwnRecord,
    PenaltyIsNoDeed,
)
from love_market.errors import words
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.rules import Guard, SameHousehold


def first_review(session: Session, guard: Guard, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Let a deed pass its first review (初审); one that I let pass before stays so.

    Raises ``RoleMissing``, ``NoSuchDeed``, ``OwnRecord``, ``SameHousehold``, ``NotYourReview``,
    ``SameReviewer`` and ``DeedAlreadyReviewed``.
    """
    row = _locked(session, guard, deed_id)
    if row.first_reviewed_by is None or row.first_reviewed_by != guard.staff_id:
        _check_may_review(session, guard, row)
        if row.state != "claimed":
            raise DeedAlreadyReviewed(words("这件{state}，不能再改。"), state=STATES[row.state])
        if row.first_reviewed_by is not None:
            raise DeedAlreadyReviewed(words("这件已经有人初审过了，在等复核。"))
        row.first_reviewed_by, row.first_reviewed_at = guard.require_staff(), at
        session.flush()
    return queries.deed(session, guard, row.id)


def accept(session: Session, guard: Guard, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Accept a deed in its second review (复核), or in the only one that there is; one accepted before stays so.

    Raises what ``first_review`` does, ``FirstReviewMissing``, and ``PenaltyIsNoDeed`` for a penalty that was once
    recorded as a deed.
    """
    row = _locked(session, guard, deed_id)
    if row.points < 0:
        raise PenaltyIsNoDeed(words("扣分不能当好事复核。请退回，再到“扣分”里记：要有凭据、先告知、听答复。"))
    if row.state == "claimed" and row.first_reviewed_by is None and not _check_may_review(session, guard, row).is_only:
        raise FirstReviewMissing(words("这件还没有初审。初审过了，再由另一个人复核。"))
    return _review(session, guard, row, "accepted", "", at)


def refuse(session: Session, guard: Guard, deed_id: UUID, *, reason: str, at: datetime) -> DeedRecord:
    """Refuse a deed in the review that it waits for, with a reason; raises what ``accept`` does, ``DeedWordsWrong``."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise DeedWordsWrong(words("退回要写明原因，最多 {count} 个字。报的人要凭它改。"), count=LONGEST_REASON)
    return _review(session, guard, _locked(session, guard, deed_id), "refused", reason, at)


def withdraw(session: Session, guard: Guard, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Withdraw what one told while nobody has looked.

    Raises ``NoSuchDeed``, ``NotOwnRecord``, ``DeedAlreadyReviewed``.
    """
    row = _locked(session, guard, deed_id)
    if guard.household_id is None:
        guard.require_staff()
    if (row.recorded_by, row.claimant_id) != (guard.staff_id, guard.household_id):
        raise NotOwnRecord(words("这件不是您报的。请报的人来撤回，或者由审的人退回。"))
    if row.state == "claimed" and row.first_reviewed_by is not None:
        raise DeedAlreadyReviewed(words("这件已经有人看过了，不能再撤回。报错了，请告诉网格员退回。"))
    return _close(session, guard, row, "withdrawn", "", at)


def _review(session: Session, guard: Guard, row: Deed, state: str, reason: str, at: datetime) -> DeedRecord:
    _check_may_review(session, guard, row)
    return _close(session, guard, row, state, reason, at)


def _check_may_review(session: Session, guard: Guard, row: Deed) -> Circle:
    """Raise unless the person asking may make the review that a deed waits for; return whom it waits for."""
    guard.require(*REVIEWERS)
    if row.recorded_by == guard.require_staff():
        raise OwnRecord(words("这件是您自己记的，要由另一个人来审。"))
    if queries.is_kin(session, guard, row.household_id, row.claimant_id):
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人来审。"))
    home = people.household(session, guard, row.household_id)
    waits_for = circle_of(session, guard, row, home.grid_name)
    if row.state != "claimed":
        return waits_for
    if row.first_reviewed_by == guard.staff_id and not waits_for.is_only:
        raise SameReviewer(words("初审是您做的，复核要由另一个人。"))
    if guard.staff_id not in waits_for.staff_ids:
        raise NotYourReview(words("这件不归您审：{waits}。"), waits=waits_for.label)
    return waits_for


def _close(session: Session, guard: Guard, row: Deed, state: str, reason: str, at: datetime) -> DeedRecord:
    if row.state == "claimed":
        row.state, row.refusal = state, reason
        row.reviewed_by, row.reviewed_at = guard.staff_id, at
        session.flush()
    elif (row.state, row.refusal, row.reviewed_by) != (state, reason, guard.staff_id):
        raise DeedAlreadyReviewed(words("这件{state}，不能再改。"), state=STATES[row.state])
    return queries.deed(session, guard, row.id)


def _locked(session: Session, guard: Guard, deed_id: UUID) -> Deed:
    lock_book(session, guard.market_id)
    row = session.get(Deed, (guard.market_id, deed_id), populate_existing=True)
    if row is None or row.village_code != guard.village_code:
        raise NoSuchDeed(words("本村没有记过这件好事。"))
    return row
