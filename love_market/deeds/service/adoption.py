"""Adopting rules: the catalogue as version 1, and every later version whole; none is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.deeds import intake, queries
from love_market.deeds.models import Rule, RuleVersion
from love_market.deeds.rules import ADOPTERS, LONGEST_NOTE, NothingChanged, RuleDraft, RuleWrong, VersionMovedOn
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people.rules import Guard

SYSTEM = "system"


def adopt_catalogue(session: Session, guard: Guard, *, at: datetime) -> UUID:
    """Adopt the catalogue as version 1 where the village has no rules yet; return the version that stands."""
    lock_book(session, guard.market_id)
    standing = queries.current_version(session, guard)
    if standing is not None:
        return standing.id
    return _adopt(session, guard, 1, intake.catalogue(), note="", at=at, key=new_id())


def adopt_version(
    session: Session,
    guard: Guard,
    rules: Sequence[RuleDraft],
    *,
    note: str,
    at: datetime,
    key: UUID,
    based_on: int | None = None,
) -> UUID:
    """Adopt a new version with exactly these rules; return its id, which is ``key``. What stood before stays as it was.

    ``based_on`` is the number of the version the draft was begun from. Raises ``RoleMissing``, ``RuleWrong``,
    ``RuleTwice``, ``NothingChanged``, ``VersionMovedOn``, and ``KeyReused`` for a key that adopted other rules.
    """
    if guard.actor != SYSTEM:
        guard.require(*ADOPTERS)
    drafts = intake.settle(rules)
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise RuleWrong(words("说明太长，最多 {count} 个字。"), count=LONGEST_NOTE)
    lock_book(session, guard.market_id)
    if session.get(RuleVersion, (guard.market_id, key)) is not None:
        if intake.difference([rule.draft() for rule in queries.rules(session, guard, key)], drafts):
            raise KeyReused(words("这个操作号已经用在另一件事上了，请刷新页面再来一次。"))
        return key
    standing = queries.current_version(session, guard)
    number = standing.number if standing else 0
    if based_on is not None and based_on != number:
        raise VersionMovedOn(words("别人刚通过了第 {number} 版细则。请在新的一版上再改。"), number=number)
    if standing and not intake.difference(
        [rule.draft() for rule in queries.rules(session, guard, standing.id)], drafts
    ):
        raise NothingChanged(words("和现在的第 {number} 版一样，没有要改的。"), number=number)
    return _adopt(session, guard, number + 1, drafts, note=note, at=at, key=key)


def _adopt(
    session: Session, guard: Guard, number: int, drafts: Sequence[RuleDraft], *, note: str, at: datetime, key: UUID
) -> UUID:
    session.add(
        RuleVersion(
            market_id=guard.market_id,
            id=key,
            village_code=guard.village_code,
            number=number,
            adopted_at=at,
            adopted_by=guard.actor,
            note=note,
        )
    )
    session.flush()
    session.add_all(
        Rule(
            market_id=guard.market_id,
            id=new_id(),
            version_id=key,
            code=draft.code,
            category=draft.category,
            name=draft.name,
            points=draft.points,
            unit_name=draft.unit_name,
            cap_points=draft.cap_points,
            cap_period=draft.cap_period,
            evidence=draft.evidence,
            position=position,
        )
        for position, draft in enumerate(drafts, 1)
    )
    session.flush()
    return key
