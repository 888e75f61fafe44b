"""Forms of the deeds room: deeds, rules, penalties."""

from love_market.deeds.forms.deeds import SPARE_ROWS as SPARE_ROWS
from love_market.deeds.forms.deeds import ActForm as ActForm
from love_market.deeds.forms.deeds import DeedForm as DeedForm
from love_market.deeds.forms.deeds import RefusalForm as RefusalForm
from love_market.deeds.forms.deeds import RuleRow as RuleRow
from love_market.deeds.forms.deeds import RulesForm as RulesForm
from love_market.deeds.forms.deeds import WholeNumberField as WholeNumberField
from love_market.deeds.forms.penalties import DecisionForm as DecisionForm
from love_market.deeds.forms.penalties import DropForm as DropForm
from love_market.deeds.forms.penalties import PenaltyForm as PenaltyForm
from love_market.deeds.forms.penalties import ProofForm as ProofForm
from love_market.deeds.forms.penalties import ReplyForm as ReplyForm
from love_market.deeds.forms.penalties import TellForm as TellForm
