"""Becoming a till, its name, and its end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard
from love_market.tills import token
from love_market.tills.models import Till, TillInvitation
from love_market.tills.queries import TillRecord, no_such_till, record_of
from love_market.tills.rules import INVITATION_LASTS, InvitationUnknown, check_name


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation just made: its code is shown once and not kept."""

    code: str
    name: str
    ends_at: datetime


def invite(session: Session, guard: Guard, *, name: str, at: datetime, key: UUID) -> Invitation:
    """Invite a device to become a till of the guard's village; raise ``TillNameWrong``.

    The code is good once, for half an hour. Asked again with the same key, an unused invitation gets a new code.
    """
    guard.require(*COMMITTEE)
    name, code = check_name(name), token.new_code()
    row = session.get(TillInvitation, (guard.market_id, key))
    if row is None:
        row = TillInvitation(market_id=guard.market_id, id=key, village_code=guard.village_code, made_by=guard.actor)
        session.add(row)
    elif row.till_id is not None:
        raise _unknown()
    row.name, row.code_hash, row.made_at, row.ends_at = name, token.hash_of_code(code), at, at + INVITATION_LASTS
    session.flush()
    return Invitation(code, name, row.ends_at)


def enrol(
    session: Session, market_id: UUID, code: str, public_key: bytes, *, till_id: UUID, at: datetime
) -> TillRecord:
    """Make the device with this key a till, by an invitation's code; asked again the same way, it is the same till.

    ``till_id`` is made by the device. Raises ``InvitationUnknown``, ``KeyUnreadable``.
    """
    token.key_of(public_key)
    invitation = session.scalar(
        select(TillInvitation)
        .where(TillInvitation.market_id == market_id, TillInvitation.code_hash == token.hash_of_code(code))
        .with_for_update()
    )
    if invitation is None:
        raise _unknown()
    if invitation.till_id is not None:
        row = session.get_one(Till, (market_id, invitation.till_id))
        if (row.id, bytes(row.public_key)) != (till_id, public_key):
            raise _unknown()
        return record_of(row)
    if invitation.ends_at <= at or session.get(Till, (market_id, till_id)) is not None:
        raise _unknown()
    row = Till(
        market_id=market_id,
        id=till_id,
        name=invitation.name,
        village_code=invitation.village_code,
        public_key=public_key,
        enrolled_at=at,
        enrolled_by=invitation.made_by,
        last_request=0,
        last_redemption=0,
        unsent=0,
    )
    session.add(row)
    session.flush()
    invitation.till_id = till_id
    session.flush()
    return record_of(row)


def rename(session: Session, guard: Guard, till_id: UUID, name: str) -> None:
    """Give a till another name; raise ``NoSuchTill``, ``TillNameWrong``."""
    guard.require(*COMMITTEE)
    _till(session, guard, till_id).name = check_name(name)
    session.flush()


def cut_off(session: Session, guard: Guard, till_id: UUID, *, at: datetime) -> None:
    """Cut a till off: it redeems nothing more, online at once, offline no later than its lease ends. It stays so.

    What it redeemed before and has not sent yet it may still deliver. Raises ``NoSuchTill``.
    """
    guard.require(*COMMITTEE)
    row = _till(session, guard, till_id)
    if row.cut_off_at is None:
        row.cut_off_at, row.cut_off_by = at, guard.actor
    session.flush()


def _till(session: Session, guard: Guard, till_id: UUID) -> Till:
    row = session.get(Till, (guard.market_id, till_id), with_for_update=True)
    if row is None:
        raise no_such_till()
    return row


def _unknown() -> InvitationUnknown:
    return InvitationUnknown(words("这个登记码用过了，或者过期了。请让村委会重新出一个。"))
