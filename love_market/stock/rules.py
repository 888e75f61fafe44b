"""What the books hold about goods, what may be written on a shelf, and the named refusals of this room. Pure."""

import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from love_market.errors import Invalid, NotFound, Refused, words
from love_market.ledger.rules import Address

NEAR_EXPIRY_DAYS = 30
"""A lot that keeps no longer than this is on the near-expiry list (食品安全法: domain.md §7)."""

SOURCES = {"bought": words("买入"), "donated": words("捐赠")}
"""Where a lot came from, as the village says it."""

WRITE_OFF_REASONS = (words("过期"), words("破损"), words("变质"), words("受潮"))
"""Why goods are usually written off; any other words will do as well."""

DIFFERENCE_REASONS = (words("点错数"), words("漏记入库"), words("漏记兑换"), words("自然损耗"), words("丢失"))
"""Why a count usually differs from the book; any other words will do as well."""

PHOTO_PREFIX = "photo:"
"""A good's picture is a key of the drawn ones, or this and the SHA-256 of an uploaded photo, in hex."""

LARGEST_QUANTITY = 100_000
LARGEST_PRICE_POINTS = 100_000
LARGEST_COST_FEN = 10_000_000

_LENGTHS_OF_GTIN = (8, 12, 13, 14)
_LONGEST_OWN_NUMBER = 7
_OWN_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{0,13}")
_YUAN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")
_SOURCE_ACCOUNTS = {"bought": "supplier", "donated": "donor"}


class NoSuchGood(NotFound):
    """The market has no such good."""


class NoSuchLot(NotFound):
    """The market has no such lot."""


class NoSuchStocktake(NotFound):
    """The market has no such stocktake."""


class GoodNameTaken(Refused):
    """Another good has this name and spec."""


class BarcodeTaken(Refused):
    """Another good has this barcode."""


class GoodWithdrawn(Refused):
    """The good is off the shelf."""


class UnitFixed(Refused):
    """A good that was ever received keeps its unit: the books count in it."""


class TooFewGoods(Refused):
    """Fewer are left than wanted; ``name``, ``wanted`` and ``left`` (quantities) say of what and by how much."""

    def __init__(self, message: str, *, name: str, unit_name: str, wanted: int, left: int) -> None:
        self.name, self.wanted, self.left = name, wanted, left
        super().__init__(message, name=name, unit_name=unit_name, wanted=wanted, left=left)


class LotExpired(TooFewGoods):
    """There would be enough, were it not for lots past their expiry date."""


class EntryNotOurs(Refused):
    """Only a receipt or a write-off is taken back here."""


class StocktakeOpen(Refused):
    """A stocktake is open already."""


class StocktakeEnded(Refused):
    """The stocktake was closed or dropped."""


class SamePerson(Refused):
    """Who opened a stocktake may not close it: 盘点 takes two (domain.md §2, step 8)."""


class NotAllCounted(Refused):
    """Some lots were not counted."""


class DifferenceUnexplained(Invalid):
    """A count that differs from the book needs a reason."""


class SupervisorMissing(Invalid):
    """A stocktake is watched by somebody, who is not the one that opens it."""


class CountOutdated(Refused):
    """So much was handed out since a lot was counted that the difference no longer fits."""


class BarcodeWrong(Invalid):
    """The barcode is mistyped or misread."""


class GoodInvalid(Invalid):
    """Something about a good is missing or out of bounds."""


class QuantityWrong(Invalid):
    """A quantity must be a whole number within bounds."""


class MoneyWrong(Invalid):
    """An amount of yuan cannot be understood."""


class ExpiryMissing(Invalid):
    """The good's expiry is tracked, and the lot has none."""


class ExpiredAlready(Invalid):
    """A lot past its expiry date is not received."""


class ReasonMissing(Invalid):
    """The act needs a reason in words."""


class NotAPhoto(Invalid):
    """What was uploaded is no photo that we can read."""


class Take(NamedTuple):
    """So many of a good taken from one lot."""

    good_id: UUID
    lot_id: UUID
    quantity: int


def source_of(source: str, good_id: UUID) -> Address:
    """Return where a lot comes from in the books: the suppliers or the donors of a good."""
    return Address(_SOURCE_ACCOUNTS[source], unit=good_id)


def shelf_of(lot_id: UUID, good_id: UUID) -> Address:
    """Return what is left of a lot on the shelf."""
    return Address("shelf", lot_id, good_id)


def given_of(good_id: UUID) -> Address:
    """Return what was handed out of a good."""
    return Address("given", unit=good_id)


def spoiled_of(good_id: UUID) -> Address:
    """Return what was written off of a good."""
    return Address("spoiled", unit=good_id)


def variance_of(good_id: UUID) -> Address:
    """Return by how much counts of a good came out below the book; negative where above."""
    return Address("variance", unit=good_id)


def check_digit(digits: str) -> str:
    """Return the check digit of a GTIN's other digits: weights 3, 1, 3 … from the right (GS1, GB 12904)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def read_barcode(text: str) -> str | None:
    """Return a barcode in its one spelling, None for an empty one; raise ``BarcodeWrong``.

    EAN-13, EAN-8, UPC-A and GTIN-14 must end in their check digit; leading zeros make them all one EAN-13.
    A shop's own codes are up to seven digits, or letters and digits.
    """
    code = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if not code:
        return None
    if not code.isascii() or not _OWN_CODE.fullmatch(code):
        raise BarcodeWrong(words("条形码“{code}”不对：只能是数字、字母和短横，最多 14 位。"), code=code)
    if not code.isdecimal() or len(code) <= _LONGEST_OWN_NUMBER:
        return code
    if len(code) not in _LENGTHS_OF_GTIN:
        raise BarcodeWrong(
            words("条形码“{code}”有 {count} 位，应是 13 位或 8 位，请对着包装再看一遍。"), code=code, count=len(code)
        )
    if check_digit(code[:-1]) != code[-1]:
        raise BarcodeWrong(words("条形码“{code}”有一位不对，请对着包装再看一遍，或重新扫。"), code=code)
    return code if len(code) == len("12345670") else code.lstrip("0").zfill(13)


def parse_fen(text: str) -> int:
    """Return yuan as typed (``3``, ``3.5``, ``￥1,200.00``, full width too) in fen; raise ``MoneyWrong``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.removeprefix("¥").removesuffix("元").strip()
    match = _YUAN.fullmatch(plain) if plain.isascii() else None
    if match is None:
        raise MoneyWrong(words("“{text}”看不懂。金额写成 3.50 这样，最多两位小数。"), text=text.strip())
    fen = int(match[1].replace(",", "")) * 100 + int((match[2] or "").ljust(2, "0"))
    if fen > LARGEST_COST_FEN:
        raise MoneyWrong(words("“{text}”太大了，单价最多 10 万元。"), text=text.strip())
    return fen


def check_quantity(quantity: int, *, least: int = 1) -> int:
    """Return a quantity as it is; raise ``QuantityWrong`` unless it is a whole number from ``least`` on."""
    if type(quantity) is not int or not least <= quantity <= LARGEST_QUANTITY:
        raise QuantityWrong(
            words("数量要是 {least} 到 {most} 的整数，现在是 {quantity}。"),
            least=least,
            most=LARGEST_QUANTITY,
            quantity=quantity,
        )
    return quantity


def check_reason(reason: str) -> str:
    """Return a reason without the spaces around it; raise ``ReasonMissing``."""
    reason = tidy(reason)
    if not reason:
        raise ReasonMissing(words("请写明原因。"))
    return reason[:120]


def tidy(text: str) -> str:
    """Return words in one spelling: full-width letters and digits made plain, spaces single, none at the ends."""
    plain = "".join(unicodedata.normalize("NFKC", c) if "０" <= c <= "ｚ" and c.isalnum() else c for c in text)
    return " ".join(plain.split())


def is_expired(expires_on: date | None, today: date) -> bool:
    """Return whether a lot may no longer be handed out: the day it expires on is its last good one."""
    return expires_on is not None and expires_on < today


def is_near_expiry(expires_on: date | None, today: date) -> bool:
    """Return whether a lot keeps for ``NEAR_EXPIRY_DAYS`` at most, and is not past it."""
    return expires_on is not None and today <= expires_on <= today + timedelta(days=NEAR_EXPIRY_DAYS)
