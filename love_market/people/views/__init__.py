"""Pages of the people room."""

from love_market.people.views import cards as cards
from love_market.people.views import households as households
from love_market.people.views import kin as kin
from love_market.people.views import places as places
from love_market.people.views import roster as roster
from love_market.people.views import sign_in as sign_in
from love_market.people.views import staff as staff
from love_market.people.views.room import bp as bp
