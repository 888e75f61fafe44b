"""Tables of deeds: rules in versions, model rules, vetoes, claims of good deeds, penalties."""

from love_market.deeds.models.deeds import Deed as Deed
from love_market.deeds.models.deeds import DeedPhoto as DeedPhoto
from love_market.deeds.models.penalties import Penalty as Penalty
from love_market.deeds.models.penalties import PenaltyPhoto as PenaltyPhoto
from love_market.deeds.models.rules import Minutes as Minutes
from love_market.deeds.models.rules import ModelCatalogue as ModelCatalogue
from love_market.deeds.models.rules import ModelRule as ModelRule
from love_market.deeds.models.rules import Rule as Rule
from love_market.deeds.models.rules import RuleVersion as RuleVersion
from love_market.deeds.models.rules import Veto as Veto
from love_market.deeds.models.rules import VetoRule as VetoRule
