"""What is printed on vouchers: face values, serial numbers, last days. Pure."""

from collections.abc import Sequence
from datetime import date

DENOMINATIONS = (100, 50, 20, 10, 5)
"""Face values in points when vouchers come in denominations (domain: 5/10/20/50/100)."""


def faces_of(points: int, *, in_denominations: bool) -> Sequence[int]:
    """Return the face values that pay out a household's points: one voucher, or denominations with a rest left over.

    The rest below the smallest denomination stays with the household and carries over (domain: remainder carries over).
    """
    if not in_denominations:
        return [points] if points > 0 else []
    faces: list[int] = []
    for face in DENOMINATIONS:
        count, points = divmod(points, face)
        faces.extend([face] * count)
    return faces


def serial_no(quarter: str, sequence: int) -> str:
    """Return a voucher's serial number (券号): 2026Q3 and 187 → 2026-3-0187."""
    return f"{quarter[:4]}-{quarter[-1]}-{sequence:04}"


def lapses_on(issued_on: date, valid_days: int) -> date:
    """Return the last valid day of a voucher: so many days on, and to the end of that month, which people remember."""
    day = date.fromordinal(issued_on.toordinal() + valid_days)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)
