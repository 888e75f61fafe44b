"""Writing the quarter: opening it, scores, the meeting, the notice and objections, confirming."""

from love_market.appraisals.service.cells import CellInput, RefusedCell
from love_market.appraisals.service.confirmation import ConfirmResult, confirm
from love_market.appraisals.service.deliberation import hold_meeting, return_to_scoring, submit, vote_again
from love_market.appraisals.service.importing import apply_scores
from love_market.appraisals.service.notice import object_to, publish_notice, reply
from love_market.appraisals.service.opening import add_budget, adopt_newest_rules, open_quarter
from love_market.appraisals.service.scoring import save_scores
from love_market.appraisals.service.stored import EnteredMeanwhile, SavedChange
from love_market.appraisals.service.undoing import undo_change

__all__ = [
    "CellInput",
    "ConfirmResult",
    "EnteredMeanwhile",
    "RefusedCell",
    "SavedChange",
    "add_budget",
    "adopt_newest_rules",
    "apply_scores",
    "confirm",
    "hold_meeting",
    "object_to",
    "open_quarter",
    "publish_notice",
    "reply",
    "return_to_scoring",
    "save_scores",
    "submit",
    "undo_change",
    "vote_again",
]
