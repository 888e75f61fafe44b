"""What a voucher's QR and short code say: signing, reading, checking. Pure: no database, no Flask.

A token is 38 bytes of claims and the 64-byte Ed25519 signature over exactly these bytes, in base32 (RFC 4648)
without padding: 164 upper-case characters. With an address of up to 57 characters before it, it fits a QR of
version 8 at level M in alphanumeric mode.

    version 1 | market 16 | voucher 16 | face points 3 | last valid day 2 (days since 1970) | signature 64

The signature proves who issued the voucher and for how much; only the books know whether it is spent.
"""

import base64
import binascii
import hashlib
import re
import secrets
import struct
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from love_market.errors import words
from love_market.vouchers.rules import (
    ShortCodeMistyped,
    SigningKeyUnreadable,
    VoucherForged,
    VoucherFromAnotherMarket,
)

VERSION = 1
TOKEN_LENGTH = 164
HIGHEST_FACE_POINTS = 0xFFFFFF
_PAYLOAD = struct.Struct(">B16s16s3sH")
_SIGNATURE_BYTES = 64
_EPOCH = date(1970, 1, 1)
_LAST_DAY = 0xFFFF  # 2149-06-06
_TOKEN = re.compile(rf"(?:.*/Q/)?([A-Z2-7]{{{TOKEN_LENGTH}}})/?(?:[?#].*)?", re.DOTALL)
_QR_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a voucher's signature vouches for: whose books, which voucher, its face, its last valid day."""

    market_id: UUID
    voucher_id: UUID
    face_points: int
    expires_on: date

    def __post_init__(self) -> None:
        if not 0 < self.face_points <= HIGHEST_FACE_POINTS:
            raise ValueError(f"a voucher's face is 1 to {HIGHEST_FACE_POINTS} points, not {self.face_points}")
        if not 0 <= (self.expires_on - _EPOCH).days <= _LAST_DAY:
            raise ValueError(f"a voucher cannot expire on {self.expires_on}")


def sign(private_key: Ed25519PrivateKey, claims: Claims) -> str:
    """Return the token of a voucher: the same claims under the same key always give the same token."""
    payload = _PAYLOAD.pack(
        VERSION,
        claims.market_id.bytes,
        claims.voucher_id.bytes,
        claims.face_points.to_bytes(3),
        (claims.expires_on - _EPOCH).days,
    )
    return base64.b32encode(payload + private_key.sign(payload)).decode().rstrip("=")


def verify(token: str, public_key: Ed25519PublicKey | bytes, market_id: UUID | None = None) -> Claims:
    """Return what a token claims once its signature holds.

    ``public_key`` may be the 32 raw bytes. With ``market_id``, a token that names other books raises
    ``VoucherFromAnotherMarket``; anything not signed by the key, or altered since, raises ``VoucherForged``.
    """
    claims, payload, signature = _read(token)
    if market_id is not None and claims.market_id != market_id:
        raise VoucherFromAnotherMarket(words("这张券是别的爱心超市发的，本店不能兑换。请到券上写的那家爱心超市兑换。"))
    key = Ed25519PublicKey.from_public_bytes(public_key) if isinstance(public_key, bytes) else public_key
    try:
        key.verify(signature, payload)
    except InvalidSignature as error:
        raise forged() from error
    return claims


def peek(token: str) -> Claims:
    """Return what a token claims, its signature UNCHECKED, to find the market whose key must check it."""
    return _read(token)[0]


def voucher_url(base_url: str, token: str) -> str:
    """Return the address that a voucher's QR holds, ``HTTPS://HOST/Q/TOKEN``, fit for alphanumeric mode.

    ``base_url`` is scheme and host, without a path: a path's case matters, and the QR knows upper case only.
    """
    address = urlsplit(base_url)
    url = f"{address.scheme}://{address.netloc}/Q/{token}".upper()
    more_than_host = address.path.strip("/") or address.query or address.fragment
    if more_than_host or not address.netloc or not _QR_ALPHANUMERIC.issuperset(url):
        raise ValueError(f"a voucher's QR cannot hold an address such as {base_url!r}")
    return url


def token_from_scan(text: str) -> str | None:
    """Return the token in what a camera, scanner gun or keyboard gave, or None when there is none.

    Takes the address in any case and under any host, or the bare token; a gun that types through a Chinese
    input method gives full-width characters, which mean the same.
    """
    match = _TOKEN.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return match[1] if match else None


def _read(token: str) -> tuple[Claims, bytes, bytes]:
    if len(token) != TOKEN_LENGTH:
        raise forged()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError) as error:
        raise forged() from error
    payload, signature = raw[: _PAYLOAD.size], raw[_PAYLOAD.size :]
    version, market, voucher, face, days = _PAYLOAD.unpack(payload)
    # The last character has four bits to spare. They must be zero: a token is written in one way only.
    if version != VERSION or len(signature) != _SIGNATURE_BYTES or base64.b32encode(raw).decode().rstrip("=") != token:
        raise forged()
    try:
        claims = Claims(UUID(bytes=market), UUID(bytes=voucher), int.from_bytes(face), _EPOCH + timedelta(days=days))
    except ValueError as error:
        raise forged() from error
    return claims, payload, signature


def forged() -> VoucherForged:
    """Return the error for a token that no key of the market vouches for."""
    return VoucherForged(words("这张券不是爱心超市签发的，或者被改动过，不能兑换。请留下券，交村委会核对。"))


# The short code, for a torn QR or a broken camera.

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(_CROCKFORD)} | {"O": 0, "I": 1, "L": 1}
_SHORT_CODE_LENGTH = 9
SHORT_CODE_BITS = 5 * (_SHORT_CODE_LENGTH - 1)
_DASHES = frozenset("-‐‑‒–—―−ー_·.\t\r\n")
_FROM_RFC_4648 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD)
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_TIMES_X = tuple(value << 1 ^ (_FIELD_POLYNOMIAL if value & 16 else 0) for value in range(32))


def hash_of_short_code(market_id: UUID, code: str) -> str:
    """Return what a till holds instead of a short code: it finds the voucher by the code, not the code by the voucher.

    SHA-256 over the market and the code, in hex. A code has 40 bits: this keeps it from being read off a phone, not
    from somebody who searches them all.
    """
    return hashlib.sha256(f"love-market short code 1\n{market_id.hex}\n{code}".encode()).hexdigest()


def new_short_code() -> str:
    """Return a random short code."""
    return short_code_of(secrets.randbits(SHORT_CODE_BITS))


def short_code_of(number: int) -> str:
    """Return the short code of a number of 40 bits: nine characters, the check character last."""
    body = base64.b32encode(number.to_bytes(SHORT_CODE_BITS // 8)).decode().translate(_FROM_RFC_4648)
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character of a short code's first eight.

    Each character is an element of GF(32). A code is right when c₀·x⁸ + c₁·x⁷ + … + c₈ = 0, with x primitive:
    the weights all differ and none is zero. One wrong character changes the sum by (c-c′)·xⁱ ≠ 0, and two
    swapped change it by (c-d)·(xⁱ-xʲ) ≠ 0. So EVERY single error and EVERY transposition, adjacent or not, is
    found, and the check character is one of the same 32 (the one check symbol of a Reed-Solomon code).
    """
    total = 0
    for character in body:
        total = _TIMES_X[total ^ _VALUE[character]]
    return _CROCKFORD[total]


def show_short_code(code: str) -> str:
    """Return a short code as it is printed and read out: ``7K3M-Q4XD-8``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def normalise_short_code(text: str) -> str:
    """Return the nine characters of a short code as somebody typed it.

    Lower case, full width, spaces and any dashes are taken, O is read as 0, I and L as 1. Raises
    ``ShortCodeMistyped`` when characters are missing, strange or wrong.
    """
    kept = [
        c for c in unicodedata.normalize("NFKC", text).upper() if unicodedata.category(c)[0] != "Z" and c not in _DASHES
    ]
    if strange := sorted({c for c in kept if c not in _VALUE}):
        raise ShortCodeMistyped(words("短码里没有“{characters}”，请对着券再输一遍。"), characters=" ".join(strange))
    if len(kept) != _SHORT_CODE_LENGTH:
        raise ShortCodeMistyped(
            words("短码有 {length} 位，现在输了 {typed} 位，请对着券再输一遍。"),
            length=_SHORT_CODE_LENGTH,
            typed=len(kept),
        )
    code = "".join(_CROCKFORD[_VALUE[c]] for c in kept)
    if check_character(code[:-1]) != code[-1]:
        raise ShortCodeMistyped(words("短码有一处输错了，请对着券再输一遍。"))
    return code


# The market's signing key, sealed with the installation's secret.


def new_signing_key() -> Ed25519PrivateKey:
    """Return a fresh key for a market to sign its vouchers with."""
    return Ed25519PrivateKey.generate()


def seal_key(private_key: Ed25519PrivateKey, secret: str) -> bytes:
    """Return a signing key encrypted for the database under the installation's secret."""
    return _box(secret).encrypt(private_key.private_bytes_raw())


def unseal_key(sealed: bytes, secret: str) -> Ed25519PrivateKey:
    """Return the key that ``seal_key`` sealed; raise ``SigningKeyUnreadable`` under another secret."""
    try:
        return Ed25519PrivateKey.from_private_bytes(_box(secret).decrypt(sealed))
    except InvalidToken as error:
        raise SigningKeyUnreadable(
            words("打不开本超市的签名钥匙：SECRET_KEY 和当初的不一样。请管理员把原来的 SECRET_KEY 放回去。")
        ) from error


def _box(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"love-market voucher signing key 1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
