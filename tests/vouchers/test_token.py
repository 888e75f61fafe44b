import string
from base64 import b32encode
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from qrcode.util import QRData, optimal_mode

from love_market.vouchers.rules import (
    SigningKeyUnreadable,
    VoucherForged,
    VoucherFromAnotherMarket,
)
from love_market.vouchers.token import (
    Claims,
    new_signing_key,
    peek,
    seal_key,
    sign,
    token_from_scan,
    unseal_key,
    verify,
    voucher_url,
)

MARKET, OTHER_MARKET = UUID(int=0x0199AAAA << 96), UUID(int=0x0199BBBB << 96)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CLAIMS = Claims(MARKET, UUID(int=7 << 100 | 42), face_points=120, expires_on=date(2027, 3, 31))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _raw(token: str) -> bytearray:
    number = int("".join(f"{ALPHABET.index(c):05b}" for c in token), 2) >> 4
    return bytearray(number.to_bytes(102))


def _token(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=")


def _full_width(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in string.printable if "!" <= c <= "~"})


class TestToken:
    def test_says_what_was_signed(self) -> None:
        token = sign(KEY, CLAIMS)
        assert len(token) == 164
        assert verify(token, KEY.public_key()) == CLAIMS
        assert verify(token, KEY.public_key().public_bytes_raw(), MARKET) == CLAIMS
        assert peek(token) == CLAIMS
        assert _token(bytes(_raw(token))) == token

    def test_is_the_same_every_time_it_is_made(self) -> None:
        assert sign(KEY, CLAIMS) == sign(KEY, CLAIMS)

    @pytest.mark.parametrize("face_points", [1, 255, 256, 65_536, 16_777_215])
    @pytest.mark.parametrize("expires_on", [date(1970, 1, 1), date(2027, 12, 31), date(2149, 6, 6)])
    def test_holds_every_face_and_day(self, face_points: int, expires_on: date) -> None:
        claims = replace(CLAIMS, face_points=face_points, expires_on=expires_on)
        assert verify(sign(KEY, claims), KEY.public_key()) == claims

    @pytest.mark.parametrize(
        "wrong",
        [{"face_points": 0}, {"face_points": -1}, {"face_points": 1 << 24}, {"expires_on": date(2149, 6, 7)}],
    )
    def test_refuses_claims_it_cannot_hold(self, wrong: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="voucher"):
            replace(CLAIMS, **wrong)  # type: ignore[arg-type]

    def test_any_single_bit_flipped_is_forged(self) -> None:
        token = sign(KEY, CLAIMS)
        for position in range(102 * 8):
            raw = _raw(token)
            raw[position // 8] ^= 1 << (position % 8)
            with pytest.raises(VoucherForged):
                verify(_token(bytes(raw)), KEY.public_key())

    def test_any_single_character_changed_is_forged(self) -> None:
        token = sign(KEY, CLAIMS)
        for position, character in enumerate(token):
            for other in {ALPHABET[(ALPHABET.index(character) + step) % 32] for step in (1, 2, 4, 8, 16, 31)}:
                with pytest.raises(VoucherForged):
                    verify(token[:position] + other + token[position + 1 :], KEY.public_key())

    def test_another_markets_key_does_not_open_it(self) -> None:
        with pytest.raises(VoucherForged):
            verify(sign(new_signing_key(), CLAIMS), KEY.public_key())

    def test_another_markets_voucher_is_told_from_a_forged_one(self) -> None:
        with pytest.raises(VoucherFromAnotherMarket, match="别的爱心超市"):
            verify(sign(KEY, replace(CLAIMS, market_id=OTHER_MARKET)), KEY.public_key(), MARKET)

    @pytest.mark.parametrize(
        "text",
        ["", "A", "A" * 163, "A" * 164, "A" * 165, "1" * 164, "积" * 164, "a" * 164, "=" * 164, " " * 164],
    )
    def test_nonsense_is_forged(self, text: str) -> None:
        with pytest.raises(VoucherForged):
            verify(text, KEY.public_key())
        if text != "A" * 164:
            with pytest.raises(VoucherForged):
                peek(text)

    def test_a_later_version_is_not_read_as_this_one(self) -> None:
        raw = _raw(sign(KEY, CLAIMS))
        raw[0] = 2
        raw[38:] = KEY.sign(bytes(raw[:38]))
        with pytest.raises(VoucherForged):
            verify(_token(bytes(raw)), KEY.public_key())

    def test_a_signed_face_of_nothing_is_forged(self) -> None:
        raw = _raw(sign(KEY, CLAIMS))
        raw[33:36] = bytes(3)
        raw[38:] = KEY.sign(bytes(raw[:38]))
        with pytest.raises(VoucherForged):
            verify(_token(bytes(raw)), KEY.public_key())


class TestAddress:
    def test_is_short_and_alphanumeric(self) -> None:
        url = voucher_url("https://aixin.yanggao.gov.cn", sign(KEY, CLAIMS))
        assert url.startswith("HTTPS://AIXIN.YANGGAO.GOV.CN/Q/")
        assert QRData(url.encode()).mode == optimal_mode(b"A:/.")
        assert len(url) <= 221  # what a QR of version 8 holds at level M

    @pytest.mark.parametrize(
        "base_url", ["https://host/shop", "host", "https://超市.cn", "https://a_b.cn", "https://host?x=1"]
    )
    def test_refuses_what_the_code_cannot_hold(self, base_url: str) -> None:
        with pytest.raises(ValueError, match="cannot hold"):
            voucher_url(base_url, sign(KEY, CLAIMS))

    def test_is_read_however_it_was_scanned(self) -> None:
        token = sign(KEY, CLAIMS)
        url = voucher_url("https://aixin.yanggao.gov.cn", token)
        for scanned in (
            url,
            url.lower(),
            url.title(),
            f"  {url}\r\n",
            url.replace("HTTPS", "http"),
            url + "/",
            url + "?from=wechat#top",
            token,
            token.lower(),
            url.replace("HTTPS://AIXIN.YANGGAO.GOV.CN", "HTTP://192.168.1.8:8000"),
            _full_width(url),
        ):
            assert token_from_scan(scanned) == token, scanned

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "6901234567892",
            "7K3M-Q4XD-8",
            "https://example.cn/q/",
            "A" * 163,
            "A" * 165,
            "https://x/h/" + "A" * 164,
        ],
    )
    def test_other_scans_hold_no_token(self, text: str) -> None:
        assert token_from_scan(text) is None


class TestSealedKey:
    def test_opens_with_the_same_secret_only(self) -> None:
        sealed = seal_key(KEY, "s" * 32)
        assert unseal_key(sealed, "s" * 32).private_bytes_raw() == KEY.private_bytes_raw()
        assert KEY.private_bytes_raw() not in sealed
        assert seal_key(KEY, "s" * 32) != sealed
        with pytest.raises(SigningKeyUnreadable, match="SECRET_KEY"):
            unseal_key(sealed, "t" * 32)
        with pytest.raises(SigningKeyUnreadable):
            unseal_key(sealed[:-8] + b"AAAAAAAA", "s" * 32)
