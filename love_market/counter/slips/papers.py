"""The pad's paper from the books: its numbers, and the goods with the prices of the day it is printed."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.counter.slips.queries import PadRecord
from love_market.counter.slips.sheet import PadHeading, PricedGood, lay_out_pad
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.stock import queries as stock


def pad(session: Session, guard: Guard, made: PadRecord, at: datetime) -> bytes:
    """Return the PDF of a pad."""
    village = places.village(session, guard.village_code)
    heading = PadHeading(village.short_name, village.market_name, books.head(session, guard.market_id).hash)
    goods = [PricedGood(one.title, one.unit_name, one.points_price) for one in stock.goods(session, guard)]
    return lay_out_pad(heading, made.first_number, made.last_number, goods, at)
