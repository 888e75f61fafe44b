"""The books added up again from their raw rows, by none of the program's own sums."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import openpyxl

from tests.plays.shell import Installation

POINTS = UUID(int=0)
# domain.md §3: what may count in a quarter, by the rules that the shared workbook's columns match.
CAPS = {"庭院整洁": 5, "垃圾分类": 9, "孝老爱亲": 10, "义务劳动": 40, "志愿服务": 30, "乱倒垃圾": 20}


@dataclass(frozen=True)
class Sums:
    """What the legs say, each unit by itself."""

    points: Counter[str]
    goods: Counter[str]
    awarded: int
    issued: int
    balances_agree: bool


def sums_of(at: Installation) -> Sums:
    """Return where points and goods rest by the legs alone, and whether every kept balance is what its legs say."""
    kinds: Counter[tuple[bool, str]] = Counter()
    balances: Counter[tuple[str, UUID, UUID]] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    for unit, source, source_owner, destination, destination_owner, amount in at.rows(
        "SELECT unit, source_kind, source_owner, destination_kind, destination_owner, amount FROM leg"
    ):
        balances[source, source_owner, unit] -= amount
        balances[destination, destination_owner, unit] += amount
        kinds[unit == POINTS, source] -= amount
        kinds[unit == POINTS, destination] += amount
        moved[source, destination] += amount
    kept = {row[:3]: row[3] for row in at.rows("SELECT kind, owner, unit, balance FROM account")}
    return Sums(
        points=Counter({kind: amount for (is_points, kind), amount in kinds.items() if is_points}),
        goods=Counter({kind: amount for (is_points, kind), amount in kinds.items() if not is_points}),
        awarded=moved["budget", "household"] - moved["household", "budget"],
        issued=moved["household", "voucher"],
        balances_agree=kept == dict(balances),
    )


def redemptions_that_do_not_match(at: Installation) -> list[int]:
    """Return the entries of redemptions whose points are not what their goods cost."""
    return [
        number
        for (number,) in at.rows(
            """
            SELECT entry.number FROM entry
            JOIN leg ON leg.market_id = entry.market_id AND leg.entry_number = entry.number
            LEFT JOIN good ON good.market_id = leg.market_id AND good.id = leg.unit
            WHERE entry.kind = 'redeem'
            GROUP BY entry.number
            HAVING sum(CASE WHEN good.id IS NULL THEN leg.amount ELSE -leg.amount * good.points_price END) <> 0
            """
        )
    ]


def points_on_paper(scores: Path) -> dict[str, int]:
    """Return what each household of the shared score workbook should be awarded, by its number."""
    sheet = openpyxl.load_workbook(scores).worksheets[0]
    _title, _categories, names, *rows = list(sheet.iter_rows(values_only=True))
    points: dict[str, int] = {}
    for row in rows:
        cells = [(str(name), value) for name, value in zip(names, row, strict=True) if isinstance(value, int) and name]
        counted = [max(-CAPS.get(name, 999), min(value, CAPS.get(name, 999))) for name, value in cells]
        points[str(row[1]).zfill(3)] = max(0, sum(counted))
    return {number: amount for number, amount in points.items() if amount}
