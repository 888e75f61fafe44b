"""Pages of the boards: a year's star households for staff and for anybody, and the warning board."""

from love_market.boards.views import public as _public  # noqa: F401 each page joins the room's blueprint
from love_market.boards.views import stars as _stars  # noqa: F401
from love_market.boards.views import warnings as _warnings  # noqa: F401
from love_market.boards.views.room import bp as bp
