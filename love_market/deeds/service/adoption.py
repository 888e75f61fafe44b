"""Adopting rules: each version whole, by a meeting of the village's representatives; none is ever changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.deeds import intake, queries
from love_market.deeds.evidence import MOST_PHOTOS, StoredPhoto, TooManyPhotos
from love_market.deeds.models import Minutes, Rule, RuleVersion, VetoRule
from love_market.deeds.rules import (
    ADOPTERS,
    LONGEST_NOTE,
    VETO,
    Meeting,
    NothingChanged,
    NotKnowingly,
    RuleDraft,
    RuleWrong,
    VersionMovedOn,
    check_meeting,
    warnings,
)
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people.rules import Guard

SYSTEM = "system"


def adopt_catalogue(session: Session, guard: Guard, *, meeting: Meeting, at: datetime) -> UUID:
    """Adopt the built-in catalogue as version 1 where the village has no rules yet; return the version that stands.

    Raises what ``adopt_version`` raises of the meeting.
    """
    lock_book(session, guard.market_id)
    standing = queries.current_version(session, guard)
    if standing is not None:
        return standing.id
    return adopt_version(session, guard, intake.catalogue(), meeting=meeting, at=at, key=new_id())


def adopt_version(  # noqa: PLR0913 what a version is made of
    session: Session,
    guard: Guard,
    rules: Sequence[RuleDraft],
    *,
    meeting: Meeting,
    at: datetime,
    key: UUID,
    note: str = "",
    based_on: int | None = None,
    minutes: Sequence[StoredPhoto] = (),
    knowingly: bool = False,
) -> UUID:
    """Adopt a new version with exactly these rules; return its id, which is ``key``. What stood before stays as it was.

    ``based_on`` is the number of the version the draft was begun from, ``minutes`` the photos of the meeting's signed
    minutes; ``knowingly`` says that rules which look like something never scored are meant. Raises ``RoleMissing``,
    ``RuleWrong``, ``RuleTwice``, ``MeetingWrong``, ``NoQuorum``, ``NotCarried``, ``NotKnowingly``, ``TooManyPhotos``,
    ``NothingChanged``, ``VersionMovedOn``, and ``KeyReused`` for a key that adopted other rules or by another meeting.
    """
    if guard.actor != SYSTEM:
        guard.require(*ADOPTERS)
    drafts = intake.settle(rules)
    note = checked_note(note)
    check_meeting(meeting, village_date(at))
    known = checked_warnings(drafts, knowingly=knowingly)
    if len(minutes) > MOST_PHOTOS:
        raise TooManyPhotos(words("会议记录最多放 {count} 张照片，请挑最清楚的。"), count=MOST_PHOTOS)
    lock_book(session, guard.market_id)
    made = session.scalar(select(RuleVersion.number).where(_is(guard, key)))
    if made is not None:
        _check_same(session, guard, key, made, drafts, meeting)
        return key
    version = RuleVersion(
        market_id=guard.market_id,
        id=key,
        village_code=guard.village_code,
        number=_next_number(session, guard, drafts, based_on),
        adopted_at=at,
        adopted_by=guard.actor,
        note=note,
        knowingly=known or None,
        **asdict(meeting),
    )
    session.add(version)
    session.flush()
    session.add_all([*_rows(guard, key, drafts), *_photos(guard, key, minutes)])
    session.flush()
    return key


def checked_note(note: str) -> str:
    """Return a note trimmed; raise ``RuleWrong`` where it is too long."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise RuleWrong(words("说明太长，最多 {count} 个字。"), count=LONGEST_NOTE)
    return note


def checked_warnings(drafts: Sequence[RuleDraft], *, knowingly: bool) -> list[dict[str, str]]:
    """Return what is never scored and stands in the draft all the same; raise ``NotKnowingly`` where nobody says so."""
    found = warnings(drafts)
    if found and not knowingly:
        raise NotKnowingly(
            words("“{name}”看着像{topic}，这类事从不记分。请回去删掉；仍然要定，请先勾上“知道这一条”。"),
            name=found[0].name,
            topic=found[0].topic,
        )
    return [{"name": each.name, "topic": each.topic} for each in found]


def _is(guard: Guard, key: UUID) -> ColumnElement[bool]:
    return and_(RuleVersion.market_id == guard.market_id, RuleVersion.id == key)


def _check_same(
    session: Session, guard: Guard, key: UUID, number: int, drafts: Sequence[RuleDraft], meeting: Meeting
) -> None:
    same = queries.version(session, guard, number).meeting == meeting
    if not same or intake.difference(queries.drafts(session, guard, key), drafts):
        raise KeyReused


def _next_number(session: Session, guard: Guard, drafts: Sequence[RuleDraft], based_on: int | None) -> int:
    standing = queries.current_version(session, guard)
    number = standing.number if standing else 0
    if based_on is not None and based_on != number:
        raise VersionMovedOn(
            words("别人刚通过了第 {number} 版细则。您写的还在。请再看改了什么，别把它改回去。"), number=number
        )
    if standing and not intake.difference(queries.drafts(session, guard, standing.id), drafts):
        raise NothingChanged(words("和现在的第 {number} 版一样，没有要改的。"), number=number)
    return number + 1


def _photos(guard: Guard, version_id: UUID, minutes: Sequence[StoredPhoto]) -> list[Minutes]:
    return [
        Minutes(
            market_id=guard.market_id,
            id=new_id(),
            version_id=version_id,
            position=position,
            sha256=photo.sha256,
            width_px=photo.width_px,
            height_px=photo.height_px,
        )
        for position, photo in enumerate(minutes, 1)
    ]


def _rows(guard: Guard, version_id: UUID, drafts: Sequence[RuleDraft]) -> list[Rule | VetoRule]:
    rows: list[Rule | VetoRule] = []
    for position, draft in enumerate(drafts, 1):
        key = {"market_id": guard.market_id, "id": new_id(), "version_id": version_id, "position": position}
        if draft.category == VETO:
            rows.append(
                VetoRule(**key, code=draft.code, name=draft.name, days=draft.veto_days, evidence=draft.evidence)
            )
        else:
            rows.append(
                Rule(
                    **key,
                    code=draft.code,
                    category=draft.category,
                    name=draft.name,
                    points=draft.points,
                    unit_name=draft.unit_name,
                    cap_points=draft.cap_points,
                    cap_period=draft.cap_period,
                    evidence=draft.evidence,
                    family=draft.family or None,
                )
            )
    return rows
