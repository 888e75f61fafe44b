"""A phone at the counter: its own key, made on it, and what it signs and asks with it."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from love_market.counter.records import DOMAIN
from love_market.db import new_id, transaction
from love_market.people.rules import Guard
from love_market.tills import service
from love_market.tills.token import signed_bytes


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def signature_of(key: EllipticCurvePrivateKey, signed: bytes) -> str:
    """Return a signature as WebCrypto gives it, r and s, in base64url."""
    r, s = decode_dss_signature(key.sign(signed, ECDSA(SHA256())))
    return base64url(r.to_bytes(32) + s.to_bytes(32))


@dataclass
class Device:
    """A till, or what wants to be one; ``number`` is that of its last request, ``redemptions`` of its last record."""

    client: FlaskClient
    village_code: str
    till_id: UUID = field(default_factory=new_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    number: int = 0
    redemptions: int = 0

    @property
    def public_key(self) -> str:
        return base64url(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def path(self, what: str) -> str:
        return f"/api/v1/v/{self.village_code}/{what}"

    def enrol(self, code: str) -> TestResponse:
        asked = {"code": code, "till_id": str(self.till_id), "public_key": self.public_key}
        return self.client.post(self.path("tills"), json=asked)

    def header(self, method: str, path: str, body: bytes) -> str:
        """Return the ``Till`` header of the next request."""
        self.number += 1
        signed = signed_bytes(method, path, self.till_id, self.number, body)
        return f"till={self.till_id.hex}; number={self.number}; signature={signature_of(self.key, signed)}"

    def request(self, what: str, asked: object = None) -> dict[str, Any]:
        """Return the next signed request, as the client sends it and as somebody on the line could record it."""
        body = b"" if asked is None else json.dumps(asked).encode()
        headers = {"Till": self.header("POST", self.path(what), body)}
        content_type = None if asked is None else "application/json"
        return {
            "method": "POST",
            "path": self.path(what),
            "data": body,
            "headers": headers,
            "content_type": content_type,
        }

    def ask(self, what: str, asked: object = None) -> TestResponse:
        return self.client.open(**self.request(what, asked))

    def contact(self, *, version: str | None = None, unsent: int = 0, wants_lease: bool = False) -> dict[str, Any]:
        answer = self.ask("till/contact", {"version": version, "unsent": unsent, "wants_lease": wants_lease})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def copy(self, since: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return a whole copy, or what is new since another one."""
        since = since or {"number": None, "at": None}
        answer = self.ask("till/copy", {"number": since["number"], "at": since["at"]})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def redeem(self, asked: dict[str, object]) -> TestResponse:
        """Redeem online what ``made.asked`` says."""
        self.redemptions += 1
        return self.ask("redemptions", asked | {"number": self.redemptions})

    def record(self, **told: object) -> dict[str, str]:
        """Return a record as the till writes it down and signs it."""
        body = json.dumps({"till_id": str(self.till_id)} | told, ensure_ascii=False)
        return {"body": body, "signature": signature_of(self.key, (DOMAIN + body).encode())}


def invited(chair: Guard, at: datetime, name: str = "店里的手机") -> str:
    """Return the code of a new invitation."""
    with transaction() as session:
        return service.invite(session, chair, name=name, at=at, key=new_id()).code


def enrolled(client: FlaskClient, village_code: str, chair: Guard, at: datetime, name: str = "店里的手机") -> Device:
    """Return a device that was invited and enrolled."""
    device = Device(client, village_code)
    answer = device.enrol(invited(chair, at, name))
    assert answer.status_code == 200, answer.text
    return device
