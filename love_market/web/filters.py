"""How instants, dates, money and names are shown on pages."""

from datetime import date, datetime

from flask import Flask
from flask_babel import gettext as _

from love_market.clock import village_date, village_time
from love_market.errors import words

WEEKDAYS = (
    words("周一"),
    words("周二"),
    words("周三"),
    words("周四"),
    words("周五"),
    words("周六"),
    words("周日"),
)


def day(value: date | datetime | None) -> str:
    """Show a date or an instant's date: 10月17日."""
    if value is None:
        return ""
    on = village_date(value) if isinstance(value, datetime) else value
    return _("%(month)d月%(day)d日", month=on.month, day=on.day)


def full_day(value: date | datetime | None) -> str:
    """Show a date with its year: 2026年10月17日."""
    if value is None:
        return ""
    on = village_date(value) if isinstance(value, datetime) else value
    return _("%(year)d年%(month)d月%(day)d日", year=on.year, month=on.month, day=on.day)


def weekday(value: date | datetime) -> str:
    """Show the day of the week: 周六."""
    on = village_date(value) if isinstance(value, datetime) else value
    return _(WEEKDAYS[on.weekday()])


def clock_time(value: datetime) -> str:
    """Show an instant's time of day in the village: 18:00."""
    return village_time(value).strftime("%H:%M")


def moment(value: datetime | None) -> str:
    """Show an instant: 10月17日 18:00."""
    return "" if value is None else f"{day(value)} {clock_time(value)}"


def yuan(fen: int) -> str:
    """Show fen as yuan: 1234 → 12.34."""
    return f"{fen / 100:,.2f}"


def thousands(number: int) -> str:
    """Show a number with thousands separators."""
    return f"{number:,}"


def hash_groups(digest: str, groups: int = 3) -> str:
    """Show the start of a hash in groups of four, in capitals: 7F3A 91C2 0B5E."""
    return " ".join(digest[start : start + 4].upper() for start in range(0, groups * 4, 4))


def translated(sentence: str) -> str:
    """Show words that a lower room marked for translation in the reader's language."""
    return _(sentence)


def init_app(app: Flask) -> None:
    """Offer the filters to all templates."""
    for one in (day, full_day, weekday, clock_time, moment, yuan, thousands, hash_groups, translated):
        app.template_filter(one.__name__)(one)
