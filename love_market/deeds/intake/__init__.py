"""What a new version of the rules is made from: the built-in catalogue, drafts, workbooks. Pure."""

from love_market.deeds.intake.difference import Change as Change
from love_market.deeds.intake.difference import Difference as Difference
from love_market.deeds.intake.difference import difference as difference
from love_market.deeds.intake.parse import HEADINGS as HEADINGS
from love_market.deeds.intake.parse import CellProblem as CellProblem
from love_market.deeds.intake.parse import ParsedRules as ParsedRules
from love_market.deeds.intake.parse import parse_rules as parse_rules
from love_market.deeds.intake.settling import catalogue as catalogue
from love_market.deeds.intake.settling import merged as merged
from love_market.deeds.intake.settling import same_rule as same_rule
from love_market.deeds.intake.settling import settle as settle
