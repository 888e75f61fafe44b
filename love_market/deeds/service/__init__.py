"""Writing rules, deeds and penalties."""

from love_market.deeds.service.adoption import adopt_catalogue as adopt_catalogue
from love_market.deeds.service.adoption import adopt_version as adopt_version
from love_market.deeds.service.deeds import accept as accept
from love_market.deeds.service.deeds import record as record
from love_market.deeds.service.deeds import refuse as refuse
from love_market.deeds.service.deeds import withdraw as withdraw
from love_market.deeds.service.hearing import count_penalties as count_penalties
from love_market.deeds.service.hearing import let_stand as let_stand
from love_market.deeds.service.hearing import reply_to_penalty as reply_to_penalty
from love_market.deeds.service.hearing import tell_by_page as tell_by_page
from love_market.deeds.service.hearing import tell_by_slip as tell_by_slip
from love_market.deeds.service.hearing import uncount_penalties as uncount_penalties
from love_market.deeds.service.hearing import withdraw_penalty as withdraw_penalty
from love_market.deeds.service.penalties import Noted as Noted
from love_market.deeds.service.penalties import Shown as Shown
from love_market.deeds.service.penalties import drop_penalty as drop_penalty
from love_market.deeds.service.penalties import note_penalties as note_penalties
from love_market.deeds.service.penalties import record_penalty as record_penalty
from love_market.deeds.service.penalties import show_proof as show_proof
