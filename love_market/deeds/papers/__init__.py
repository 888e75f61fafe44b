"""The room's papers from the books."""

from love_market.deeds.papers.penalties import penalty_slip as penalty_slip
from love_market.deeds.papers.register import register as register
from love_market.deeds.papers.rules import changes as changes
from love_market.deeds.papers.rules import draft_changes as draft_changes
from love_market.deeds.papers.rules import rules_workbook as rules_workbook
from love_market.deeds.papers.rules import wall as wall
