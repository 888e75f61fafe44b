"""Signing in and out: every try is charged before its secret is looked at, so that racing guesses gain nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from love_market.clock import village_time
from love_market.db import new_id
from love_market.errors import words
from love_market.people import queries, token
from love_market.people.models import HouseholdSession, SignInThrottle, Staff, StaffSession
from love_market.people.rules import (
    FORGET_FAILURES_AFTER,
    LONGEST_NAME,
    LONGEST_PASSWORD,
    NoSuchCard,
    SignInFailed,
    SignInTooSoon,
    check_password,
    sign_in_name_key,
    wait_after,
)
from love_market.places.queries import NoMarket, NoSuchPlace
from love_market.places.queries import village as village_of_code


@dataclass(frozen=True, slots=True)
class ProvedStaff:
    """A member of staff whose password was right; ``new_hash`` where it is to be hashed with today's parameters."""

    staff_id: UUID
    subject: str
    new_hash: str | None


@dataclass(frozen=True, slots=True)
class HouseholdSignIn:
    """A sign-in of a household."""

    session_id: UUID
    market_id: UUID
    household: queries.HouseholdRecord


def staff_subject(sign_in_name: str) -> str:
    """Return what failed sign-ins of a name are counted under."""
    return f"staff:{sign_in_name_key(sign_in_name)[:LONGEST_NAME]}"


def card_subject(card_key: str) -> str:
    """Return what failed sign-ins with a card are counted under."""
    return f"card:{card_key.upper()[:LONGEST_NAME]}"


def charge_attempt(session: Session, subject: str, *, at: datetime) -> None:
    """Count a try as failed before it is looked at; a right one takes it back.

    After five failures in a row the wait grows from 30 seconds to 15 minutes; raises ``SignInTooSoon`` while it
    runs. Counts of more than a day ago are forgotten.
    """
    session.execute(delete(SignInThrottle).where(SignInThrottle.wait_until < at - FORGET_FAILURES_AFTER))
    row = session.scalar(select(SignInThrottle).where(SignInThrottle.subject == subject).with_for_update())
    if row is None:
        session.add(SignInThrottle(subject=subject, failures=1, wait_until=at))
    elif at < row.wait_until:
        raise SignInTooSoon(
            words("错的次数多了，先歇一歇。{when} 以后再试；忘了密码，请找村主任重设。"),
            when=f"{village_time(row.wait_until):%H:%M:%S}",
            until=row.wait_until,
        )
    else:
        row.failures = min(row.failures + 1, 1000)
        row.wait_until = at + wait_after(row.failures)
    session.flush()


def prove_password(session: Session, sign_in_name: str, password: str) -> ProvedStaff:
    """Return who has this name and password; raise ``SignInFailed``. Slow on purpose, and only reads."""
    known = queries.credentials(session, sign_in_name)
    if not token.password_matches(known.password_hash, password[: LONGEST_PASSWORD + 1]) or known.staff_id is None:
        raise SignInFailed(words("登录名或密码不对。请看清大小写再试；忘了密码，请找村主任重设。"))
    outdated = known.password_hash is not None and token.password_is_outdated(known.password_hash)
    return ProvedStaff(known.staff_id, staff_subject(sign_in_name), token.hash_password(password) if outdated else None)


def begin_staff_session(session: Session, proved: ProvedStaff, *, at: datetime) -> UUID:
    """Open a sign-in for somebody whose password was right, and forget the failures; return its id."""
    if proved.new_hash is not None:
        session.execute(update(Staff).where(Staff.id == proved.staff_id).values(password_hash=proved.new_hash))
    session.execute(delete(SignInThrottle).where(SignInThrottle.subject == proved.subject))
    row = StaffSession(id=new_id(), staff_id=proved.staff_id, begun_at=at)
    session.add(row)
    session.flush()
    return row.id


def sign_in(session: Session, sign_in_name: str, password: str, *, at: datetime) -> UUID:
    """Sign somebody in and return the sign-in's id; raise ``SignInFailed`` or ``SignInTooSoon``.

    The three steps in one session; pages take them one by one, so that a failure stays counted.
    """
    charge_attempt(session, staff_subject(sign_in_name), at=at)
    return begin_staff_session(session, prove_password(session, sign_in_name, password), at=at)


def sign_out(session: Session, session_id: UUID, *, at: datetime) -> None:
    """End one sign-in of staff."""
    session.execute(
        update(StaffSession).where(StaffSession.id == session_id, StaffSession.ended_at.is_(None)).values(ended_at=at)
    )


def change_password(session: Session, staff_id: UUID, old: str, new: str, *, at: datetime) -> None:
    """Change somebody's own password and end all sign-ins; raise ``SignInFailed`` or ``PasswordTooWeak``."""
    staff = session.get_one(Staff, staff_id)
    if not token.password_matches(staff.password_hash, old[: LONGEST_PASSWORD + 1]):
        raise SignInFailed(words("现在的密码不对。"))
    check_password(new, staff.name, staff.sign_in_name)
    staff.password_hash = token.hash_password(new)
    end_all_sessions(session, staff_id, at=at)


def end_all_sessions(session: Session, staff_id: UUID, *, at: datetime) -> None:
    """End every sign-in of somebody."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    session.flush()


def prove_pin(session: Session, card_key: str, pin: str) -> queries.CardHolder:
    """Return the household of a card and PIN; raise ``NoSuchCard`` or ``SignInFailed``. Slow, and only reads."""
    holder = holder_of_card(session, card_key)
    if not token.pin_matches(holder.pin_hash, pin.strip()):
        raise SignInFailed(words("六位数字不对。数字印在卡片的背面；看不清，请到村委会换一张。"))
    return holder


def holder_of_card(session: Session, card_key: str) -> queries.CardHolder:
    """Return whose card this is; raise ``NoSuchCard`` for one that is dead or was never made."""
    code = token.village_of_card(card_key)
    try:
        village = None if code is None else village_of_code(session, code)
    except (NoMarket, NoSuchPlace):
        village = None
    holder = None if village is None else queries.card_holder(session, village.market_id, card_key)
    if holder is None:
        raise NoSuchCard(words("这张卡不能用了，可能已经换过新卡。请用新卡，或到村委会补一张。"))
    return holder


def begin_household_session(
    session: Session, holder: queries.CardHolder, card_key: str, *, at: datetime
) -> HouseholdSignIn:
    """Open a sign-in for a household whose PIN was right, and forget the failures."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.subject == card_subject(card_key)))
    row = HouseholdSession(market_id=holder.market_id, id=new_id(), household_id=holder.household.id, begun_at=at)
    session.add(row)
    session.flush()
    return HouseholdSignIn(row.id, holder.market_id, holder.household)


def sign_in_household(session: Session, card_key: str, pin: str, *, at: datetime) -> HouseholdSignIn:
    """Sign a household in with its card and PIN; raise ``NoSuchCard``, ``SignInFailed`` or ``SignInTooSoon``."""
    charge_attempt(session, card_subject(card_key), at=at)
    return begin_household_session(session, prove_pin(session, card_key, pin), card_key, at=at)


def sign_out_household(session: Session, market_id: UUID, session_id: UUID, *, at: datetime) -> None:
    """End one sign-in of a household."""
    session.execute(
        update(HouseholdSession)
        .where(
            HouseholdSession.market_id == market_id,
            HouseholdSession.id == session_id,
            HouseholdSession.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
