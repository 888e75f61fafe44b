"""Bringing along what a market's rows point at: its places, and the people who wrote them. Raises before it writes.

Reference data is the county's. A place must be the same on both sides. Somebody from the village becomes somebody in
the county, with the roles held at the market's villages and no others: whoever oversaw a county on a PC in the village
does not oversee the real one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from love_market.db import Base
from love_market.errors import Refused, words
from love_market.people.models import RoleGrant, Staff
from love_market.places import queries as places_queries
from love_market.places.models import Place
from love_market.upkeep.tables import market_column, of_markets


class PlaceDiffers(Refused):
    """A place is not the same in both databases."""


class VillageTaken(Refused):
    """A village is served by another market in the target."""


class SignInNamesClash(Refused):
    """Sign-in names are somebody else's in the target."""


_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a market needs that the target has not: rows of places (upper ones first), of staff, and of their roles."""

    places: Sequence[_Row]
    staff: Sequence[_Row]
    grants: Sequence[_Row]


def arrivals(source: Session, target: Session, market_id: UUID, renamed: Mapping[str, str]) -> Arrivals:
    """Return what must be brought along with a market; ``renamed`` gives some of the staff another sign-in name.

    Raises ``PlaceDiffers``, ``VillageTaken``, ``SignInNamesClash``.
    """
    villages = set(source.scalars(select(Place.code).where(Place.market_id == market_id)))
    at_work = select(RoleGrant.staff_id).where(RoleGrant.place_code.in_(villages))
    staff_ids = _pointed_at(source, market_id, "staff") | set(source.scalars(at_work))
    held = RoleGrant.staff_id.in_(staff_ids) & RoleGrant.place_code.in_(villages)
    known = {(row["staff_id"], row["place_code"], row["role"]) for row in _rows(target, RoleGrant, held)}
    return Arrivals(
        places=_new_places(source, target, market_id, villages | _pointed_at(source, market_id, "place")),
        staff=_new_staff(source, target, staff_ids, renamed),
        grants=[
            row
            for row in _rows(source, RoleGrant, held)
            if (row["staff_id"], row["place_code"], row["role"]) not in known
        ],
    )


def bring(target: Session, coming: Arrivals) -> None:
    """Write what must be there before a market's rows."""
    for model, rows in ((Place, coming.places), (Staff, coming.staff), (RoleGrant, coming.grants)):
        if rows:
            target.execute(insert(model), rows)


def route(source: Session, target: Session, market_id: UUID) -> None:
    """Let the target's villages be served by the market, as they are in the source."""
    villages = source.scalars(select(Place.code).where(Place.market_id == market_id)).all()
    target.execute(update(Place).where(Place.code.in_(villages)).values(market_id=market_id))


def _rows(session: Session, model: type[Base], only: ColumnElement[bool]) -> list[_Row]:
    return [dict(row) for row in session.execute(select(model.__table__).where(only)).mappings()]


def _pointed_at(session: Session, market_id: UUID, reference: str) -> set[Any]:
    """Return the keys of a table of reference data that any of the market's rows points at."""
    found: set[Any] = set()
    for table in of_markets():
        for key in table.foreign_keys:
            if key.column.table.name == reference:
                mine = select(key.parent).where(market_column(table) == market_id)
                found.update(session.scalars(mine.distinct()))
    return found - {None}


def _new_places(source: Session, target: Session, market_id: UUID, codes: Iterable[str]) -> list[_Row]:
    # Each place after those above it, as its foreign key asks.
    needed = {place.code: None for code in sorted(codes) for place in reversed(places_queries.lineage(source, code))}
    here = {row["code"]: row for row in _rows(source, Place, Place.code.in_(needed))}
    there = {row["code"]: row for row in _rows(target, Place, Place.code.in_(needed))}
    for code, row in there.items():
        if any(here[code][name] != row[name] for name in ("name", "level", "parent_code")):
            raise PlaceDiffers(
                words("代码 {code} 在村里叫“{here}”，在县里叫“{there}”，对不上。请先把两边的地名改成一样的。"),
                code=code,
                here=here[code]["name"],
                there=row["name"],
            )
        if here[code]["market_id"] == market_id and row["market_id"] not in {None, market_id}:
            raise VillageTaken(
                words("{name}在县里已经有另一家爱心超市了，搬不进去。请先问清楚哪一家是真的。"), name=row["name"]
            )
    return [here[code] | {"market_id": None} for code in needed if code not in there]


def _new_staff(source: Session, target: Session, ids: Collection[UUID], renamed: Mapping[str, str]) -> list[_Row]:
    known = set(target.scalars(select(Staff.id).where(Staff.id.in_(ids))))
    new = [row for row in _rows(source, Staff, Staff.id.in_(ids)) if row["id"] not in known]
    for row in new:
        row["sign_in_name"] = renamed.get(row["sign_in_name"], row["sign_in_name"])
    names = [row["sign_in_name"] for row in new]
    taken = {row["sign_in_name"]: row["name"] for row in _rows(target, Staff, Staff.sign_in_name.in_(names))}
    clashes = [
        f"{row['sign_in_name']}（村里是{row['name']}，县里是{taken[row['sign_in_name']]}）"
        for row in new
        if row["sign_in_name"] in taken
    ]
    if clashes:
        raise SignInNamesClash(
            words("这些登录名在县里是别人的：{names}。什么也没有搬。请给村里的人换个登录名再搬：--rename 旧名=新名"),
            names="、".join(clashes),
        )
    return sorted(new, key=lambda row: str(row["id"]))
