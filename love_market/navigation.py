"""What stands at the head of every page: the place, the way to the rooms, who is signed in."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from love_market.db import reading
from love_market.errors import words
from love_market.people.access import signed_in_title
from love_market.people.rules import COMMITTEE, OVERSEERS, VILLAGE_STAFF, Guard, Role
from love_market.places import queries as places
from love_market.places.queries import VillageRecord
from love_market.web import language

ROOMS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("reports.desk", words("案头"), VILLAGE_STAFF | OVERSEERS),
    ("people.index", words("农户"), COMMITTEE | OVERSEERS | {Role.GRID_WORKER}),
    ("deeds.index", words("好事"), VILLAGE_STAFF - {Role.CLERK}),
    ("appraisals.index", words("评分"), COMMITTEE | OVERSEERS | {Role.PANEL_MEMBER}),
    ("vouchers.index", words("积分券"), COMMITTEE),
    ("counter.index", words("兑换台"), frozenset({Role.CLERK})),
    ("stock.index", words("库存"), COMMITTEE | {Role.CLERK}),
    ("reports.books", words("账本"), VILLAGE_STAFF | OVERSEERS),
    ("reports.papers_list", words("打印"), COMMITTEE | OVERSEERS),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way in the head of the page."""

    endpoint: str
    url: str
    label: str
    active: bool


def nav_items() -> list[NavItem]:
    """Return the rooms that the signed-in person may enter at the village of this page."""
    guard: Guard | None = g.get("guard")
    if guard is None:
        return []
    here = request.endpoint or ""
    return [
        NavItem(endpoint, url_for(endpoint, village_code=guard.village_code), _(label), _is_active(endpoint, here))
        for endpoint, label, roles in ROOMS
        if guard.roles & roles and endpoint in current_app.view_functions
    ]


def _is_active(endpoint: str, here: str) -> bool:
    room = endpoint.partition(".")[0]
    return here == endpoint if room == "reports" else here.partition(".")[0] == room


def place_name() -> str:
    """Return the name at the head of the page: the village's, else the program's."""
    village: VillageRecord | None = g.get("village")
    return village.short_name if village else _("爱心超市")


def is_demonstration() -> bool:
    """Return whether this database is a demonstration; asked of the database until it has said."""
    known: bool | None = current_app.extensions.get("love_market_demonstration")
    if known is None:
        with reading() as session:
            known = places.is_demonstration(session)
        current_app.extensions["love_market_demonstration"] = known
    return bool(known)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who the head of the page says is signed in."""

    title: str


def home_url() -> str:
    """Return where the seal leads: the desk of the village of this page, else the front page."""
    guard: Guard | None = g.get("guard")
    return url_for("reports.desk", village_code=guard.village_code) if guard and guard.staff_id else "/"


def init_app(app: Flask) -> None:
    """Offer the head of the page to all templates."""

    @app.context_processor
    def _head() -> dict[str, object]:
        title = signed_in_title()
        return {
            "nav": nav_items(),
            "place_name": place_name(),
            "home_url": home_url(),
            "signed_in": SignedIn(title) if title else None,
            "demonstration": is_demonstration(),
            "lang": language.html_code(),
        }
