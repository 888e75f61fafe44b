"""Time: aware UTC inside, the village's own date and quarter outside (Asia/Shanghai)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Self

from love_market.errors import Invalid, words

# China keeps one time zone without daylight saving, so a fixed offset is exact and needs no zone files on Windows.
VILLAGE_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_CHINESE_ORDINALS = "一二三四"
_EVENING_HOUR = 18


def utc_now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def village_time(at: datetime) -> datetime:
    """Return the same instant as the village's clock shows it."""
    return at.astimezone(VILLAGE_TIME)


def village_date(at: datetime) -> date:
    """Return the date that the village's calendar shows at an instant."""
    return village_time(at).date()


def village_instant(on: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return the UTC instant of a wall-clock time in the village."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=VILLAGE_TIME).astimezone(UTC)


def evening_after(at: datetime, days: int) -> datetime:
    """Return the first 18:00 in the village after ``days`` full days: when what runs by days ends."""
    full = at + timedelta(days=days)
    end = village_instant(village_date(full), _EVENING_HOUR)
    return end if end >= full else village_instant(village_date(full) + timedelta(days=1), _EVENING_HOUR)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """An appraisal quarter (评定季度): a calendar quarter of the village's calendar."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026Q3`` or ``2026-q3``; raise ``Invalid`` for anything else."""
        match = _QUARTER.fullmatch(text.strip())
        if match is None:
            raise Invalid(words("季度写作 2026Q3 这样，“{text}”看不懂。"), text=text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter a day falls in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first_day(self) -> date:
        """The quarter's first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        """The quarter's last day."""
        return self.next().first_day - timedelta(days=1)

    def next(self) -> Self:
        """Return the quarter after this one."""
        return type(self)(self.year + self.number // 4, self.number % 4 + 1)

    def previous(self) -> Self:
        """Return the quarter before this one."""
        return type(self)(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def title(self) -> str:
        """The quarter as the village says it: 2026年第三季度."""
        return f"{self.year}年第{_CHINESE_ORDINALS[self.number - 1]}季度"

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
