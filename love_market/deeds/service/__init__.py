"""Writing rules, vetoes and deeds."""

from love_market.deeds.service.adoption import adopt_catalogue as adopt_catalogue
from love_market.deeds.service.adoption import adopt_version as adopt_version
from love_market.deeds.service.deeds import accept as accept
from love_market.deeds.service.deeds import record as record
from love_market.deeds.service.deeds import refuse as refuse
from love_market.deeds.service.deeds import withdraw as withdraw
from love_market.deeds.service.models import publish_model as publish_model
from love_market.deeds.service.vetoes import judge_veto as judge_veto
from love_market.deeds.service.vetoes import lift_veto as lift_veto
from love_market.deeds.service.vetoes import record_veto as record_veto
