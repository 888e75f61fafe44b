"""Writing the quarter: opening it, scores, the meeting, the notice and objections, confirming."""

from love_market.appraisals.service.cells import CellInput, Place, RefusedCell
from love_market.appraisals.service.confirmation import ConfirmResult, confirm
from love_market.appraisals.service.deliberation import hold_meeting, return_to_scoring, submit, vote_again
from love_market.appraisals.service.importing import MeetingMissing, apply_scores
from love_market.appraisals.service.items import drop_proposal, propose, vote
from love_market.appraisals.service.meeting import amend, attend, attend_by_card, begin, close, going_on
from love_market.appraisals.service.minutes import add_note, keep_copy, take_copy_back
from love_market.appraisals.service.notice import object_to, publish_notice, reply
from love_market.appraisals.service.opening import add_budget, adopt_newest_rules, open_quarter
from love_market.appraisals.service.scoring import save_scores
from love_market.appraisals.service.stored import EnteredMeanwhile, SavedChange, note_with
from love_market.appraisals.service.undoing import undo_change

__all__ = [
    "CellInput",
    "ConfirmResult",
    "EnteredMeanwhile",
    "MeetingMissing",
    "Place",
    "RefusedCell",
    "SavedChange",
    "add_budget",
    "add_note",
    "adopt_newest_rules",
    "amend",
    "apply_scores",
    "attend",
    "attend_by_card",
    "begin",
    "close",
    "confirm",
    "drop_proposal",
    "going_on",
    "hold_meeting",
    "keep_copy",
    "note_with",
    "object_to",
    "open_quarter",
    "propose",
    "publish_notice",
    "reply",
    "return_to_scoring",
    "save_scores",
    "submit",
    "take_copy_back",
    "undo_change",
    "vote",
    "vote_again",
]
