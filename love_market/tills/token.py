r"""How a till proves itself: the code that invites it, and the signature over each request. Pure.

A till signs with ECDSA over P-256 and SHA-256, which every phone browser has had since 2015 (Ed25519 came in 2025). Its
key is made in the browser, cannot be read out of it, and never travels. What is signed binds the request whole:

    love-market till 1 \n METHOD \n PATH \n TILL \n NUMBER \n SHA-256 OF THE BODY

in UTF-8, the till's id and the hash in lower-case hex. The signature is r and s, 32 bytes each, in base64url without
padding, as WebCrypto gives it.
"""

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from love_market.errors import words
from love_market.tills.rules import KeyUnreadable, ProofMissing, ProofWrong

_HEADER = re.compile(r"till=([0-9a-f]{32}); number=(\d{1,18}); signature=([A-Za-z0-9_-]{86})")
_HALF = 32
_CODE_BYTES = 20
_DOMAIN = "love-market till 1"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the ``Till`` header of a request says: which till, the request's number, the signature (64 bytes)."""

    till_id: UUID
    number: int
    signature: bytes


def read_proof(header: str) -> Proof:
    """Return what a ``Till`` header says; raise ``ProofMissing`` for one that cannot be read."""
    match = _HEADER.fullmatch(header)
    if match is None:
        raise ProofMissing(words("这台机器没有签名，不认得它。请到村委会重新登记兑换机。"))
    return Proof(UUID(match[1]), int(match[2]), bytes_of(match[3]))


def signed_bytes(method: str, path: str, till_id: UUID, number: int, body: bytes) -> bytes:
    """Return exactly what a till signs of a request."""
    return "\n".join([_DOMAIN, method, path, till_id.hex, str(number), hashlib.sha256(body).hexdigest()]).encode()


def check_signature(public_key: bytes, signature: bytes, signed: bytes) -> None:
    """Raise ``ProofWrong`` unless the holder of a public key (65 bytes, uncompressed point) signed these bytes."""
    halves = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key_of(public_key).verify(encode_dss_signature(*halves), signed, ECDSA(SHA256()))
    except InvalidSignature as error:
        raise ProofWrong(words("签名对不上，这个请求什么都没有办。请到村委会重新登记兑换机。")) from error


def key_of(public_key: bytes) -> EllipticCurvePublicKey:
    """Return a public key from its uncompressed point; raise ``KeyUnreadable``."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)
    except ValueError as error:
        raise KeyUnreadable(words("这台机器的钥匙读不出来。请刷新页面再登记一次。")) from error


def read_key(text: str) -> bytes:
    """Return the 65 bytes of a public key written in base64url; raise ``KeyUnreadable``."""
    try:
        raw = bytes_of(text)
    except (binascii.Error, ValueError):
        raw = b""
    key_of(raw)
    return raw


def new_code() -> str:
    """Return a fresh invitation code: 32 upper-case characters, so that its QR stays small."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()


def hash_of_code(code: str) -> str:
    """Return what is kept of an invitation code: its SHA-256, in hex; a code has 160 bits, so this is enough."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64url without padding; raise ``binascii.Error`` for what is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
