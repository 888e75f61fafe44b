"""Writing vetoes (一票否决): one writes it down by an official document, another judges it, either may lift it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.deeds import queries
from love_market.deeds.models import Veto
from love_market.deeds.queries import VetoRecord
from love_market.deeds.rules import (
    LONGEST_DOCUMENT,
    LONGEST_REASON,
    VETO_JUDGES,
    VETO_RECORDERS,
    NoSuchVeto,
    OwnVeto,
    VetoSettled,
    VetoTwice,
    VetoWrong,
    check_date,
    veto_ends,
)
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.rules import Guard, SameHousehold


def record_veto(
    session: Session,
    guard: Guard,
    *,
    key: UUID,
    household_id: UUID,
    rule_id: UUID,
    found_on: date,
    document: str,
    at: datetime,
) -> VetoRecord:
    """Write a veto down; its id is ``key``. It is not in force before a second person confirms it.

    Raises ``RoleMissing``, ``NoSuchHousehold``, ``VetoWrong``, ``DeedDateWrong``, ``VetoTwice``, ``KeyReused``.
    """
    guard.require(*VETO_RECORDERS)
    document = " ".join(document.split())
    if not document or len(document) > LONGEST_DOCUMENT:
        raise VetoWrong(words("要写明凭哪一份文书、文号，最多 {count} 个字。"), count=LONGEST_DOCUMENT)
    lock_book(session, guard.market_id)
    told = (household_id, rule_id, found_on, document, guard.require_staff())
    known = session.get(Veto, (guard.market_id, key))
    if known is None:
        _add(session, guard, key, told, at)
    elif (known.household_id, known.rule_id, known.found_on, known.document, known.recorded_by) != told:
        raise KeyReused
    return queries.veto(session, guard, key, village_date(at))


def _add(session: Session, guard: Guard, key: UUID, told: tuple[UUID, UUID, date, str, UUID], at: datetime) -> None:
    household_id, rule_id, found_on, document, recorded_by = told
    people.household(session, guard, household_id)
    check_date(found_on, village_date(at))
    standing = queries.current_version(session, guard)
    rules = {rule.id: rule for rule in queries.veto_rules(session, guard, standing.id)} if standing else {}
    if rule_id not in rules:
        raise VetoWrong(words("这一条不在现在的细则里。请刷新页面，重新选。"))
    same = select(Veto.id).where(
        Veto.market_id == guard.market_id,
        Veto.household_id == household_id,
        Veto.rule_id == rule_id,
        Veto.found_on == found_on,
        Veto.refused.is_(False),
    )
    if session.scalar(same) is not None:
        raise VetoTwice(words("这一户这一天的这一条已经记过了。"))
    session.add(
        Veto(
            market_id=guard.market_id,
            id=key,
            village_code=guard.village_code,
            household_id=household_id,
            rule_id=rule_id,
            found_on=found_on,
            ends_on=veto_ends(found_on, rules[rule_id].days),
            document=document,
            recorded_by=recorded_by,
            recorded_at=at,
        )
    )
    session.flush()


def judge_veto(
    session: Session, guard: Guard, veto_id: UUID, *, confirmed: bool, reason: str = "", at: datetime
) -> VetoRecord:
    """Confirm a veto as its second person, or turn it down with a reason; judged the same again, it stays so.

    Raises ``RoleMissing``, ``NoSuchVeto``, ``OwnVeto``, ``SameHousehold``, ``VetoWrong``, ``VetoSettled``.
    """
    guard.require(*VETO_JUDGES)
    reason = "" if confirmed else _reason(reason)
    row = _locked(session, guard, veto_id)
    if row.recorded_by == guard.require_staff():
        raise OwnVeto(words("这条是您自己记的，要由另一个人确认。"))
    if queries.is_kin(session, guard, row.household_id):
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人确认。"))
    if row.judged_at is None:
        row.judged_by, row.judged_at = guard.require_staff(), at
        row.refused, row.reason = not confirmed, reason
        session.flush()
    elif (row.refused, row.judged_by) != (not confirmed, guard.staff_id) or row.lifted_at is not None:
        raise VetoSettled(words("这一条已经有人定过了。请刷新页面。"))
    return queries.veto(session, guard, veto_id, village_date(at))


def lift_veto(session: Session, guard: Guard, veto_id: UUID, *, reason: str, at: datetime) -> VetoRecord:
    """Lift a confirmed veto, on appeal or because it was wrong, with a reason; lifted again, it stays so.

    Raises ``RoleMissing``, ``NoSuchVeto``, ``SameHousehold``, ``VetoWrong``, ``VetoSettled``.
    """
    guard.require(*VETO_RECORDERS)
    reason = _reason(reason)
    row = _locked(session, guard, veto_id)
    if queries.is_kin(session, guard, row.household_id):
        raise SameHousehold(words("这是您家或亲属家的事，请回避，由别人来撤。"))
    if row.judged_at is None or row.refused:
        raise VetoSettled(words("这一条还没有认定，不用撤销。"))
    if row.lifted_at is None:
        row.lifted_by, row.lifted_at, row.reason = guard.require_staff(), at, reason
        session.flush()
    return queries.veto(session, guard, veto_id, village_date(at))


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise VetoWrong(words("请写明原因，最多 {count} 个字。"), count=LONGEST_REASON)
    return reason


def _locked(session: Session, guard: Guard, veto_id: UUID) -> Veto:
    lock_book(session, guard.market_id)
    row = session.get(Veto, (guard.market_id, veto_id), populate_existing=True)
    if row is None or row.village_code != guard.village_code:
        raise NoSuchVeto(words("本村没有这条一票否决。"))
    return row
