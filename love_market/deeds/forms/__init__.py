"""Forms of the deeds room."""

from love_market.deeds.forms.deeds import ActForm as ActForm
from love_market.deeds.forms.deeds import DeedForm as DeedForm
from love_market.deeds.forms.deeds import RefusalForm as RefusalForm
from love_market.deeds.forms.rules import MeetingFields as MeetingFields
from love_market.deeds.forms.rules import PickForm as PickForm
from love_market.deeds.forms.rules import RulesForm as RulesForm
from love_market.deeds.forms.rules import WorkbookForm as WorkbookForm
from love_market.deeds.forms.vetoes import ReasonForm as ReasonForm
from love_market.deeds.forms.vetoes import VetoForm as VetoForm
