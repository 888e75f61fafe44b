"""Publishing model rules (示范细则): an overseer makes each version whole; none is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.deeds import intake, queries
from love_market.deeds.models import ModelCatalogue, ModelRule
from love_market.deeds.rules import NothingChanged, RuleDraft, VersionMovedOn
from love_market.deeds.service.adoption import checked_note, checked_warnings
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.people.queries import StaffRecord
from love_market.people.rules import OVERSEERS, RoleMissing
from love_market.places.models import Place


def publish_model(
    session: Session,
    staff: StaffRecord,
    place_code: str,
    rules: Sequence[RuleDraft],
    *,
    note: str,
    at: datetime,
    key: UUID,
    based_on: int,
    knowingly: bool = False,
) -> UUID:
    """Publish the next version of a place's model rules; return its id, which is ``key``.

    ``based_on`` is the number of the version that the draft was begun from, 0 for none. Raises ``RoleMissing``,
    ``RuleWrong``, ``RuleTwice``, ``NotKnowingly``, ``NothingChanged``, ``VersionMovedOn`` and ``KeyReused``.
    """
    if not any(code == place_code and role in OVERSEERS for code, role in staff.grants):
        raise RoleMissing(words("示范细则由管这个地方的乡镇或县里的账号发布。"))
    drafts, note = intake.settle(rules), checked_note(note)
    known = checked_warnings(drafts, knowingly=knowingly)
    session.execute(select(Place.code).where(Place.code == place_code).with_for_update())
    made = session.get(ModelCatalogue, key)
    if made is not None:
        if made.place_code != place_code or intake.difference(queries.model_drafts(session, key), drafts):
            raise KeyReused
        return key
    number = _next_number(session, place_code, drafts, based_on)
    session.add(
        ModelCatalogue(
            id=key,
            place_code=place_code,
            number=number,
            note=note,
            published_at=at,
            published_by=staff.id,
            knowingly=known or None,
        )
    )
    session.flush()
    session.add_all(_row(key, position, draft) for position, draft in enumerate(drafts, 1))
    session.flush()
    return key


def _next_number(session: Session, place_code: str, drafts: Sequence[RuleDraft], based_on: int) -> int:
    number = session.scalar(select(func.max(ModelCatalogue.number)).where(ModelCatalogue.place_code == place_code)) or 0
    if based_on != number:
        raise VersionMovedOn(
            words("别人刚发布了第 {number} 版。您写的还在。请再看改了什么，别把它改回去。"), number=number
        )
    if number:
        standing = queries.models_of(session, [place_code])[0]
        if not intake.difference(queries.model_drafts(session, standing.id), drafts):
            raise NothingChanged(words("和现在的第 {number} 版一样，没有要改的。"), number=number)
    return number + 1


def _row(catalogue_id: UUID, position: int, draft: RuleDraft) -> ModelRule:
    return ModelRule(
        catalogue_id=catalogue_id,
        position=position,
        code=draft.code,
        category=draft.category,
        name=draft.name,
        points=draft.points,
        unit_name=draft.unit_name,
        cap_points=draft.cap_points,
        cap_period=draft.cap_period,
        family=draft.family or None,
        veto_days=draft.veto_days,
        evidence=draft.evidence,
    )
