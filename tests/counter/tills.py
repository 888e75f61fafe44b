"""A till played by a test: it has a key, signs what it sends, and writes down what it hands out without a network."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from love_market.counter.records import DOMAIN
from love_market.counter.rules import BasketLine
from love_market.db import new_id
from love_market.people.rules import Guard
from love_market.tills import service
from love_market.tills.token import signed_bytes
from tests.counter.made import Shop

Record = dict[str, str]


@dataclass
class PlayedTill:
    """A till with its key; ``number`` counts its redemptions, ``requests`` what it asked."""

    id: UUID = field(default_factory=new_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    number: int = 0
    requests: int = 0

    def enrol(self, session: Session, guard: Guard, name: str, at: datetime) -> None:
        """Become a till by the committee's invitation."""
        code = service.invite(session, guard, name=name, at=at, key=new_id()).code
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        service.enrol(session, guard.market_id, code, public, till_id=self.id, at=at)

    def sign(self, signed: bytes) -> str:
        """Return r and s in base64url, as WebCrypto gives them."""
        halves = decode_dss_signature(self.key.sign(signed, ECDSA(SHA256())))
        return base64.urlsafe_b64encode(b"".join(half.to_bytes(32) for half in halves)).decode().rstrip("=")

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """Return the header that proves a request, the next in number."""
        self.requests += 1
        signature = self.sign(signed_bytes(method, path, self.id, self.requests, body))
        return {"Till": f"till={self.id.hex}; number={self.requests}; signature={signature}"}

    def record(self, **told: Any) -> Record:  # noqa: ANN401 whatever a record may say
        """Return a record as the till keeps it: the body in one string, and the signature over it."""
        body = json.dumps({"till_id": str(self.id), **told}, ensure_ascii=False, default=str)
        return {"body": body, "signature": self.sign((DOMAIN + body).encode())}

    def redeemed(
        self,
        clerk: Guard,
        payments: Sequence[tuple[UUID, int]],
        basket: Sequence[BasketLine],
        at: datetime,
        *,
        shown: Mapping[UUID, Mapping[str, str]],
        key: UUID | None = None,
        **more: Any,  # noqa: ANN401 whatever else a record may say
    ) -> Record:
        """Return the record of a basket handed out; ``shown`` is each voucher's ``token`` or ``code``."""
        self.number += 1
        vouchers = [
            {"id": str(one), "amount_points": paid, "before_points": paid, "after_points": 0, **shown.get(one, {})}
            for one, paid in payments
        ]
        lines = [
            {"good_id": str(line.good_id), "quantity": line.quantity, "points_each": line.points_each}
            for line in basket
        ]
        return self.record(
            kind="redeem",
            number=self.number,
            key=key or new_id(),
            at=at.isoformat(),
            clerk_id=clerk.require_staff(),
            vouchers=vouchers,
            basket=lines,
            **more,
        )

    def undone(self, clerk: Guard, redemption_id: UUID, at: datetime, *, key: UUID | None = None) -> Record:
        """Return the record of a redemption that was taken back."""
        self.number += 1
        return self.record(
            kind="undo",
            number=self.number,
            key=key or new_id(),
            at=at.isoformat(),
            clerk_id=clerk.require_staff(),
            redemption_id=redemption_id,
            reason="拿错了货",
        )


def noodles(phone: PlayedTill, shop: Shop, at: datetime, index: int = 0, **more: Any) -> Record:  # noqa: ANN401
    """Return the record of two noodles for sixteen points, the voucher shown by its short code."""
    voucher = shop.vouchers[index]
    shown = more.pop("shown", {voucher.id: {"code": voucher.short_code}})
    return phone.redeemed(shop.village.clerk, [(voucher.id, 16)], [shop.line("挂面", 2)], at, shown=shown, **more)


def altered(record: Record) -> Record:
    """Return a record that somebody changed after it was signed."""
    return record | {"body": record["body"].replace('"quantity": 2', '"quantity": 1')}
