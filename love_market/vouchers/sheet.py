"""Voucher papers: the sheet to print, cut, seal and hand over, and the list to sign. Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from love_market.clock import village_date
from love_market.paper import qr_code, typeset
from love_market.vouchers.token import show_short_code

VOUCHERS_A_SHEET = 8
VOUCHERS_A_SHEET_WITH_SEAL = 6
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_MYRIAD = 10_000


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """Whose paper it is: ``quarter_title`` as the village says it (2026年第三季度), ``head_hash`` in hex."""

    village_name: str
    market_name: str
    quarter_title: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class SheetVoucher:
    """One voucher as it is printed.

    ``short_code`` is the nine characters, ungrouped; ``url`` what the QR says (``token.voucher_url``).
    """

    serial_no: str
    short_code: str
    url: str
    face_points: int
    household_number: str
    head_name_masked: str
    group_name: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class SignForRow:
    """One line of the sign-for list (领取签字表): a voucher, its household, and room for a signature."""

    household_number: str
    head_name: str
    group_name: str
    serial_no: str
    face_points: int


@dataclass(frozen=True, slots=True)
class ResetText:
    """What the announcement of a clearing says: its days, and the points on so many vouchers that it reaches now."""

    village_name: str
    market_name: str
    announced_on: date
    falls_on: date
    vouchers: int
    points: int
    head_hash: str


def lay_out(
    heading: PaperHeading, vouchers: Sequence[SheetVoucher], at: datetime, *, room_for_seal: bool = False
) -> bytes:
    """Return the PDF of the vouchers, 8 a sheet of A4, or 6 with room for a round seal of 42 mm.

    They come in the order given. Raises ``ValueError`` when there are none.
    """
    if not vouchers:
        raise ValueError("no vouchers to print")
    per_page = VOUCHERS_A_SHEET_WITH_SEAL if room_for_seal else VOUCHERS_A_SHEET
    leaves = [vouchers[first : first + per_page] for first in range(0, len(vouchers), per_page)]
    pages = [
        {
            "total_points": sum(voucher.face_points for voucher in leaf),
            "vouchers": [_printed(voucher) for voucher in leaf],
        }
        for leaf in leaves
    ]
    return typeset("vouchers/sheet", _head(heading, at) | {"per_page": per_page, "pages": pages}, at)


def lay_out_sign_for(heading: PaperHeading, rows: Sequence[SignForRow], at: datetime) -> bytes:
    """Return the PDF of the sign-for list, in the order given, with its count and sum."""
    listed = [
        {
            "household_number": row.household_number,
            "head_name": row.head_name,
            "group_name": row.group_name,
            "serial_no": row.serial_no,
            "face_points": row.face_points,
        }
        for row in rows
    ]
    total_points = sum(row.face_points for row in rows)
    return typeset("vouchers/sign_for", _head(heading, at) | {"rows": listed, "total_points": total_points}, at)


def lay_out_reset_notice(text: ResetText, at: datetime) -> bytes:
    """Return the PDF of the announcement of a clearing (清零公告)."""
    data = {
        "village": text.village_name,
        "market": text.market_name,
        "announced_on": text.announced_on.isoformat(),
        "falls_on": text.falls_on.isoformat(),
        "vouchers": text.vouchers,
        "points": text.points,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
    }
    return typeset("vouchers/reset_notice", data, at)


def points_in_words(points: int) -> str:
    """Return points in the capital numerals of cheques, which cannot be altered by a stroke: 35 → 叁拾伍分整."""
    if not 0 < points < _MYRIAD**2:
        raise ValueError(f"no capitals for {points}")
    high, low = divmod(points, _MYRIAD)
    gap = "零" if high and 0 < low < _MYRIAD // 10 else ""
    return (f"{_below_myriad(high)}万{gap}" if high else "") + (_below_myriad(low) if low else "") + "分整"


def _below_myriad(number: int) -> str:
    written, gap = "", False
    for position in range(len(_PLACES) - 1, -1, -1):
        digit = number // 10**position % 10
        if digit:
            written += ("零" if gap else "") + _DIGITS[digit] + _PLACES[position]
        gap = bool(written) and digit == 0
    return written


def _head(heading: PaperHeading, at: datetime) -> dict[str, object]:
    return {
        "village": heading.village_name,
        "market": heading.market_name,
        "quarter_title": heading.quarter_title,
        "head_hash": heading.head_hash,
        "printed_on": village_date(at).isoformat(),
    }


def _printed(voucher: SheetVoucher) -> dict[str, object]:
    return {
        "serial_no": voucher.serial_no,
        "short_code": show_short_code(voucher.short_code),
        "qr": qr_code(voucher.url).svg,
        "face_points": voucher.face_points,
        "face_in_words": points_in_words(voucher.face_points),
        "household_number": voucher.household_number,
        "head_name_masked": voucher.head_name_masked,
        "group_name": voucher.group_name,
        "expires_on": voucher.expires_on.isoformat(),
    }
