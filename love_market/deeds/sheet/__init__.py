"""The room's papers laid out. Pure: data in, PDF out."""

from love_market.deeds.sheet.penalties import PenaltySlip as PenaltySlip
from love_market.deeds.sheet.penalties import lay_out_slip as lay_out_slip
from love_market.deeds.sheet.rules import RulesHeading as RulesHeading
from love_market.deeds.sheet.rules import lay_out_changes as lay_out_changes
from love_market.deeds.sheet.rules import lay_out_wall as lay_out_wall
