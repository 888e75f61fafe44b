"""A county's markets ready for redemptions, furnished fast: for ordeals, the cluster's tests and the benchmarks.

A scene can be read without the database: ``Scene.to_json`` and ``Scene.from_json``, so that whoever makes the load may
be a process of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from flask import Flask
from flask import session as cookie
from flask_login import login_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.db import db, new_id, reading, transaction
from love_market.ledger import service as ledger
from love_market.people import queries as people
from love_market.people.access import SignedInStaff
from love_market.people.models import RoleGrant, Staff, StaffSession
from love_market.people.rules import Guard, Role
from love_market.places import service as places
from love_market.places.models import Place
from tests.ordeal import props

AGENT = "ordeal/1"
"""What the clerks' devices call themselves: a cookie is bound to it, as to the address 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class ShelfGood:
    """A good with much of it on the shelf."""

    id: str
    price: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A voucher in somebody's hand: its id, its QR's token, its face value."""

    id: str
    token: str
    face_points: int


@dataclass(frozen=True, slots=True)
class Shop:
    """A market with a clerk who is signed in: the cookie, and the CSRF token that goes with it."""

    village_code: str
    market_id: str
    cookie: str
    csrf: str
    goods: tuple[ShelfGood, ...]
    vouchers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All markets of an installation made for a trial."""

    markets: tuple[Shop, ...]

    def to_json(self) -> str:
        """Return the scene as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` gave."""
        return cls(
            tuple(
                Shop(
                    **shop
                    | {
                        "goods": tuple(ShelfGood(**good) for good in shop["goods"]),
                        "vouchers": tuple(Paper(**paper) for paper in shop["vouchers"]),
                    }
                )
                for shop in json.loads(text)["markets"]
            )
        )


def furnish(
    settings: Settings,
    *,
    markets: int,
    households: int,
    goods_each: int = 5,
    face_points: int = 1000,
    at: datetime | None = None,
) -> Scene:
    """Fill an empty migrated database with markets of one village each; every household holds one voucher.

    The books are written by ``ledger.post`` and verify; the rows beside them are inserted in sets. Every tenth voucher
    was not handed over yet. ``at`` is now unless given. Raises ``ValueError`` for more markets than there are villages.
    """
    app, at = create_app(settings), at or utc_now()
    with app.app_context():
        codes = _villages(markets, at)
    try:
        return Scene(tuple(_shop(app, settings, code, households, goods_each, face_points, at) for code in codes))
    finally:
        with app.app_context():
            db.engine.dispose()


def _villages(count: int, at: datetime) -> Sequence[str]:
    with transaction() as session:
        places.load_divisions(session)
        places.install(session, demonstration=False, at=at)
        query = select(Place.code).where(Place.level.in_(["village", "community"])).order_by(Place.code)
        codes = session.scalars(query).all()
    if len(codes) < count:
        raise ValueError(f"the county has {len(codes)} villages and communities, not {count}")
    return codes[:count]


def _shop(
    app: Flask, settings: Settings, code: str, households: int, goods_each: int, face_points: int, at: datetime
) -> Shop:
    with app.app_context(), transaction() as session:
        market_id = places.open_market(session, name="爱心超市", village_codes=[code], at=at, key=new_id())
        ledger.open_book(session, market_id)
        guard, session_id = _clerk(session, market_id, code, at)
        goods = props.stocked(session, guard, goods_each, at)
        holders = props.households(session, guard, households, at)
        papers = props.issued(session, guard, holders, face_points, settings.secret_key, at)
    value, csrf = _signed_in(app, session_id)
    return Shop(
        code,
        str(market_id),
        value,
        csrf,
        tuple(ShelfGood(str(good_id), price) for good_id, price in goods),
        tuple(Paper(str(voucher_id), token, face_points) for voucher_id, token in papers),
    )


def _clerk(session: Session, market_id: UUID, code: str, at: datetime) -> tuple[Guard, UUID]:
    staff_id, session_id = new_id(), new_id()
    staff = {
        "id": staff_id,
        "sign_in_name": f"clerk-{code}",
        "name": "王店",
        "password_hash": "unset",
        "created_at": at,
    }
    session.execute(insert(Staff), [staff])
    grant = {"staff_id": staff_id, "place_code": code, "role": Role.CLERK, "granted_at": at}
    session.execute(insert(RoleGrant), [grant])
    session.execute(insert(StaffSession), [{"id": session_id, "staff_id": staff_id, "begun_at": at}])
    return Guard.of_staff(market_id, code, staff_id, "王店", Role.CLERK), session_id


def _signed_in(app: Flask, session_id: UUID) -> tuple[str, str]:
    """Return the cookie and the CSRF token of a sign-in, as the sign-in page gives them to a browser."""
    # A context of its own each: what Flask-WTF and Flask-Login remember of one clerk must not reach the next.
    with app.test_request_context(headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        with reading() as session:
            staff = people.staff_of_session(session, session_id)
        assert staff is not None
        login_user(SignedInStaff(session_id, staff))
        csrf = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return str(signer.dumps(dict(cookie))), str(csrf)
