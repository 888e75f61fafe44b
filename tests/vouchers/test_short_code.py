import random
import string

import pytest

from love_market.vouchers.rules import ShortCodeMistyped
from love_market.vouchers.token import check_character, new_short_code, normalise_short_code, show_short_code

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _full_width(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in string.printable if "!" <= c <= "~"})


class TestShortCode:
    def test_is_nine_characters_shown_in_groups(self) -> None:
        code = new_short_code()
        assert len(code) == 9
        assert set(code) <= set(CROCKFORD)
        assert show_short_code("7K3MQ4XD" + check_character("7K3MQ4XD")) == f"7K3M-Q4XD-{check_character('7K3MQ4XD')}"
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
        weights = [check_character("0" * i + "1" + "0" * (7 - i)) for i in range(8)] + ["1"]
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
