"""The quarter's papers from the books, a file each for the quarter's own and for those of objections."""

from love_market.appraisals.papers.objections import objection as objection
from love_market.appraisals.papers.objections import objection_forms as objection_forms
from love_market.appraisals.papers.objections import objection_reply as objection_reply
from love_market.appraisals.papers.quarter import REPLY_DAYS as REPLY_DAYS
from love_market.appraisals.papers.quarter import agenda as agenda
from love_market.appraisals.papers.quarter import committee_name as committee_name
from love_market.appraisals.papers.quarter import minutes as minutes
from love_market.appraisals.papers.quarter import notice as notice
from love_market.appraisals.papers.quarter import score_sheet as score_sheet
