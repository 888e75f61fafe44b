"""Pages of the stock room."""

from love_market.stock.views import goods as goods
from love_market.stock.views import imports as imports
from love_market.stock.views import lots as lots
from love_market.stock.views import stocktakes as stocktakes
from love_market.stock.views.room import bp as bp
