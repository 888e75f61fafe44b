"""Short codes and barcodes as somebody types or scans them, and what they are: known by how each case is made."""

import random
import string
from collections.abc import Iterator

from love_market.vouchers.token import check_character

Case = dict[str, object]

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DASHES = "-‐‑‒–—―−ー_·.\t\r\n"
SPACES = " \u00a0\u1680\u2003\u202f\u205f\u3000\u2028\u2029"


def full_width(text: str) -> str:
    """Return a text as a Chinese input method types it."""
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in string.printable if "!" <= c <= "~"})


def short_codes() -> list[Case]:
    """Return what somebody types, and the code that it is or the reason why it is none with what fills the sentence."""
    chance = random.Random(20261008)
    return [*_by_hand(), *_spellings(chance), *_mistakes(chance)]


def _right(typed: str, code: str) -> Case:
    return {"typed": typed, "code": code}


def _wrong(typed: str, reason: str, /, **values: object) -> Case:
    return {"typed": typed, "reason": reason, "values": values}


def _by_hand() -> Iterator[Case]:
    code = "7K3MQ4XD" + check_character("7K3MQ4XD")
    yield _right("000000000", "000000000")
    yield _right("OoO-0oO-o0o", "000000000")
    for mark in DASHES + SPACES:
        yield _right(mark.join((code[:4], code[4:8], code[8])), code)
        yield _right(f"{mark}{code}{mark}{mark}", code)
    for typed, count in (("", 0), ("   ", 0), ("---", 0), ("7", 1), ("7K3M-Q4X", 7), (code[:8], 8), (f"{code}8", 10)):
        yield _wrong(typed, "length", length=9, typed=count)
    for typed, strange in (
        ("7U3M-Q4XD-8", "U"),
        ("u", "U"),
        ("7积3MQ4XD8", "积"),
        ("7K3M*Q4XD", "*"),
        ("HTTPS://U", "/ : U"),
        ("zß", None),
        ("看7吗3吧", "吗 吧 看"),
        ("7K3M𠮷Q4ＸＤ😀", "😀 𠮷"),
        ("\ufeff" + code, "\ufeff"),
    ):
        if strange is None:  # the sharp s is two letters in capitals, and both are in the alphabet
            yield _wrong(typed, "length", length=9, typed=3)
        else:
            yield _wrong(typed, "strange", characters=strange)


def _code(chance: random.Random, alphabet: str = CROCKFORD) -> str:
    body = "".join(chance.choices(alphabet, k=8))
    return body + check_character(body)


def _spellings(chance: random.Random) -> Iterator[Case]:
    for _ in range(40):
        code = _code(chance, "01" + CROCKFORD)
        shown = f"{code[:4]}-{code[4:8]}-{code[8:]}"
        letters = code.replace("0", chance.choice("Oo")).replace("1", chance.choice("IiLl"))
        for typed in (code, shown, code.lower(), letters, full_width(shown.lower()), f" {code[:3]}　{code[3:]}\n"):
            yield _right(typed, code)


def _mistakes(chance: random.Random) -> Iterator[Case]:
    for number in range(90):
        code = list(_code(chance))
        place = number % 9
        code[place] = chance.choice(CROCKFORD.replace(code[place], ""))
        yield _wrong("".join(code), "wrong")
    swapped = 0
    while swapped < 90:
        code = list(_code(chance))
        first, second = chance.sample(range(9), 2)
        if code[first] == code[second]:
            continue
        code[first], code[second] = code[second], code[first]
        yield _wrong("".join(code), "wrong")
        swapped += 1
    for _ in range(30):
        code_with_gap = _code(chance)
        place = chance.randrange(9)
        yield _wrong(code_with_gap[:place] + code_with_gap[place + 1 :], "length", length=9, typed=8)


def barcodes() -> list[Case]:
    """Return digits of a packet and whether the last one fits the others (GS1: weights 3 and 1 from the right)."""
    chance = random.Random(20261009)
    cases: list[Case] = [
        {"digits": "6901234567892", "right": True},
        {"digits": "６９０１２３４５６７８９２", "right": True},
        {"digits": "036000291452", "right": True},
        {"digits": "0036000291452", "right": True},
        {"digits": "96385074", "right": True},
        {"digits": "6901234567893", "right": False},
        {"digits": "6901234567829", "right": False},
    ]
    for _ in range(40):
        for length in (8, 12, 13, 14):
            digits = "".join(chance.choices(string.digits, k=length - 1))
            total = sum(int(digit) * (3 if (length - place) % 2 == 0 else 1) for place, digit in enumerate(digits))
            check = (10 - total % 10) % 10
            off = (check + chance.randint(1, 9)) % 10
            cases += [{"digits": f"{digits}{check}", "right": True}, {"digits": f"{digits}{off}", "right": False}]
    return cases
