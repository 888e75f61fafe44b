"""A slip's number and day: as they are printed, as people type them, which numbers are missing, when it is booked."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from love_market.clock import village_date, village_instant
from love_market.counter.slips.rules.states import DayWrong, SlipNumberWrong
from love_market.errors import words

_MARK = "停"
_NUMBER = re.compile(rf"{_MARK}?[\s-]*(\d{{1,9}})", re.ASCII)
_SIGNS = re.compile(r"[\s./年月日-]+")
_NOON = 12


def missing(first_number: int, entered: Collection[int]) -> tuple[int, ...]:
    """Return the numbers of a pad below the highest used one that nobody entered: papers that must be looked for."""
    return tuple(n for n in range(first_number, max(entered, default=first_number)) if n not in entered)


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as runs from … to, as people name them."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def show_number(number: int) -> str:
    """Return a slip's number as it is printed and read out: 51 → 停0051."""
    return f"{_MARK}{number:04}"


def read_number(text: str) -> int:
    """Return the number that somebody typed: digits alone, with or without zeros before; raise ``SlipNumberWrong``."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise SlipNumberWrong(words("单号只写数字，比如 51 或 0051。"))
    return int(match[1])


def read_day(text: str, today: date) -> date:
    """Return the day that somebody typed: 10-8, 10.8, 10月8日 (the last such day up to today), 2026-10-8; 1008 too.

    Raises ``DayWrong``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"(\d{4})?\d{4}", plain, re.ASCII):
        plain = f"{plain[:-4]} {plain[-4:-2]} {plain[-2:]}"
    parts = [part for part in _SIGNS.split(plain) if part]
    if len(parts) not in {2, 3} or not all(re.fullmatch(r"\d{1,4}", part, re.ASCII) for part in parts):
        raise _no_day()
    *year, month, day = map(int, parts)
    # The 29th of February may lie some years back.
    years = year or range(today.year, today.year - 8, -1)
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year or found <= today:
            return found
    raise _no_day()


def check_day(day: date, made_on: date, today: date) -> None:
    """Raise ``DayWrong`` for a day before the pad was made or after today."""
    if not made_on <= day <= today:
        raise DayWrong(
            words("这一本是 {month}月{day}日 做的，单子的日期要在那天到今天之间。请看清纸上的日期。"),
            month=made_on.month,
            day=made_on.day,
        )


def redemption_key(market_id: UUID, number: int) -> UUID:
    """Return the key that a slip is booked with, always the same for the same slip."""
    return uuid5(market_id, f"slip/{number}")


def happened_at(day: date, at: datetime) -> datetime:
    """Return when a slip of that day is booked as: now if it is today, else noon, village time."""
    return at if day >= village_date(at) else village_instant(day, _NOON)


def _no_day() -> DayWrong:
    return DayWrong(words("日期看不懂。请写月和日，比如 10-8。"))
