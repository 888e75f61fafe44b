"""Pages of the deeds room."""

from love_market.deeds.views import claims as claims
from love_market.deeds.views import editing as editing
from love_market.deeds.views import files as files
from love_market.deeds.views import hearing as hearing
from love_market.deeds.views import model_rules as model_rules
from love_market.deeds.views import own as own
from love_market.deeds.views import own_penalties as own_penalties
from love_market.deeds.views import penalties as penalties
from love_market.deeds.views import records as records
from love_market.deeds.views import review as review
from love_market.deeds.views import versions as versions
from love_market.deeds.views import vetoes as vetoes
from love_market.deeds.views import workbooks as workbooks
from love_market.deeds.views.room import bp as bp
