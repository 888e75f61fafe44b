"""The star list's paper, laid out: what it says, as values for its template."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from love_market.clock import village_date
from love_market.paper import qr_code, typeset


@dataclass(frozen=True, slots=True)
class StarHome:
    """A household on the paper, its head's name masked."""

    number: str
    name: str
    group: str
    points: int


@dataclass(frozen=True, slots=True)
class StarText:
    """What the paper says; ``grouped`` is ``(stars, points needed, households)``, five stars first.

    ``corrected`` says what was put right where the list replaces another.
    """

    village_name: str
    committee: str
    year: int
    published_on: date
    grouped: Sequence[tuple[int, int, Sequence[StarHome]]]
    head_hash: str
    url: str
    corrected: str = ""


def lay_out_stars(text: StarText, at: datetime) -> bytes:
    """Return the PDF of a year's star households for the wall, on A4."""
    data = {
        "village": text.village_name,
        "committee": text.committee,
        "year": text.year,
        "published_on": text.published_on.isoformat(),
        "count": sum(len(homes) for *_, homes in text.grouped),
        "grouped": [
            {"stars": stars, "needed": needed, "homes": [asdict(home) for home in homes]}
            for stars, needed, homes in text.grouped
        ],
        "head_hash": text.head_hash,
        "corrected": text.corrected,
        "qr": qr_code(text.url).svg,
        "printed_on": village_date(at).isoformat(),
    }
    return typeset("boards/stars", data, at)
