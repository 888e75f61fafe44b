"""Forms of the deeds room."""

from love_market.deeds.forms.deeds import ActForm as ActForm
from love_market.deeds.forms.deeds import DeedForm as DeedForm
from love_market.deeds.forms.deeds import PassForm as PassForm
from love_market.deeds.forms.deeds import RefusalForm as RefusalForm
from love_market.deeds.forms.penalties import DecisionForm as DecisionForm
from love_market.deeds.forms.penalties import DropForm as DropForm
from love_market.deeds.forms.penalties import PenaltyForm as PenaltyForm
from love_market.deeds.forms.penalties import ProofForm as ProofForm
from love_market.deeds.forms.penalties import ReplyForm as ReplyForm
from love_market.deeds.forms.penalties import TellForm as TellForm
from love_market.deeds.forms.rules import MeetingFields as MeetingFields
from love_market.deeds.forms.rules import PickForm as PickForm
from love_market.deeds.forms.rules import RulesForm as RulesForm
from love_market.deeds.forms.rules import WorkbookForm as WorkbookForm
from love_market.deeds.forms.vetoes import ReasonForm as ReasonForm
from love_market.deeds.forms.vetoes import VetoForm as VetoForm
