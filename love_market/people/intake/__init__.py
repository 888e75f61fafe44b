"""A roster workbook → what it says → what taking it in would make and change. Pure; drops identity numbers first."""

from love_market.people.intake.compare import compare as compare
from love_market.people.intake.parse import parse_roster as parse_roster
from love_market.people.intake.plan import Change as Change
from love_market.people.intake.plan import KnownHousehold as KnownHousehold
from love_market.people.intake.plan import PlanRow as PlanRow
from love_market.people.intake.plan import RosterPlan as RosterPlan
from love_market.people.intake.plan import roster_lines as roster_lines
from love_market.people.intake.roster import FIELD_LABELS as FIELD_LABELS
from love_market.people.intake.roster import MEMBERS_LABEL as MEMBERS_LABEL
from love_market.people.intake.roster import ParsedHousehold as ParsedHousehold
from love_market.people.intake.roster import ParsedMember as ParsedMember
from love_market.people.intake.roster import ParsedRoster as ParsedRoster
from love_market.people.intake.roster import RefusedRow as RefusedRow
from love_market.people.intake.sayings import Saying as Saying
from love_market.people.intake.sayings import clean as clean
