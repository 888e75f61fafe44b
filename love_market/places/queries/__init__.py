"""Reading places and markets."""

from love_market.places.queries.branches import Branch as Branch
from love_market.places.queries.branches import branches as branches
from love_market.places.queries.divisions import NoSuchPlace as NoSuchPlace
from love_market.places.queries.divisions import PlaceRecord as PlaceRecord
from love_market.places.queries.divisions import children as children
from love_market.places.queries.divisions import lineage as lineage
from love_market.places.queries.divisions import place as place
from love_market.places.queries.divisions import villages_named as villages_named
from love_market.places.queries.here import HERE as HERE
from love_market.places.queries.here import Here as Here
from love_market.places.queries.here import MarketMoved as MarketMoved
from love_market.places.queries.here import NoMarket as NoMarket
from love_market.places.queries.here import here as here
from love_market.places.queries.here import here_row as here_row
from love_market.places.queries.here import village as village
from love_market.places.queries.markets import USUAL_LEASE_HOURS as USUAL_LEASE_HOURS
from love_market.places.queries.markets import MarketSettings as MarketSettings
from love_market.places.queries.markets import VillageRecord as VillageRecord
from love_market.places.queries.markets import is_demonstration as is_demonstration
from love_market.places.queries.markets import market_ids as market_ids
from love_market.places.queries.markets import market_name as market_name
from love_market.places.queries.markets import proxy_limit as proxy_limit
from love_market.places.queries.markets import served_villages as served_villages
from love_market.places.queries.markets import settings as settings
from love_market.places.queries.markets import villages_of as villages_of
from love_market.places.queries.markets import villages_of_known as villages_of_known
