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
from love_market.clock import Quarter, utc_now, village_date
from love_market.config import Settings
from love_market.db import db, new_id, reading, transaction
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft
from love_market.people import queries as people
from love_market.people.access import SignedInStaff
from love_market.people.models import Household, RoleGrant, Staff, StaffSession
from love_market.people.rules import Guard, Role
from love_market.places import service as places
from love_market.places.models import Place
from love_market.points import legs as points
from love_market.points import service as awards
from love_market.stock import legs as stock
from love_market.stock.models import Good, Lot
from love_market.vouchers import keys
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import State, lapses_on, serial_no
from love_market.vouchers.service import unused_short_codes
from love_market.vouchers.token import Claims, sign

AGENT = "ordeal/1"
"""What the clerks' devices call themselves: a cookie is bound to it, as to the address 127.0.0.1."""

PRICES = (1, 2, 3, 5, 8, 4, 6, 10, 12, 20)
"""What goods cost, in points each; the first costs one, so that any voucher can be emptied."""

_STOCK_EACH = 50_000_000
_VALID_DAYS = 180


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
        goods = _stocked(session, guard, goods_each, at)
        holders = _households(session, guard, households, at)
        papers = _issued(session, guard, holders, face_points, settings.secret_key, at)
    value, csrf = _signed_in(app, session_id)
    return Shop(code, str(market_id), value, csrf, goods, papers)


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


def _stocked(session: Session, guard: Guard, count: int, at: datetime) -> tuple[ShelfGood, ...]:
    ids = [new_id() for _ in range(count)]
    goods = [
        {
            "market_id": guard.market_id,
            "id": good_id,
            "name": f"货{number + 1}",
            "unit_name": "件",
            "points_price": PRICES[number % len(PRICES)],
            "position": number + 1,
            "created_at": at,
        }
        for number, good_id in enumerate(ids)
    ]
    session.execute(insert(Good), goods)
    lots = [(good_id, new_id()) for good_id in ids]
    moved = [leg for good_id, lot_id in lots for leg in stock.receive("bought", good_id, lot_id, _STOCK_EACH)]
    draft = Draft("receive", at, guard.actor, "采购", new_id(), moved, input=len(lots))
    entry = ledger.post(session, guard.market_id, draft).number
    received = {"source": "bought", "quantity_received": _STOCK_EACH, "received_at": at, "entry_number": entry}
    session.execute(
        insert(Lot),
        [{"market_id": guard.market_id, "id": lot_id, "good_id": good_id} | received for good_id, lot_id in lots],
    )
    return tuple(ShelfGood(str(good_id), PRICES[number % len(PRICES)]) for number, good_id in enumerate(ids))


def _households(session: Session, guard: Guard, count: int, at: datetime) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    rows = [
        {
            "market_id": guard.market_id,
            "id": household_id,
            "village_code": guard.village_code,
            "number": f"{number + 1:05}",
            "head_name": f"户主{number + 1}",
            "created_at": at,
        }
        for number, household_id in enumerate(ids)
    ]
    session.execute(insert(Household), rows)
    return ids


def _issued(
    session: Session, guard: Guard, holders: Sequence[UUID], face_points: int, secret: str, at: datetime
) -> tuple[Paper, ...]:
    market_id, quarter, appraisal_id = guard.market_id, str(Quarter.of(village_date(at))), new_id()
    awards.grant(session, guard, appraisal_id, face_points * len(holders), at=at, key=new_id(), reason="本季额度")
    given = [(holder, face_points) for holder in holders]
    awards.award(session, guard, appraisal_id, given, at=at, key=new_id(), reason="认定")
    held = [(holder, new_id()) for holder in holders]
    moved = points.hold([(holder, voucher_id, face_points) for holder, voucher_id in held])
    entry = ledger.post(session, market_id, Draft("issue", at, guard.actor, "发券", new_id(), moved, input=quarter))
    key_id, batch_id = keys.current_key_id(session, market_id, secret, at), new_id()
    expires_on = lapses_on(village_date(at), _VALID_DAYS)
    batch = {"market_id": market_id, "id": batch_id, "village_code": guard.village_code, "quarter": quarter}
    batch |= {"expires_on": expires_on, "issued_at": at, "issued_by": guard.actor, "entry_number": entry.number}
    session.execute(insert(VoucherBatch), [batch])
    codes = unused_short_codes(session, market_id, len(held))
    rows = [
        {
            "market_id": market_id,
            "id": voucher_id,
            "batch_id": batch_id,
            "household_id": holder,
            "signing_key_id": key_id,
            "serial_no": serial_no(quarter, number),
            "short_code": code,
            "face_points": face_points,
            "expires_on": expires_on,
            "state": State.ISSUED if number % 10 == 0 else State.HANDED_OVER,
            "state_changed_at": at,
            "handed_over_at": None if number % 10 == 0 else at,
        }
        for number, ((holder, voucher_id), code) in enumerate(zip(held, codes, strict=True), 1)
    ]
    session.execute(insert(Voucher), rows)
    private_key = keys.private_keys(session, market_id, secret)[key_id]
    return tuple(
        Paper(str(voucher_id), sign(private_key, Claims(market_id, voucher_id, face_points, expires_on)), face_points)
        for _holder, voucher_id in held
    )
