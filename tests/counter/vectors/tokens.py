"""Scanned texts and what their tokens claim, or why they are refused: known by how each case is made."""

import random
from base64 import b32encode
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from love_market.vouchers.token import Claims, sign, voucher_url
from tests.counter.vectors.codes import Case, full_width

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
MARKET, OTHER_MARKET = UUID(int=0x0199AAAA << 96 | 0xFE), UUID(int=0x0199BBBB << 96)
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes(range(start, start + 32))) for start in (0, 32, 64)]
CLAIMS = Claims(MARKET, UUID(int=7 << 100 | 0x42F), face_points=35, expires_on=date(2027, 3, 31))
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def tokens() -> Case:
    """Return the market, its public keys, and scanned texts with what they claim, why they are refused, or neither."""
    return {
        "market": str(MARKET),
        "keys": [key.public_key().public_bytes_raw().hex() for key in KEYS],
        "cases": [*_scans(), *_claims(), *_altered(), *_foreign(), *_no_tokens()],
    }


def _claimed(text: str, claims: Claims = CLAIMS, keys: tuple[int, ...] = (0, 1)) -> Case:
    said = {"voucherId": str(claims.voucher_id), "facePoints": claims.face_points, "expiresOn": str(claims.expires_on)}
    return {"text": text, "keys": keys, "claims": said}


def _refused(text: str, refusal: str = "VoucherForged", keys: tuple[int, ...] = (0, 1)) -> Case:
    return {"text": text, "keys": keys, "refusal": refusal}


def _scans() -> Iterator[Case]:
    token = sign(KEYS[0], CLAIMS)
    url = voucher_url("https://aixin.example", token)
    for text in (
        token,
        token.lower(),
        url,
        url.lower(),
        url.title(),
        full_width(url),
        full_width(url.lower()),
        f" \t{url}\r\n",
        f"\u3000{token}\u00a0",
        f"\x1c\x85{token}\u2028",
        f"{url}/",
        f"{url}?from=wechat#top",
        f"{token}#\n",
        url.replace("HTTPS", "http"),
        url.replace("HTTPS://AIXIN.EXAMPLE", "HTTP://192.168.1.8:8000/A\nB"),
        f"HTTPS://X/Q/{token[:-1]}/Q/{token}",
        f"/Q/{token}",
    ):
        yield _claimed(text)


def _claims() -> Iterator[Case]:
    for key in (0, 1):
        for face in (1, 255, 256, 65_535, 65_536, 0xFFFFFF):
            for day in (date(1970, 1, 1), date(2027, 12, 31), date(2028, 2, 29), date(2149, 6, 6)):
                claims = Claims(MARKET, UUID(int=face << 64 | day.toordinal()), face, day)
                yield _claimed(sign(KEYS[key], claims), claims)
    yield _claimed(sign(KEYS[1], CLAIMS), keys=(2, 0, 1))


def _altered() -> Iterator[Case]:
    chance = random.Random(20261010)
    raw = _raw(sign(KEYS[0], CLAIMS))
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= chance.randint(1, 255)
        in_market = 1 <= place <= 16
        yield _refused(_token(changed), "VoucherFromAnotherMarket" if in_market else "VoucherForged")
    token = sign(KEYS[0], CLAIMS)
    last = BASE32.index(token[-1])
    for spare in range(1, 16):
        yield _refused(token[:-1] + BASE32[last | spare])
    for place in range(28, 163):  # behind the market
        if token[place] != token[place + 1]:
            yield _refused(token[:place] + token[place + 1] + token[place] + token[place + 2 :])
    for start, new in ((0, b"\2"), (0, b"\0"), (33, bytes(3))):
        changed = bytearray(raw)
        changed[start : start + len(new)] = new
        changed[38:] = KEYS[0].sign(bytes(changed[:38]))
        yield _refused(_token(changed))
    higher = bytearray(raw)  # the same signature with the group's order added to its second half
    higher[70:] = (int.from_bytes(raw[70:], "little") + GROUP_ORDER).to_bytes(32, "little")
    yield _refused(_token(higher))
    yield _refused("A" * 164)
    yield _refused("7" * 164)


def _foreign() -> Iterator[Case]:
    elsewhere = Claims(OTHER_MARKET, CLAIMS.voucher_id, CLAIMS.face_points, CLAIMS.expires_on)
    yield _refused(sign(KEYS[2], CLAIMS))
    yield _refused(sign(KEYS[0], CLAIMS), keys=(1, 2))
    yield _refused(sign(KEYS[0], CLAIMS), keys=())
    yield _refused(sign(KEYS[0], elsewhere), "VoucherFromAnotherMarket")
    yield _refused(sign(KEYS[2], elsewhere), "VoucherFromAnotherMarket")
    yield _refused(sign(KEYS[0], elsewhere), keys=())


def _no_tokens() -> Iterator[Case]:
    token = sign(KEYS[0], CLAIMS)
    for text in (
        "",
        "6901234567892",
        "7K3M-Q4XD-8",
        "https://example.cn/q/",
        token[:-1],
        token + "A",
        f"https://x/h/{token}",
        f"{token} {token}",
        token[:80] + " " + token[80:],
        token.replace(token[5], "1"),
        "积" * 164,
        f"{token}//",
        f"{token}x?y",
        f"\ufeff{token}",
    ):
        yield {"text": text, "keys": (0, 1), "claims": None}


def _raw(token: str) -> bytearray:
    number = int("".join(f"{BASE32.index(c):05b}" for c in token), 2) >> 4
    return bytearray(number.to_bytes(102))


def _token(raw: bytes | bytearray) -> str:
    return b32encode(bytes(raw)).decode().rstrip("=")
