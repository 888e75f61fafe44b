"""The star list's paper from the books."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.boards.queries import Published, published_rows
from love_market.boards.sheet import StarHome, StarText, lay_out_stars
from love_market.clock import village_date
from love_market.people.rules import Guard
from love_market.places import queries as places


def star_list(session: Session, guard: Guard, year: int, *, committee: str, url: str, at: datetime) -> bytes:
    """Return the PDF of a published year; ``url`` is its public page's, printed as a QR. Raises ``NoStarList``."""
    listed, rows = published_rows(session, guard, year)
    grouped = [
        (
            stars,
            needed,
            [StarHome(row.number, row.masked_name, row.group_name, row.points) for row in rows if row.stars == stars],
        )
        for stars, needed in listed.stars.steps
    ]
    village = places.village(session, guard.village_code)
    text = StarText(
        village.short_name,
        committee,
        year,
        village_date(listed.published_at),
        grouped,
        listed.head_hash,
        url,
        corrected=_corrected(listed),
    )
    return lay_out_stars(text, at)


def _corrected(listed: Published) -> str:
    if listed.corrects_id is None:
        return ""
    return f"更正：{listed.reason}" if listed.reason else "更正：原来公布的一份撤下来了，以这一份为准。"
