"""A market's signing keys, kept sealed in the database. Service-like: knows no Flask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.vouchers.models import SigningKey
from love_market.vouchers.rules import VoucherForged
from love_market.vouchers.token import Claims, forged, new_signing_key, seal_key, unseal_key, verify

# Markets whose keys are remembered: far more than a county has. Tokens: those of a market day's queues.
_MOST_MARKETS, _MOST_TOKENS = 5000, 20_000


def current_key_id(session: Session, market_id: UUID, secret: str, at: datetime) -> UUID:
    """Return the market's newest signing key, made now if it has none; ``secret`` seals it."""
    known = session.scalar(
        select(SigningKey.id).where(SigningKey.market_id == market_id).order_by(SigningKey.made_at.desc()).limit(1)
    )
    if known is not None:
        return known
    private_key = new_signing_key()
    row = SigningKey(
        market_id=market_id,
        id=new_id(),
        public_key=private_key.public_key().public_bytes_raw(),
        sealed_private_key=seal_key(private_key, secret),
        made_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def private_keys(session: Session, market_id: UUID, secret: str) -> dict[UUID, Ed25519PrivateKey]:
    """Return the market's keys by id, to sign what is printed; raise ``SigningKeyUnreadable`` under another secret."""
    rows = session.scalars(select(SigningKey).where(SigningKey.market_id == market_id))
    return {row.id: unseal_key(row.sealed_private_key, secret) for row in rows}


def public_keys(session: Session, market_id: UUID) -> dict[UUID, bytes]:
    """Return the market's public keys by id, 32 bytes each."""
    rows = session.execute(select(SigningKey.id, SigningKey.public_key).where(SigningKey.market_id == market_id))
    return {key_id: bytes(public_key) for key_id, public_key in rows}


class Keyring:
    """The public keys of markets as far as they were asked for: a key that was made never changes.

    Nor does what a token claims that a key vouched for: it is scanned, and soon after it pays.
    """

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[Ed25519PublicKey, ...]] = {}
        self._vouched: dict[tuple[UUID, str], Claims] = {}

    def claims(self, scanned: str, market_id: UUID, load: Callable[[], Mapping[UUID, bytes]]) -> Claims:
        """Return what a token claims once one of the market's keys vouches for it.

        ``load`` reads the market's public keys; it is called where none of those known fits. Raises ``VoucherForged``,
        ``VoucherFromAnotherMarket``.
        """
        vouched = self._vouched.get((market_id, scanned))
        if vouched is None:
            if len(self._vouched) >= _MOST_TOKENS:
                self._vouched.clear()
            vouched = self._vouched[market_id, scanned] = self._verified(scanned, market_id, load)
        return vouched

    def _verified(self, scanned: str, market_id: UUID, load: Callable[[], Mapping[UUID, bytes]]) -> Claims:
        try:
            return verify_with(self._known.get(market_id, ()), scanned, market_id)
        except VoucherForged:
            if len(self._known) >= _MOST_MARKETS:
                self._known.clear()
            self._known[market_id] = loaded(load().values())
            return verify_with(self._known[market_id], scanned, market_id)


def loaded(raw_keys: Iterable[bytes]) -> tuple[Ed25519PublicKey, ...]:
    """Return public keys (32 bytes each) ready to verify with."""
    return tuple(map(Ed25519PublicKey.from_public_bytes, raw_keys))


def verify_with(public_keys: Sequence[Ed25519PublicKey], scanned: str, market_id: UUID) -> Claims:
    """Return a token's claims once one of some keys vouches for it; raise as ``token.verify`` does."""
    for public_key in public_keys:
        try:
            return verify(scanned, public_key, market_id)
        except VoucherForged:
            continue
    raise forged()
