import random
import string
from base64 import b32encode
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from qrcode.util import QRData, optimal_mode

from love_market.vouchers import token as tokens
from love_market.vouchers.rules import (
    ShortCodeMistyped,
    SigningKeyUnreadable,
    VoucherForged,
    VoucherFromAnotherMarket,
)
from love_market.vouchers.token import (
    Claims,
    check_character,
    new_short_code,
    new_signing_key,
    normalise_short_code,
    peek,
    seal_key,
    show_short_code,
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
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


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


class TestShortCode:
    def test_is_nine_characters_shown_in_groups(self) -> None:
        code = new_short_code()
        assert len(code) == 9
        assert set(code) <= set(CROCKFORD)
        assert (
            show_short_code("7K3MQ4XD" + check_character("7K3MQ4XD"))
            == f"7K3M-Q4XD-{check_character('7K3MQ4XD')}"
        )
        assert normalise_short_code(show_short_code(code)) == code

    def test_codes_do_not_repeat(self) -> None:
        assert len({new_short_code() for _ in range(5_000)}) == 5_000

    def test_every_single_wrong_character_is_found(self) -> None:
        for code in [new_short_code() for _ in range(50)] + ["0" * 9]:
            for position, character in enumerate(code):
                for other in CROCKFORD.replace(character, ""):
                    with pytest.raises(ShortCodeMistyped):
                        normalise_short_code(code[:position] + other + code[position + 1 :])

    def test_every_transposition_is_found(self) -> None:
        for code in (new_short_code() for _ in range(300)):
            for first in range(9):
                for second in range(first + 1, 9):
                    swapped = list(code)
                    swapped[first], swapped[second] = code[second], code[first]
                    if code[first] != code[second]:
                        with pytest.raises(ShortCodeMistyped):
                            normalise_short_code("".join(swapped))

    def test_the_scheme_weighs_every_position_differently(self) -> None:
        """What the proof in ``check_character`` stands on."""
        weights = [tokens.check_character("0" * i + "1" + "0" * (7 - i)) for i in range(8)] + ["1"]
        assert len(set(weights)) == 9
        assert "0" not in weights

    def test_is_read_however_it_was_typed(self) -> None:
        chooser = random.Random(4)
        for _ in range(200):
            body = "".join(chooser.choice("01" + CROCKFORD) for _ in range(8))
            code = body + check_character(body)
            for typed in (
                code.lower(),
                show_short_code(code),
                f" {code[:3]} {code[3:]}\t",
                "—".join(code),
                "\u3000".join(code),
                code.replace("0", "O").replace("1", "I"),
                code.replace("0", "o").replace("1", "l"),
                _full_width(code),
            ):
                assert normalise_short_code(typed) == code, typed

    @pytest.mark.parametrize(
        ("typed", "word"),
        [
            ("", "0 位"),
            ("7K3M-Q4X", "7 位"),
            ("7K3MQ4XD88", "10 位"),
            ("7U3MQ4XD8", "U"),
            ("7积3MQ4XD8", "积"),
            ("7K3M*", "*"),
        ],
    )
    def test_says_what_is_wrong(self, typed: str, word: str) -> None:
        with pytest.raises(ShortCodeMistyped) as refused:
            normalise_short_code(typed)
        assert word in str(refused.value)


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
