"""Where a page is: its village, the village's market, and the places above."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from love_market.db import Prepared
from love_market.db.prepared import Row
from love_market.errors import NotFound, Refused, words
from love_market.places.models import Market, Place
from love_market.places.queries.divisions import no_such
from love_market.places.queries.markets import VillageRecord


class NoMarket(NotFound):
    """No market serves this village yet."""


class MarketMoved(Refused):
    """The village's market is kept in another database now; nothing is written here any more."""


@dataclass(frozen=True, slots=True)
class Here:
    """A village that a page is about, and the codes from it upwards: village, township, county."""

    village: VillageRecord
    lineage: tuple[str, ...]


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


def village(session: Session, code: str) -> VillageRecord:
    """Return a village and its market; raise ``NoSuchPlace``, ``NoMarket`` or ``MarketMoved``."""
    return here(code, here_row(session, code)).village


def here_row(session: Session, code: str) -> Row:
    """Return what ``HERE`` says of a place; nothing where there is no such place."""
    return next(iter(_HERE.rows(session, code=code)), ())


def here(code: str, row: Row) -> Here:
    """Return where a page of this village's is; raise ``NoSuchPlace``, ``NoMarket`` or ``MarketMoved``."""
    if not row or row[0] is None:
        raise no_such(code)
    name, market_id, market, moved_to, *above = row
    if market_id is None:
        raise NoMarket(words("{name}还没有开爱心超市。"), name=name)
    if moved_to is not None:
        raise MarketMoved(words("{name}已经搬到 {to}，这里不再记账。请到那里登录。"), name=market, to=moved_to)
    lineage = (code, *(place for place in above if place is not None))
    return Here(VillageRecord(code, name, market_id, market), lineage)
