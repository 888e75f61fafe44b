"""Bringing a penalty up: recorded with proof, or completed after it was noted; dropped while nobody was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.deeds import queries
from love_market.deeds.evidence import MOST_PHOTOS, StoredPhoto, TooManyPhotos
from love_market.deeds.models import Penalty, PenaltyPhoto
from love_market.deeds.queries import PenaltyRecord
from love_market.deeds.rules import (
    DECIDERS,
    LONGEST_WORDS,
    RECORDERS,
    DeedIsNoPenalty,
    NoSuchPenalty,
    NotOwnRecord,
    PenaltyAct,
    PenaltyState,
    PenaltyWordsWrong,
    SamePenaltyTwice,
    check_date,
    check_penalty,
    check_proof,
    next_state,
)
from love_market.deeds.service.deeds import current_rule
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said and shown of a penalty: the day, how often, the points (negative), what happened, the proof."""

    happened_on: date
    times: int
    points: int
    words: str
    proof: str = ""
    photos: tuple[StoredPhoto, ...] = ()

    @classmethod
    def told(
        cls, happened_on: date, times: int, points: int, said: str, proof: str, photos: Sequence[StoredPhoto] = ()
    ) -> "Shown":
        """Return it with the blanks trimmed."""
        said = said.replace("\r\n", "\n").strip()
        return cls(happened_on, times, points, said, " ".join(proof.split()), tuple(photos))


def record_penalty(
    session: Session, guard: Guard, shown: Shown, *, key: UUID, household_id: UUID, rule_id: UUID, at: datetime
) -> PenaltyRecord:
    """Record a penalty with its proof; its id is ``key``, and asked again with the same input it returns the same.

    It counts for nothing yet. Raises ``RoleMissing``, ``NotFound`` for a household, ``RuleNotCurrent``,
    ``DeedIsNoPenalty``, ``PenaltyPointsWrong``, ``DeedDateWrong``, ``PenaltyWordsWrong``, ``ProofMissing``,
    ``TooManyPhotos``, ``SamePenaltyTwice``, and ``KeyReused`` for a key that recorded another.
    """
    guard.require(*RECORDERS)
    lock_book(session, guard.market_id)
    known = session.get(Penalty, (guard.market_id, key))
    if known is None:
        people.household(session, guard, household_id)
        rule = current_rule(session, guard, rule_id)
        row = Penalty(
            market_id=guard.market_id,
            id=key,
            village_code=guard.village_code,
            household_id=household_id,
            rule_id=rule_id,
            rule_code=rule.code,
            state=PenaltyState.RECORDED,
            noted_by=guard.require_staff(),
            noted_at=at,
        )
        _show(session, guard, row, rule, shown, at)
    elif (known.household_id, known.rule_id, known.noted_by) != (household_id, rule_id, guard.staff_id):
        raise KeyReused
    else:
        _check_same(session, guard, known, shown)
    return queries.penalty(session, guard, key)


def show_proof(session: Session, guard: Guard, penalty_id: UUID, shown: Shown, *, at: datetime) -> PenaltyRecord:
    """Complete a noted penalty with its day, what happened and the proof, as its recorder; points may be fewer.

    Raises what ``record_penalty`` does, ``NoSuchPenalty`` and ``PenaltyNotThere``; the same again is once.
    """
    guard.require(*RECORDERS)
    row = locked_penalty(session, guard, penalty_id)
    if row.state != PenaltyState.NOTED and row.recorded_by == guard.staff_id:
        _check_same(session, guard, row, shown)
        return queries.penalty(session, guard, penalty_id)
    row.state = next_state(PenaltyAct.SHOW, PenaltyState(row.state))
    _show(session, guard, row, queries.penalty(session, guard, penalty_id).rule, shown, at)
    return queries.penalty(session, guard, penalty_id)


def drop_penalty(session: Session, guard: Guard, penalty_id: UUID, *, reason: str, at: datetime) -> PenaltyRecord:
    """Take back a penalty that nobody was told of, as who noted or recorded it or as a reviewer.

    Raises ``NoSuchPenalty``, ``NotOwnRecord``, ``PenaltyNotThere``.
    """
    staff_id = guard.require_staff()
    row = locked_penalty(session, guard, penalty_id)
    if staff_id not in {row.noted_by, row.recorded_by} and not guard.roles & DECIDERS:
        raise NotOwnRecord(words("这条扣分不是您记的。请记的人，或者主任、记录员来撤。"))
    if (row.state, row.decided_by) != (PenaltyState.WITHDRAWN, staff_id):
        row.state = next_state(PenaltyAct.DROP, PenaltyState(row.state))
        row.decided_by, row.decided_at, row.decision = staff_id, at, " ".join(reason.split())[:200]
        session.flush()
    return queries.penalty(session, guard, penalty_id)


def locked_penalty(session: Session, guard: Guard, penalty_id: UUID) -> Penalty:
    """Return a penalty of the village, or of the household that asks, held until the transaction ends.

    Raises ``NoSuchPenalty``.
    """
    lock_book(session, guard.market_id)
    row = session.get(Penalty, (guard.market_id, penalty_id), populate_existing=True)
    hidden = row is not None and guard.household_id not in {None, row.household_id}
    if row is None or hidden or row.village_code != guard.village_code:
        raise NoSuchPenalty(words("没有这条扣分。请回扣分的单子里再找。"))
    return row


def _show(session: Session, guard: Guard, row: Penalty, rule: queries.RuleRecord, shown: Shown, at: datetime) -> None:
    """Write what is said and shown into a row, checked."""
    if rule.points > 0:
        raise DeedIsNoPenalty(words("“{name}”是加分项，请到“好事”里记。"), name=rule.name)
    check_penalty(rule, shown.times, shown.points)
    check_date(shown.happened_on, village_date(at))
    if not shown.words or len(shown.words) > LONGEST_WORDS:
        raise PenaltyWordsWrong(words("请写明怎么回事，最多 {count} 个字：户里要看得明白。"), count=LONGEST_WORDS)
    if len(shown.photos) > MOST_PHOTOS:
        raise TooManyPhotos(words("一条扣分最多留 {count} 张照片，请挑最清楚的。"), count=MOST_PHOTOS)
    check_proof(rule.evidence, shown.proof, len(shown.photos))
    _check_new(session, guard, row, rule, shown.happened_on)
    row.happened_on, row.times, row.points = shown.happened_on, shown.times, shown.points
    row.words, row.proof = shown.words, shown.proof
    row.recorded_by, row.recorded_at = guard.require_staff(), at
    session.add(row)
    session.flush()
    session.add_all(
        PenaltyPhoto(
            market_id=row.market_id,
            id=new_id(),
            penalty_id=row.id,
            position=position,
            sha256=photo.sha256,
            width_px=photo.width_px,
            height_px=photo.height_px,
        )
        for position, photo in enumerate(shown.photos, 1)
    )
    session.flush()


def _check_new(session: Session, guard: Guard, row: Penalty, rule: queries.RuleRecord, happened_on: date) -> None:
    twice = session.scalar(
        select(Penalty.id).where(
            Penalty.market_id == guard.market_id,
            Penalty.household_id == row.household_id,
            Penalty.rule_code == rule.code,
            Penalty.happened_on == happened_on,
            Penalty.state != PenaltyState.WITHDRAWN,
            Penalty.id != row.id,
        )
    )
    if twice is not None:
        raise SamePenaltyTwice(words("这户这一天的“{name}”已经记过扣分了，同一件事不扣两次。"), name=rule.name)


def _check_same(session: Session, guard: Guard, row: Penalty, shown: Shown) -> None:
    kept = session.scalars(
        select(PenaltyPhoto.sha256)
        .where(PenaltyPhoto.market_id == guard.market_id, PenaltyPhoto.penalty_id == row.id)
        .order_by(PenaltyPhoto.position)
    ).all()
    was = (row.happened_on, row.times, row.points, row.words, row.proof, list(kept))
    given = (shown.happened_on, shown.times, shown.points, shown.words, shown.proof)
    if was != (*given, [photo.sha256 for photo in shown.photos]):
        raise KeyReused
