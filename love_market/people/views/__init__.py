"""Pages of the people room."""

from love_market.people.views import sign_in as sign_in
from love_market.people.views.room import bp as bp
