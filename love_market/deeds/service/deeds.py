"""Writing deeds: recording one, and the second person's word on it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.deeds import queries
from love_market.deeds.evidence import MOST_PHOTOS, StoredPhoto, TooManyPhotos
from love_market.deeds.models import Deed, DeedPhoto
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import (
    LONGEST_MEMBER,
    LONGEST_REASON,
    LONGEST_WORDS,
    RECORDERS,
    REVIEWERS,
    STATES,
    DeedAlreadyReviewed,
    DeedWordsWrong,
    NoSuchDeed,
    NotOwnRecord,
    OwnRecord,
    PenaltyIsNoDeed,
    RuleNotCurrent,
    SameDeedTwice,
    check_date,
    deed_points,
)
from love_market.errors import Refused, words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.rules import Guard, SameHousehold


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about a deed; the same key with anything of it told otherwise is refused."""

    household_id: UUID
    rule_id: UUID
    done_on: date
    times: int
    member_name: str
    words: str
    recorded_by: UUID


def record(  # noqa: PLR0913 what a deed is made of
    session: Session,
    guard: Guard,
    *,
    key: UUID,
    household_id: UUID,
    rule_id: UUID,
    done_on: date,
    at: datetime,
    times: int = 1,
    member_name: str = "",
    words: str = "",
    photos: Sequence[StoredPhoto] = (),
) -> DeedRecord:
    """Record a claimed deed; its id is ``key``, and asked again with the same input it returns the same.

    Raises ``RoleMissing``, ``NotFound`` for a household, ``RuleNotCurrent``, ``PenaltyIsNoDeed``, ``DeedDateWrong``,
    ``DeedTimesWrong``, ``DeedWordsWrong``, ``TooManyPhotos``, ``SameDeedTwice``, and ``KeyReused`` for a key that
    recorded another deed.
    """
    guard.require(*RECORDERS)
    lock_book(session, guard.market_id)
    told = Told(
        household_id=household_id,
        rule_id=rule_id,
        done_on=done_on,
        times=times,
        member_name=" ".join(member_name.split()),
        words=words.replace("\r\n", "\n").strip(),
        recorded_by=guard.require_staff(),
    )
    known = session.get(Deed, (guard.market_id, key))
    if known is None:
        _add(session, guard, key, told, photos, at)
    else:
        _check_same(session, known, told, photos)
    return queries.deed(session, guard, key)


def _add(session: Session, guard: Guard, key: UUID, told: Told, photos: Sequence[StoredPhoto], at: datetime) -> None:
    people.household(session, guard, told.household_id)
    rule = current_rule(session, guard, told.rule_id)
    if rule.points < 0:
        raise PenaltyIsNoDeed(words("“{name}”是扣分项。扣分要有凭据、要先告知，请到“扣分”里记。"), name=rule.name)
    check_date(told.done_on, village_date(at))
    points = deed_points(rule, told.times)
    _check_words(told, photos)
    _check_new(session, guard, rule, told)
    deed = Deed(
        market_id=guard.market_id,
        id=key,
        village_code=guard.village_code,
        rule_code=rule.code,
        points=points,
        state="claimed",
        recorded_at=at,
        **asdict(told),
    )
    session.add(deed)
    session.flush()
    session.add_all(
        DeedPhoto(market_id=guard.market_id, id=new_id(), deed_id=key, position=position, **asdict(photo))
        for position, photo in enumerate(photos, 1)
    )
    session.flush()


def accept(session: Session, guard: Guard, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Accept a deed as its second person; one accepted before stays so.

    Raises ``RoleMissing``, ``NoSuchDeed``, ``OwnRecord``, ``SameHousehold``, ``DeedAlreadyReviewed``.
    """
    return _review(session, guard, deed_id, "accepted", "", at)


def refuse(session: Session, guard: Guard, deed_id: UUID, *, reason: str, at: datetime) -> DeedRecord:
    """Refuse a deed as its second person, with a reason; raises what ``accept`` does, and ``DeedWordsWrong``."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise DeedWordsWrong(words("退回要写明原因，最多 {count} 个字。记的人要凭它改。"), count=LONGEST_REASON)
    return _review(session, guard, deed_id, "refused", reason, at)


def withdraw(session: Session, guard: Guard, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Withdraw an own deed before its review; raise ``NoSuchDeed``, ``NotOwnRecord``, ``DeedAlreadyReviewed``."""
    row = _locked(session, guard, deed_id)
    if row.recorded_by != guard.require_staff():
        raise NotOwnRecord(words("这件不是您记的。请记的人来撤回，或者由复核的人退回。"))
    return _close(session, guard, row, "withdrawn", "", at)


def _review(session: Session, guard: Guard, deed_id: UUID, state: str, reason: str, at: datetime) -> DeedRecord:
    guard.require(*REVIEWERS)
    row = _locked(session, guard, deed_id)
    if row.points < 0 and state == "accepted":
        raise PenaltyIsNoDeed(words("扣分不能当好事复核。请退回，再到“扣分”里记：要有凭据、先告知、听答复。"))
    if row.recorded_by == guard.require_staff():
        raise OwnRecord(words("这件是您自己记的，要由另一个人复核。"))
    if queries.is_kin(session, guard, row.household_id):
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人复核。"))
    return _close(session, guard, row, state, reason, at)


def _close(session: Session, guard: Guard, row: Deed, state: str, reason: str, at: datetime) -> DeedRecord:
    if row.state == "claimed":
        row.state, row.refusal = state, reason
        row.reviewed_by, row.reviewed_at = guard.require_staff(), at
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


def current_rule(session: Session, guard: Guard, rule_id: UUID) -> queries.RuleRecord:
    """Return a rule of the version that stands; raise ``RuleNotCurrent``, or ``Refused`` where there is none yet."""
    standing = queries.current_version(session, guard)
    if standing is None:
        raise Refused(words("本村还没有细则。请主任或记录员先定细则。"))
    for rule in queries.rules(session, guard, standing.id):
        if rule.id == rule_id:
            return rule
    raise RuleNotCurrent(words("这一项不在现在的第 {number} 版细则里。请刷新页面，重新选。"), number=standing.number)


def _check_words(told: Told, photos: Sequence[StoredPhoto]) -> None:
    if len(told.member_name) > LONGEST_MEMBER:
        raise DeedWordsWrong(words("做事的人名字太长，最多 {count} 个字。"), count=LONGEST_MEMBER)
    if len(told.words) > LONGEST_WORDS:
        raise DeedWordsWrong(words("经过写得太长，最多 {count} 个字。"), count=LONGEST_WORDS)
    if len(photos) > MOST_PHOTOS:
        raise TooManyPhotos(words("一件好事最多留 {count} 张照片，请挑最清楚的。"), count=MOST_PHOTOS)


def _check_new(session: Session, guard: Guard, rule: queries.RuleRecord, told: Told) -> None:
    twice = session.scalar(
        select(Deed.id).where(
            Deed.market_id == guard.market_id,
            Deed.household_id == told.household_id,
            Deed.rule_code == rule.code,
            Deed.done_on == told.done_on,
            Deed.member_name == told.member_name,
            Deed.state.in_(["claimed", "accepted"]),
        )
    )
    if twice is not None:
        raise SameDeedTwice(
            words("这户这一天的“{name}”已经记过了。是另一个人做的，请写上名字；次数不对，请撤回那一件重记。"),
            name=rule.name,
        )


def _check_same(session: Session, row: Deed, told: Told, photos: Sequence[StoredPhoto]) -> None:
    kept = session.scalars(
        select(DeedPhoto.sha256)
        .where(DeedPhoto.market_id == row.market_id, DeedPhoto.deed_id == row.id)
        .order_by(DeedPhoto.position)
    ).all()
    known = Told(*(getattr(row, field.name) for field in fields(Told)))
    if known != told or list(kept) != [photo.sha256 for photo in photos]:
        raise KeyReused(words("这个操作号已经用在另一件事上了，请刷新页面再来一次。"))
