"""Setting the stage: a village with its market, its book, goods, rules, and a made-up cast of staff."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.deeds import service as deeds
from love_market.deeds.rules import Meeting
from love_market.ledger import service as ledger
from love_market.people import queries as people
from love_market.people import service as people_service
from love_market.people.rules import OVERSEERS, Guard, Role
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.places.queries import NoMarket
from love_market.stock import service as stock

# What is played has keys of its own, made from what is played: the same play twice is the same as once.
_PLAYS = UUID("6f1b3f5e-5a0f-4c55-9a8a-6d1c5b0a7e21")
CAST: tuple[tuple[str, Role], ...] = (
    ("演练记录员", Role.RECORDER),
    ("演练主任", Role.CHAIR),
    ("演练评议员甲", Role.PANEL_MEMBER),
    ("演练评议员乙", Role.PANEL_MEMBER),
    ("演练评议员丙", Role.PANEL_MEMBER),
    ("演练评议员丁", Role.PANEL_MEMBER),
    ("演练管理员", Role.CLERK),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in a play, one guard a part; all of them are made up and cannot sign in."""

    recorder: Guard
    chair: Guard
    clerk: Guard


def key_of(*parts: object) -> UUID:
    """Return the key of one act of a play, always the same for the same act."""
    return uuid5(_PLAYS, "/".join(str(part) for part in parts))


def program(market_id: UUID, village_code: str) -> Guard:
    """Return the guard of the program itself, when it is driven from the shell by whoever runs the machine."""
    return Guard(market_id, village_code, "system", "命令行", frozenset(Role) - OVERSEERS)


def begin(session: Session, at: datetime) -> None:
    """Let a database that says nothing yet be a real one, so that no demonstration village is put on top later."""
    places_service.load_divisions(session)
    if places.is_demonstration(session) is None:
        places_service.install(session, demonstration=False, at=at)


def ready_village(session: Session, village_code: str, *, at: datetime) -> Guard:
    """Make sure that a village has a market with its book; return the program's guard."""
    places_service.load_divisions(session)
    try:
        market_id = places.village(session, village_code).market_id
    except NoMarket:
        return open_shop(session, [village_code], at=at)
    return _with_book(session, program(market_id, village_code))


def open_shop(session: Session, village_codes: Sequence[str], *, name: str = "", at: datetime) -> Guard:
    """Open a market that serves some villages, named after the first; return the program's guard at the first.

    Raises ``NoSuchPlace`` and ``VillageServed``.
    """
    first = places.place(session, village_codes[0])
    short_name = places.VillageRecord(first.code, first.name, UUID(int=0), "").short_name
    market_id = places_service.open_market(
        session,
        name=name or f"{short_name}爱心超市",
        village_codes=village_codes,
        at=at,
        key=key_of("market", first.code),
    )
    return _with_book(session, program(market_id, first.code))


def _with_book(session: Session, guard: Guard) -> Guard:
    ledger.open_book(session, guard.market_id)
    return guard


def meeting(at: datetime) -> Meeting:
    """Return the made-up meeting of a play's thirty representatives, on the day it is played."""
    return Meeting(village_date(at), representatives=30, present=26, votes_for=24, votes_against=1, votes_abstained=1)


def adopt_rules(session: Session, guard: Guard, *, at: datetime) -> None:
    """Make sure that a village that is played has rules: the catalogue, adopted by a made-up meeting."""
    deeds.adopt_catalogue(session, guard, meeting=meeting(at), at=at)


def assemble_cast(session: Session, guard: Guard, *, at: datetime) -> Cast:
    """Make sure that the made-up cast is on the village's staff; nobody knows their passwords, not even we."""
    known = {staff.name: staff.id for staff in people.staff_at(session, guard.village_code)}
    guards: dict[str, Guard] = {}
    for name, role in CAST:
        staff_id = known.get(name) or people_service.add_staff(
            session,
            name=name,
            sign_in_name=f"{name}-{guard.village_code}",
            password=secrets.token_urlsafe(32),
            grants=[(guard.village_code, role)],
            at=at,
            key=key_of("cast", guard.village_code, name),
        )
        guards[name] = Guard.of_staff(guard.market_id, guard.village_code, staff_id, name, role)
    return Cast(guards["演练记录员"], guards["演练主任"], guards["演练管理员"])


def fill_shelf_list(session: Session, guard: Guard, *, at: datetime) -> int:
    """Make sure that the market has the usual goods on its list; return how many were new."""
    return stock.load_goods(session, guard, at=at)
