"""A village on the first day of its quarter: a market, staff who can sign in, nobody on the roster yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask

from love_market.clock import Quarter, village_instant
from love_market.db import new_id, transaction
from love_market.people import service as people
from love_market.people.rules import Role
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.plays import stage
from tests.conftest import Clock
from tests.flows.visitor import Visitor
from tests.plays.shapes import Home, homes

VILLAGE = "140221100222"
Q3 = Quarter(2026, 3)
PUBLIC = f"{VILLAGE}/{Q3}"
PASSWORD = "三个好记的词 一头牛"
# All names are made up.
STAFF = {
    "recorder": ("赵记", Role.RECORDER),
    "chair": ("石主", Role.CHAIR),
    "panel1": ("评议甲", Role.PANEL_MEMBER),
    "panel2": ("评议乙", Role.PANEL_MEMBER),
    "panel3": ("评议丙", Role.PANEL_MEMBER),
    "clerk": ("店员", Role.CLERK),
}


@dataclass
class Story:
    """Who is in the village, and what time it is there."""

    app: Flask
    clock: Clock
    market_id: UUID
    staff: dict[str, UUID]
    homes: Sequence[Home]

    def at(self, path: str) -> str:
        """Return the address of one of the village's pages."""
        return f"/v/{VILLAGE}{path}"

    def comes(self, name: str) -> Visitor:
        """Let somebody of the staff sit down at a browser of their own and sign in."""
        visitor = Visitor(self.app).visit("/sign-in")
        visitor.press("登录", sign_in_name=name, password=PASSWORD)
        assert visitor.path != "/sign-in"
        return visitor

    def is_now(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Put the village's clock forward to a time in 2026."""
        at = village_instant(datetime(2026, month, day).date(), hour, minute)  # noqa: DTZ001 the village's own day
        assert at > self.clock.at, "stories do not go back"
        self.clock.at = at

    def later(self, minutes: int = 5) -> None:
        """Let some minutes pass."""
        self.clock.at += timedelta(minutes=minutes)


def begin(app: Flask, clock: Clock, households: int = 12, *, with_rules: bool = True) -> Story:
    """Open the market and take on the staff; nobody lives there yet, and nothing is on the shelf."""
    with transaction() as session:
        stage.begin(session, clock())
        guard = stage.ready_village(session, VILLAGE, at=clock())
        if with_rules:
            stage.adopt_rules(session, guard, at=clock())
        stage.fill_shelf_list(session, guard, at=clock())
        staff = {
            sign_in_name: people.add_staff(
                session,
                name=name,
                sign_in_name=sign_in_name,
                password=PASSWORD,
                grants=[(VILLAGE, role)],
                at=clock(),
                key=new_id(),
            )
            for sign_in_name, (name, role) in STAFF.items()
        }
        assert not places.is_demonstration(session)
        places_service.install(session, demonstration=False, at=clock())
    return Story(app, clock, guard.market_id, staff, homes(households))
