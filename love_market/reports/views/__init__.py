"""Pages that only read: the front page, the desk, the villager's statement, the books."""

from love_market.reports.views import books as _books  # noqa: F401 each page joins the room's blueprint
from love_market.reports.views import desk as _desk  # noqa: F401
from love_market.reports.views import front as _front  # noqa: F401
from love_market.reports.views import overview as _overview  # noqa: F401
from love_market.reports.views import papers as _papers  # noqa: F401
from love_market.reports.views import printing as _printing  # noqa: F401
from love_market.reports.views import statement as _statement  # noqa: F401
from love_market.reports.views.room import bp as bp
