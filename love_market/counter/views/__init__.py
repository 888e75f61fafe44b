"""Pages of the counter: till, receipts and the day; disputes; proxies; records in a file; the blackout pad."""

from love_market.counter.slips import views as slips
from love_market.counter.views import disputes as _disputes  # noqa: F401 each page joins the room's blueprint
from love_market.counter.views import proxies as _proxies  # noqa: F401
from love_market.counter.views import receipts as _receipts  # noqa: F401
from love_market.counter.views import records as _records  # noqa: F401
from love_market.counter.views.room import bp as bp

bp.register_blueprint(slips.bp)
