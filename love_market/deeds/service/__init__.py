"""Writing rules and deeds."""

from love_market.deeds.service.adoption import adopt_catalogue as adopt_catalogue
from love_market.deeds.service.adoption import adopt_version as adopt_version
from love_market.deeds.service.deeds import record as record
from love_market.deeds.service.reviewing import accept as accept
from love_market.deeds.service.reviewing import first_review as first_review
from love_market.deeds.service.reviewing import refuse as refuse
from love_market.deeds.service.reviewing import withdraw as withdraw
