"""Reading the quarter: how far it is, the score sheet, the meeting, the notice, and what an import would do."""

from love_market.appraisals.queries.board import (
    NoticeLine,
    NoticeRow,
    NoticeView,
    ObjectionRecord,
    confirmed_awards,
    frozen_rows,
    notice,
    objection,
    objections,
)
from love_market.appraisals.queries.changes import (
    Change,
    Changes,
    Undoable,
    changes,
    entered_by_others,
    undoable,
    writers,
)
from love_market.appraisals.queries.closed import ClosedQuarters, closed_quarters
from love_market.appraisals.queries.honour import honour_points
from love_market.appraisals.queries.last import LastRow, last_quarter
from love_market.appraisals.queries.meeting import (
    MeetingRecord,
    ResolutionRecord,
    kin_of_panel,
    kin_on_list,
    meeting,
    meeting_going_on,
    meetings,
)
from love_market.appraisals.queries.minutes import Minutes, MinutesItem, SignedCopyRecord, minutes, signed_copy
from love_market.appraisals.queries.plan import plan_scores
from love_market.appraisals.queries.progress import Step, days_left, progress
from love_market.appraisals.queries.quarter import (
    AppraisalRecord,
    appraisal,
    appraisals,
    budget_left,
    names_of,
    recorders,
)
from love_market.appraisals.queries.sheet import ScoreSheet, SheetCell, SheetRow, counted_before, sheet
from love_market.appraisals.queries.sitting import (
    Item,
    ListedHousehold,
    NoteRecord,
    ProposalRecord,
    Sitting,
    list_totals,
    proposals,
    sitting,
)
from love_market.appraisals.queries.so_far import SoFar, so_far

__all__ = [
    "AppraisalRecord",
    "Change",
    "Changes",
    "ClosedQuarters",
    "Item",
    "LastRow",
    "ListedHousehold",
    "MeetingRecord",
    "Minutes",
    "MinutesItem",
    "NoteRecord",
    "NoticeLine",
    "NoticeRow",
    "NoticeView",
    "ObjectionRecord",
    "ProposalRecord",
    "ResolutionRecord",
    "ScoreSheet",
    "SheetCell",
    "SheetRow",
    "SignedCopyRecord",
    "Sitting",
    "SoFar",
    "Step",
    "Undoable",
    "appraisal",
    "appraisals",
    "budget_left",
    "changes",
    "closed_quarters",
    "confirmed_awards",
    "counted_before",
    "days_left",
    "entered_by_others",
    "frozen_rows",
    "honour_points",
    "kin_of_panel",
    "kin_on_list",
    "last_quarter",
    "list_totals",
    "meeting",
    "meeting_going_on",
    "meetings",
    "minutes",
    "names_of",
    "notice",
    "objection",
    "objections",
    "plan_scores",
    "progress",
    "proposals",
    "recorders",
    "sheet",
    "signed_copy",
    "sitting",
    "so_far",
    "undoable",
    "writers",
]
