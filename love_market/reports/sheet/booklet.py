"""Every household's page of the booklet (户积分存折). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from love_market.clock import village_date
from love_market.paper import typeset

_MOST_LINES = 12
_MOST_VOUCHERS = 8
_MOST_SPENDINGS = 7


@dataclass(frozen=True, slots=True)
class BookletText:
    """Whose booklets they are, of which quarter and year."""

    village_name: str
    market_name: str
    quarter_title: str
    year: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class BookletLeaf:
    """One household's page.

    ``lines`` are ``(item, points)``; ``state`` says in words how far the row is, empty once it was awarded;
    ``vouchers`` are ``(number, face, left, last day, state in words, empty while it can be spent)``, ``spendings``
    ``(day, points, goods)`` with the oldest first; ``collected_by`` who collected vouchers for the household.
    """

    household_number: str
    head_name: str
    group_name: str
    points: int
    lines: tuple[tuple[str, int], ...]
    state: str
    carried: int
    awarded: int
    spent: int
    cleared: int
    void: int
    balance: int
    waiting: int
    honour: int
    vouchers: tuple[tuple[str, int, int, date, str], ...]
    spendings: tuple[tuple[date, int, str], ...]
    collected_by: str = ""


def lay_out_booklet(text: BookletText, leaves: Sequence[BookletLeaf], at: datetime) -> bytes:
    """Return the PDF of booklet pages, two of A5 on a sheet of A4, to cut apart in the middle.

    Cut as one pile, the left half laid on the right one, the pages are in the order given. Raises ``ValueError`` when
    there are none.
    """
    if not leaves:
        raise ValueError("no booklet pages to print")
    printed = [_leaf(leaf) | {"number": number} for number, leaf in enumerate(leaves, 1)]
    left = (len(printed) + 1) // 2
    sheets = [[printed[index], *printed[left + index : left + index + 1]] for index in range(left)]
    data = {
        "village": text.village_name,
        "market": text.market_name,
        "quarter_title": text.quarter_title,
        "year": text.year,
        "head_hash": text.head_hash,
        "printed_on": village_date(at).isoformat(),
        "count": len(printed),
        "sheets": sheets,
    }
    return typeset("reports/booklet", data, at)


def _leaf(leaf: BookletLeaf) -> dict[str, object]:
    lasts = {until for _, _, _, until, _ in leaf.vouchers}
    first, last = (min(lasts), max(lasts)) if lasts else (None, None)
    return {
        "household_number": leaf.household_number,
        "head_name": leaf.head_name,
        "group_name": leaf.group_name,
        "points": leaf.points,
        "lines": _summed_up(leaf.lines),
        "state": leaf.state,
        "carried": leaf.carried,
        "awarded": leaf.awarded,
        "spent": leaf.spent,
        "cleared": leaf.cleared,
        "void": leaf.void,
        "balance": leaf.balance,
        "waiting": leaf.waiting,
        "honour": leaf.honour,
        "valid_until": "" if first is None or last is None else _until(first, last),
        "vouchers": _vouchers(leaf.vouchers),
        "collected_by": leaf.collected_by,
        "times": len(leaf.spendings),
        "spendings": _spendings(leaf.spendings),
    }


def _summed_up(lines: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    if len(lines) <= _MOST_LINES:
        return list(lines)
    shown, rest = lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1 :]
    return [*shown, (f"其余 {len(rest)} 项", sum(points for _, points in rest))]


def _vouchers(vouchers: Sequence[tuple[str, int, int, date, str]]) -> list[tuple[str, int, int, str]]:
    shown = vouchers if len(vouchers) <= _MOST_VOUCHERS else vouchers[: _MOST_VOUCHERS - 1]
    rest = vouchers[len(shown) :]
    printed = [(serial_no, face, left, state) for serial_no, face, left, _, state in shown]
    if rest:
        printed.append(("", 0, 0, f"另有 {len(rest)} 张，剩 {sum(left for _, _, left, _, _ in rest)} 分"))
    return printed


def _spendings(spendings: Sequence[tuple[date, int, str]]) -> list[tuple[str, int, str]]:
    """Return the latest spendings with those before them summed up above, oldest first."""
    shown = spendings if len(spendings) <= _MOST_SPENDINGS else spendings[-_MOST_SPENDINGS + 1 :]
    earlier = spendings[: len(spendings) - len(shown)]
    printed = [(f"{day.month}月{day.day}日", points, goods) for day, points, goods in shown]
    if earlier:
        printed.insert(0, ("", sum(points for _, points, _ in earlier), f"在这以前 {len(earlier)} 次"))
    return printed


def _until(first: date, last: date) -> str:
    """Return until when the vouchers are good: one day, or the first and the last."""
    days = [f"{day.year}年{day.month}月{day.day}日" for day in dict.fromkeys((first, last))]
    return f"有效至 {'、'.join(days)}"
