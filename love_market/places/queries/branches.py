"""A county's townships with their villages, for whoever oversees them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.places.models import Market, Place
from love_market.places.queries.divisions import PlaceRecord, children, place
from love_market.places.queries.markets import VillageRecord


@dataclass(frozen=True, slots=True)
class Branch:
    """A township with its villages that have a market, by code; of the others only the numbers are given."""

    place: PlaceRecord
    served: tuple[VillageRecord, ...]
    villages: int
    communities: int

    @property
    def served_count(self) -> int:
        """How many of the villages have a market."""
        return len(self.served)


def branches(session: Session, code: str) -> Sequence[Branch]:
    """Return the townships below a county with their served villages, or a township alone; by code, never by rank."""
    top = place(session, code)
    above = children(session, code) if top.level == "county" else [top]
    codes = [each.code for each in above]
    served: dict[str, list[VillageRecord]] = {each: [] for each in codes}
    counts: Counter[tuple[str, str]] = Counter()
    rows = session.execute(
        select(Place, Market)
        .outerjoin(Market, Market.id == Place.market_id)
        .where(Place.parent_code.in_(codes))
        .order_by(Place.code)
    )
    for row, market in rows:
        parent = row.parent_code or ""
        counts[parent, row.level] += 1
        if market is not None:
            served[parent].append(VillageRecord(row.code, row.name, market.id, market.name))
    return [
        Branch(each, tuple(served[each.code]), counts[each.code, "village"], counts[each.code, "community"])
        for each in above
    ]
