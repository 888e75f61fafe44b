"""Pages of the deeds room."""

from love_market.deeds.views import claims as claims
from love_market.deeds.views import files as files
from love_market.deeds.views import own as own
from love_market.deeds.views import records as records
from love_market.deeds.views import review as review
from love_market.deeds.views import versions as versions
from love_market.deeds.views.room import bp as bp
