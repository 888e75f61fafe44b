"""The real server behind the same face as the small one: signed requests over HTTP, the real ledger."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from love_market.counter.models import Redemption
from love_market.db import db, new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.ledger.rules import POINTS
from love_market.tills import queries as tills
from love_market.tills import service as till_service
from love_market.tills.rules import LeaseRuns
from tests.conftest import Clock
from tests.counter.made import Shop
from tests.counter.network.books import BROWSER, TICK, Entry, Request, instant, pairs
from tests.counter.network.till import Reply

GOOD, PRICE = "食盐", 2
FACES = (1, 2)
"""Points on the vouchers, as many times the price."""

STORY = UUID(int=77)


@dataclass(frozen=True)
class Device:
    """A till's own secret, and the browser that is signed in at it."""

    id: UUID
    secret: ec.EllipticCurvePrivateKey
    client: FlaskClient

    def signature(self, text: str) -> str:
        """Return a signature as WebCrypto makes it: r and s in base64url."""
        halves = decode_dss_signature(self.secret.sign(text.encode(), ec.ECDSA(SHA256())))
        return base64.urlsafe_b64encode(b"".join(half.to_bytes(32) for half in halves)).decode().rstrip("=")

    def proof(self, number: int, method: str, path: str, body: str) -> dict[str, str]:
        """Return the header that signs a request."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        signed = self.signature("\n".join(["love-market till 1", method, path, self.id.hex, str(number), digest]))
        return {"Till": f"till={self.id.hex}; number={number}; signature={signed}"}

    def record(self, told: Mapping[str, Any]) -> dict[str, str]:
        """Return a record as it travels."""
        body = json.dumps(told)
        return {"body": body, "signature": self.signature(f"love-market record 1\n{body}")}


def enrolled(shop: Shop, name: str, client: FlaskClient, clock: Clock) -> Device:
    """Invite a device and let it become a till."""
    secret, till_id = ec.generate_private_key(ec.SECP256R1()), new_id()
    point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    with transaction() as session:
        invited = till_service.invite(session, shop.village.chair, name=name, at=clock(), key=new_id())
        public = secret.public_key().public_bytes(*point)
        till_service.enrol(session, shop.village.market_id, invited.code, public, till_id=till_id, at=clock())
    return Device(till_id, secret, client)


def key_of(operation: int) -> UUID:
    """Return the key that a till makes for an operation."""
    return uuid5(STORY, str(operation))


@dataclass
class RealBooks:
    """The application on its database; what it says is told as the small server would."""

    shop: Shop
    devices: tuple[Device, Device]
    browser: FlaskClient
    clock: Clock
    cut_off: tuple[bool, ...] = (False, False)
    last: tuple[int, ...] = ()
    records: dict[int, dict[str, str]] = field(default_factory=dict)

    def holder(self) -> int | None:
        """Return which till holds the lease."""
        with reading() as session:
            till_id = tills.lease(session, self.shop.village.clerk).till_id
        return None if till_id is None else [one.id for one in self.devices].index(till_id)

    def hear(self, _request: Request, _now: int) -> "RealBooks":
        """Leave it to the application: it hears and acts."""
        return self

    def settle(self, now: int) -> "RealBooks | None":
        """Wait no longer for the holder; None while its lease runs."""
        self._at(now)
        try:
            with transaction() as session:
                till_service.settle(session, self.shop.village.chair, at=self.clock())
        except LeaseRuns:
            return None
        return self

    def cutting_off(self, till: int) -> "RealBooks":
        """Cut a till off."""
        with transaction() as session:
            till_service.cut_off(session, self.shop.village.chair, self.devices[till].id, at=self.clock())
        self.cut_off = tuple(one or at == till for at, one in enumerate(self.cut_off))
        return self

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was redeemed, as the ledger has it."""
        names = {key_of(operation): operation for operation in range(20)}
        with reading() as session:
            rows = session.scalars(select(Redemption).order_by(Redemption.entry_number)).all()
            lacks = books.held_by_owner(session, self.shop.village.market_id, "disputed", [row.id for row in rows])
            found = []
            for row in rows:
                lacking = -lacks.get(row.id, {}).get(POINTS, 0) // PRICE
                found.append(Entry(names[row.id], -1, row.total_points // PRICE - lacking, BROWSER))
        return tuple(found)

    def act(self, request: Request, now: int) -> tuple["RealBooks", Reply]:
        """Ask the application."""
        self._at(now)
        what, body, method = self._http(request, now)
        path = f"/api/v1/v/{self.shop.village.code}/{what}"
        text = json.dumps(body) if method == "POST" else ""
        is_browser = request.till == BROWSER
        headers = {} if is_browser else self.devices[request.till].proof(request.number, method, path, text)
        client = self.browser if is_browser else self.devices[request.till].client
        kind = "application/json" if text else None
        answer = client.open(path, method=method, data=text or None, content_type=kind, headers=headers)
        return self, self._reply(request, answer)

    def _at(self, now: int) -> None:
        self.clock.at = instant(0) + now * TICK

    def _http(self, request: Request, now: int) -> tuple[str, dict[str, object], str]:
        if request.what == "contact":
            return "till/contact", {"version": None, "unsent": 0, "wants_lease": True}, "POST"
        if request.what == "copy":
            return "till/copy", {"number": None, "at": None}, "POST"
        if request.what == "records":
            told = [self._record(request.till, *one, now) for one in pairs(request.body)]
            return "records", {"records": told}, "POST"
        if request.what == "give-back":
            return "till/give-back", {}, "POST"
        key, voucher = request.body
        assert isinstance(key, int)
        assert isinstance(voucher, int)
        if request.what == "look":
            return f"redemptions/{key_of(key)}", {}, "GET"
        asked: dict[str, object] = {
            "key": str(key_of(key)),
            "voucher_ids": [str(self.shop.vouchers[voucher].id)],
            "basket": [self._line()],
            "tokens": [self._token(voucher)],
        }
        return "redemptions", asked if request.till == BROWSER else asked | {"number": key + 1}, "POST"

    def _line(self) -> dict[str, object]:
        return {"good_id": str(self.shop.goods[GOOD]), "quantity": 1, "points_each": PRICE}

    def _token(self, voucher: int) -> str:
        return self.shop.urls[voucher].rsplit("/", 1)[-1]

    def _record(self, till: int, key: int, voucher: int, now: int) -> dict[str, str]:
        if key not in self.records:
            paid = {"id": str(self.shop.vouchers[voucher].id), "amount_points": PRICE, "before_points": PRICE}
            told = {
                "kind": "redeem",
                "till_id": str(self.devices[till].id),
                "number": key + 1,
                "key": str(key_of(key)),
                "at": instant(now).isoformat(),
                "clerk_id": str(self.shop.village.clerk.staff_id),
                "vouchers": [paid | {"after_points": 0, "token": self._token(voucher), "code": None}],
                "basket": [self._line()],
            }
            self.records[key] = self.devices[till].record(told)
        return self.records[key]

    def _reply(self, request: Request, answer: TestResponse) -> Reply:
        data = answer.get_json()
        if not answer.status_code < HTTPStatus.BAD_REQUEST:
            assert answer.status_code in (403, 404, 409), data
            usual = "none" if request.what == "look" else "refused"
            return Reply({"RequestUsed": "used", "TillCutOff": "not let in"}.get(data["error"], usual))
        return self._said(request, data)

    def _said(self, request: Request, data: dict[str, Any]) -> Reply:
        if request.what == "contact":
            lease = data["lease"]
            return Reply("contact", lease["held"], lease["term"], lease["wanted"], data["cut_off"], self._head())
        if request.what == "copy":
            held = {one["id"]: one["balance_points"] // PRICE for one in data["vouchers"]}
            left = tuple(held.get(str(one.id), 0) for one in self.shop.vouchers)
            return Reply("copy", term=data["term"], number=data["number"], left=left)
        if request.what == "records":
            assert all(one["outcome"] in ("booked", "disputed") for one in data["outcomes"]), data
            keys = [key for key, _ in pairs(request.body)]
            outcomes = [(key, one["entry_number"]) for key, one in zip(keys, data["outcomes"], strict=True)]
            return Reply("records", outcomes=tuple(outcomes))
        return Reply("done") if request.what == "give-back" else Reply("booked", number=data["entry_number"])

    def _head(self) -> int:
        with reading() as session:
            return books.head(session, self.shop.village.market_id).number

    @property
    def path(self) -> str:
        """Where the database's file is."""
        return str(db.engine.url.database)
