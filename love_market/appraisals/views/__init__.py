"""Pages of the quarter: the list, the score grid, import, meeting, notice, confirm, and the public board."""

from love_market.appraisals.views import board as board
from love_market.appraisals.views import cells as cells
from love_market.appraisals.views import confirming as confirming
from love_market.appraisals.views import grid as grid
from love_market.appraisals.views import imports as imports
from love_market.appraisals.views import meeting as meeting
from love_market.appraisals.views import minutes as minutes
from love_market.appraisals.views import notice as notice
from love_market.appraisals.views import objections as objections
from love_market.appraisals.views import proposals as proposals
from love_market.appraisals.views import quarters as quarters
from love_market.appraisals.views.room import bp as bp
