"""Reading places and markets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.errors import NotFound, Refused, words
from love_market.places.models import Installation, Market, Place

USUAL_LEASE_HOURS = 72


class NoSuchPlace(NotFound):
    """No place has this code."""


class NoMarket(NotFound):
    """No market serves this village yet."""


class MarketMoved(Refused):
    """The village's market is kept in another database now; nothing is written here any more."""


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place by its division code; ``level`` is county, township, village or community."""

    code: str
    name: str
    level: str
    parent_code: str | None
    market_id: UUID | None


@dataclass(frozen=True, slots=True)
class VillageRecord:
    """A village that a market serves."""

    code: str
    name: str
    market_id: UUID
    market_name: str

    @property
    def short_name(self) -> str:
        """The village without the committee behind it: 守口堡村委会 → 守口堡村."""
        for ending in ("村民委员会", "村委会"):
            if self.name.endswith(ending):
                return self.name.removesuffix(ending) + "村"
        return self.name.removesuffix("居委会")


@dataclass(frozen=True, slots=True)
class Here:
    """A village that a page is about, and the codes from it upwards: village, township, county."""

    village: VillageRecord
    lineage: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarketSettings:
    """A market's settings (see ``places.models.Market``)."""

    notice_days: int
    voucher_valid_days: int
    vouchers_in_denominations: bool
    vouchers_a_sheet: int
    minimum_redemption_points: int
    quarter_budget_points: int
    lease_hours: int
    offline_new_points: int


_township, _county = aliased(Place), aliased(Place)
HERE = (
    select(
        Place.name,
        Market.id.label("market_id"),
        Market.name.label("market_name"),
        Market.moved_to,
        _township.code.label("township_code"),
        _county.code.label("county_code"),
    )
    .outerjoin(Market, Market.id == Place.market_id)
    .outerjoin(_township, _township.code == Place.parent_code)
    .outerjoin(_county, _county.code == _township.parent_code)
    .where(Place.code == bindparam("code"))
    .subquery("here")
)
"""A place by its ``code``, its market and the places above it: what ``here`` reads, to be joined to other questions."""

_HERE = Prepared(select(HERE))


def is_demonstration(session: Session) -> bool | None:
    """Return whether this database says it is a demonstration; None before it says anything."""
    return session.scalar(select(Installation.demonstration))


def place(session: Session, code: str) -> PlaceRecord:
    """Return a place; raise ``NoSuchPlace``."""
    row = session.get(Place, code)
    if row is None:
        raise _no_such(code)
    return _record(row)


def _no_such(code: str) -> NoSuchPlace:
    return NoSuchPlace(words("没有代码是 {code} 的地方。"), code=code)


def lineage(session: Session, code: str) -> Sequence[PlaceRecord]:
    """Return a place and all places above it, the place first; raise ``NoSuchPlace``."""
    places = [place(session, code)]
    while (parent := places[-1].parent_code) is not None:
        places.append(place(session, parent))
    return places


def children(session: Session, code: str | None) -> Sequence[PlaceRecord]:
    """Return the places right below one, by code; below None: the counties."""
    rows = session.scalars(select(Place).where(Place.parent_code == code).order_by(Place.code))
    return [_record(row) for row in rows]


def villages_named(session: Session, text: str) -> Sequence[PlaceRecord]:
    """Return the villages and communities with this code or with this in their name, by code."""
    rows = session.scalars(
        select(Place)
        .where(Place.level.in_(["village", "community"]))
        .where((Place.code == text) | Place.name.contains(text.removesuffix("村"), autoescape=True))
        .order_by(Place.code)
    )
    return [_record(row) for row in rows]


def village(session: Session, code: str) -> VillageRecord:
    """Return a village and its market; raise ``NoSuchPlace``, ``NoMarket`` or ``MarketMoved``."""
    return here(code, here_row(session, code)).village


def here_row(session: Session, code: str) -> Row:
    """Return what ``HERE`` says of a place; nothing where there is no such place."""
    return next(iter(_HERE.rows(session, code=code)), ())


def here(code: str, row: Row) -> Here:
    """Return where a page of this village's is; raise ``NoSuchPlace``, ``NoMarket`` or ``MarketMoved``."""
    if not row or row[0] is None:
        raise _no_such(code)
    name, market_id, market, moved_to, *above = row
    if market_id is None:
        raise NoMarket(words("{name}还没有开爱心超市。"), name=name)
    if moved_to is not None:
        raise MarketMoved(words("{name}已经搬到 {to}，这里不再记账。请到那里登录。"), name=market, to=moved_to)
    lineage = (code, *(place for place in above if place is not None))
    return Here(VillageRecord(code, name, market_id, market), lineage)


def villages_of(session: Session, market_id: UUID) -> Sequence[VillageRecord]:
    """Return the villages that a market serves, by code."""
    market = session.get_one(Market, market_id)
    rows = session.scalars(select(Place).where(Place.market_id == market_id).order_by(Place.code))
    return [VillageRecord(row.code, row.name, market.id, market.name) for row in rows]


def villages_of_known(session: Session, market_id: UUID) -> Sequence[VillageRecord]:
    """Return the villages that a market serves; none for a market that these books do not have."""
    return [] if session.get(Market, market_id) is None else villages_of(session, market_id)


def market_ids(session: Session) -> Sequence[UUID]:
    """Return all markets, by id."""
    return session.scalars(select(Market.id).order_by(Market.id)).all()


def market_name(session: Session, market_id: UUID) -> str:
    """Return a market's name."""
    return session.get_one(Market, market_id).name


def served_villages(session: Session) -> Sequence[VillageRecord]:
    """Return all villages that have a market, by code."""
    rows = session.execute(select(Place, Market).join(Market, Market.id == Place.market_id).order_by(Place.code))
    return [VillageRecord(row.code, row.name, market.id, market.name) for row, market in rows]


def settings(session: Session, market_id: UUID) -> MarketSettings:
    """Return a market's settings."""
    row = session.get_one(Market, market_id)
    return MarketSettings(
        notice_days=row.notice_days,
        voucher_valid_days=row.voucher_valid_days,
        vouchers_in_denominations=row.vouchers_in_denominations,
        vouchers_a_sheet=row.vouchers_a_sheet,
        minimum_redemption_points=row.minimum_redemption_points,
        quarter_budget_points=row.quarter_budget_points,
        lease_hours=USUAL_LEASE_HOURS if row.lease_hours is None else row.lease_hours,
        offline_new_points=row.offline_new_points or 0,
    )


def _record(row: Place) -> PlaceRecord:
    return PlaceRecord(row.code, row.name, row.level, row.parent_code, row.market_id)


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
