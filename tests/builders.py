"""Makes what tests need by calling the real services."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from love_market.clock import utc_now, village_date
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds_queries
from love_market.deeds import service as deeds
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import Meeting
from love_market.ledger import service as ledger
from love_market.people.models import Household, HouseholdSession, RoleGrant, Staff, StaffSession
from love_market.people.rules import Guard, Role
from love_market.places import service as places
from love_market.places.queries import MarketSettings

VILLAGE_CODE = "140221100222"
# All names are made up.
HEADS = (
    "孔振明",
    "姚改",
    "蒋凤",
    "郑振明",
    "曾志",
    "吕娥花",
    "傅龙财",
    "张翠",
    "武财",
    "孔小满",
    "刘满仓",
    "马秀英",
)


@dataclass(frozen=True)
class Village:
    """A village ready for a quarter: its ids and one guard a role."""

    code: str
    market_id: UUID
    households: tuple[UUID, ...]
    recorder: Guard
    chair: Guard
    panel: tuple[Guard, ...]
    grid_worker: Guard
    clerk: Guard


def village(session: Session, *, at: datetime, code: str = VILLAGE_CODE, households: int = 12) -> Village:
    """Open a market at a village with staff, ``households`` households; nothing is scored yet."""
    places.load_divisions(session)
    places.install(session, demonstration=False, at=at)
    market_id = places.open_market(session, name="守口堡村爱心超市", village_codes=[code], at=at, key=new_id())
    ledger.open_book(session, market_id)
    ids = []
    for index in range(households):
        head = HEADS[index % len(HEADS)]
        row = Household(
            market_id=market_id,
            id=new_id(),
            village_code=code,
            number=f"{index + 1:03}",
            head_name=head,
            group_name="一组" if index % 2 == 0 else "二组",
            grid_name="第1网格",
            member_count=3,
            created_at=at,
        )
        session.add(row)
        ids.append(row.id)
    session.flush()

    def member_of_staff(name: str, *roles: Role) -> Guard:
        staff = Staff(id=new_id(), sign_in_name=f"{name}-{code}", name=name, password_hash="unset", created_at=at)
        session.add(staff)
        session.flush()
        for role in roles:
            session.add(RoleGrant(staff_id=staff.id, place_code=code, role=role, granted_at=at))
        session.flush()
        return Guard.of_staff(market_id, code, staff.id, name, *roles)

    return Village(
        code=code,
        market_id=market_id,
        households=tuple(ids),
        recorder=member_of_staff("赵记", Role.RECORDER),
        chair=member_of_staff("石主", Role.CHAIR),
        panel=tuple(member_of_staff(f"评议{n}", Role.PANEL_MEMBER) for n in "甲乙丙丁戊"),
        grid_worker=member_of_staff("网格", Role.GRID_WORKER),
        clerk=member_of_staff("店员", Role.CLERK),
    )


def change_settings(
    session: Session, village: Village, settings: MarketSettings, *, at: datetime | None = None
) -> None:
    """Let the chair save a market's settings."""
    by = village.chair.require_staff()
    places.change_settings(session, village.market_id, settings, by=by, at=at or utc_now(), key=new_id())


def review(session: Session, village: Village, deed_id: UUID, *, at: datetime) -> DeedRecord:
    """Let a deed that nobody stands aside from pass both reviews, and return it accepted."""
    told_by = deeds_queries.deed(session, village.chair, deed_id).recorded_by
    first = village.panel[0] if told_by == village.grid_worker.staff_id else village.grid_worker
    deeds.first_review(session, first, deed_id, at=at)
    return deeds.accept(
        session, village.recorder if told_by == village.chair.staff_id else village.chair, deed_id, at=at
    )


def meeting(at: datetime) -> Meeting:
    """Return a meeting of the village's representatives that adopts whatever it is asked to, on the day of ``at``."""
    return Meeting(village_date(at), representatives=30, present=26, votes_for=24, votes_against=1, votes_abstained=1)


def adopt_catalogue(session: Session, guard: Guard, *, at: datetime) -> UUID:
    """Adopt the built-in catalogue of rules by a meeting, where the village has no rules yet."""
    return deeds.adopt_catalogue(session, guard, meeting=meeting(at), at=at)


def sign_in(client: FlaskClient, guard: Guard, *, at: datetime | None = None) -> UUID:
    """Sign a member of staff or a household in at a test client, as if it had just passed the sign-in page.

    Returns the id of the sign-in, whose row ends it.
    """
    session_id, begun_at = new_id(), at or utc_now()
    with transaction() as session:
        if guard.staff_id is not None:
            session.add(StaffSession(id=session_id, staff_id=guard.staff_id, begun_at=begun_at))
            identity = f"staff:{session_id.hex}"
        else:
            assert guard.household_id is not None, "the public signs in nowhere"
            session.add(
                HouseholdSession(
                    market_id=guard.market_id, id=session_id, household_id=guard.household_id, begun_at=begun_at
                )
            )
            identity = f"household:{guard.market_id.hex}:{session_id.hex}"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = identity
        cookie["_fresh"] = True
    g.pop("_login_user", None)  # a test's requests share one application context, which remembers who was there
    return session_id
