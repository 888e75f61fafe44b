"""The register of proxies to print (代领登记表). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date
from love_market.paper import typeset
from love_market.vouchers.rules import SIGNATURE_HEIGHT, SIGNATURE_WIDTH


@dataclass(frozen=True, slots=True)
class RegisterHeading:
    """Whose register it is, and of which days, in words; ``head_hash`` in hex is the book's head when it is printed."""

    village_name: str
    market_name: str
    days: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line: when, who acted for whom, what for; ``signature`` are strokes, empty where they are on paper."""

    when: str
    proxy: str
    relation: str
    household: str
    what: str
    points: int
    signature: str
    undone: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What one person did in these days, or all together."""

    name: str
    households: int
    acts: int
    collected_points: int
    redeemed_points: int


def lay_out_register(
    heading: RegisterHeading, rows: Sequence[RegisterRow], people: Sequence[PersonRow], total: PersonRow, at: datetime
) -> bytes:
    """Return the PDF of the register: every act, then the sums by person."""
    data = {
        "village": heading.village_name,
        "market": heading.market_name,
        "days": heading.days,
        "head_hash": heading.head_hash,
        "printed_on": village_date(at).isoformat(),
        "rows": [_row(row) for row in rows],
        "people": [_person(one) for one in people],
        "total": _person(total),
    }
    return typeset("counter/proxies", data, at)


def _row(row: RegisterRow) -> dict[str, object]:
    return {
        "when": row.when,
        "proxy": row.proxy,
        "relation": row.relation,
        "household": row.household,
        "what": row.what,
        "points": row.points,
        "signature": _drawn(row.signature),
        "undone": row.undone,
    }


def _person(one: PersonRow) -> dict[str, object]:
    return {
        "name": one.name,
        "households": one.households,
        "acts": one.acts,
        "collected_points": one.collected_points,
        "redeemed_points": one.redeemed_points,
    }


def _drawn(path: str) -> str:
    if not path:
        return ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIGNATURE_WIDTH} {SIGNATURE_HEIGHT}">'
        f'<path d="{path}" fill="none" stroke="#1F1B16" stroke-width="5" stroke-linecap="round"'
        ' stroke-linejoin="round"/></svg>'
    )
