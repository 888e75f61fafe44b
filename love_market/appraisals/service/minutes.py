"""Beside the minutes: words of the recorder, and files of the copy signed on paper. Nothing is overwritten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, Meeting, MeetingNote, SignedCopy
from love_market.appraisals.rules.refusals import KeyOfOther, NoMeeting, NoSuchScan, TooManyScans
from love_market.appraisals.signed import StoredScan
from love_market.errors import Invalid, words
from love_market.people.rules import COMMITTEE, Guard

LONGEST_NOTE = 500
MOST_SCANS = 12


def add_note(session: Session, guard: Guard, meeting_id: UUID, *, words: str, key: UUID, at: datetime) -> UUID:
    """Add words to a meeting's minutes, with name and time; return the note's id, which is ``key``.

    Raises ``NoMeeting``, ``KeyOfOther``, ``Invalid``.
    """
    guard.require(*COMMITTEE)
    _meeting(session, guard, meeting_id)
    before = session.get(MeetingNote, (guard.market_id, key))
    if before is not None:
        if (before.meeting_id, before.words) != (meeting_id, words.strip()):
            raise KeyOfOther(_REUSED)
        return key
    if not words.strip() or len(words.strip()) > LONGEST_NOTE:
        raise Invalid(_SAY, most=LONGEST_NOTE)
    session.add(
        MeetingNote(
            market_id=guard.market_id,
            id=key,
            meeting_id=meeting_id,
            words=words.strip(),
            written_by=guard.require_staff(),
            written_at=at,
        )
    )
    session.flush()
    return key


def keep_copy(session: Session, guard: Guard, meeting_id: UUID, *, scan: StoredScan, key: UUID, at: datetime) -> UUID:
    """Put a file of the signed copy beside a closed meeting's minutes; return its id, which is ``key``.

    A file that is there already stays one. Raises ``NoMeeting``, ``TooManyScans``, ``KeyOfOther``.
    """
    guard.require(*COMMITTEE)
    meeting = _meeting(session, guard, meeting_id)
    if meeting.closed_at is None:
        raise NoMeeting(_NOT_CLOSED)
    before = session.get(SignedCopy, (guard.market_id, key))
    if before is not None:
        if (before.meeting_id, before.sha256) != (meeting_id, scan.sha256):
            raise KeyOfOther(_REUSED)
        return key
    there = session.scalars(
        select(SignedCopy).where(
            SignedCopy.market_id == guard.market_id,
            SignedCopy.meeting_id == meeting_id,
            SignedCopy.taken_back_at.is_(None),
        )
    ).all()
    same = next((one for one in there if one.sha256 == scan.sha256), None)
    if same is not None:
        return same.id
    if len(there) >= MOST_SCANS:
        raise TooManyScans(_ENOUGH, most=MOST_SCANS)
    session.add(
        SignedCopy(
            market_id=guard.market_id,
            id=key,
            meeting_id=meeting_id,
            kind=scan.kind,
            sha256=scan.sha256,
            size_bytes=scan.size_bytes,
            kept_by=guard.require_staff(),
            kept_at=at,
        )
    )
    session.flush()
    return key


def take_copy_back(session: Session, guard: Guard, copy_id: UUID, *, at: datetime) -> None:
    """Take back a file that was put there by mistake; its row says who and when.

    Raises ``NoSuchScan``, ``NoMeeting``.
    """
    guard.require(*COMMITTEE)
    row = session.get(SignedCopy, (guard.market_id, copy_id))
    if row is None:
        raise NoSuchScan(_NO_SUCH)
    _meeting(session, guard, row.meeting_id)
    if row.taken_back_at is None:
        row.taken_back_at, row.taken_back_by = at, guard.require_staff()
        session.flush()


def _meeting(session: Session, guard: Guard, meeting_id: UUID) -> Meeting:
    """Return one of the village's meetings, its row held until the transaction ends."""
    row = session.scalar(
        select(Meeting)
        .join(Appraisal, (Appraisal.market_id == Meeting.market_id) & (Appraisal.id == Meeting.appraisal_id))
        .where(
            Meeting.market_id == guard.market_id,
            Meeting.id == meeting_id,
            Appraisal.village_code == guard.village_code,
        )
        .with_for_update(of=Meeting)
    )
    if row is None:
        raise NoMeeting(_NO_MEETING)
    return row


_REUSED = words("这个操作号已经用在别的事上了，请刷新页面再来一次。")
_SAY = words("请写一两句，最多 {most} 字。")
_NOT_CLOSED = words("散会以后才能传签好字的记录。")
_ENOUGH = words("签字的记录最多留 {most} 份。传错的可以先撤下。")
_NO_SUCH = words("没有这份文件。请回会议记录再看。")
_NO_MEETING = words("本村没有这次评议会。请回季度页再找。")
