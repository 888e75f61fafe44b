"""Reading the quarter: how far it is, the score sheet, the meeting, the notice, and what an import would do."""

from love_market.appraisals.queries.board import (
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
from love_market.appraisals.queries.last import LastRow, last_quarter
from love_market.appraisals.queries.meeting import MeetingRecord, ResolutionRecord, kin_of_panel, meeting
from love_market.appraisals.queries.plan import plan_scores
from love_market.appraisals.queries.progress import Step, current_step, days_left, progress
from love_market.appraisals.queries.quarter import (
    AppraisalRecord,
    appraisal,
    appraisals,
    budget_left,
    names_by_actor,
    names_of,
    recorders,
)
from love_market.appraisals.queries.sheet import ScoreSheet, SheetCell, SheetRow, counted_before, sheet
from love_market.appraisals.queries.so_far import SoFar, so_far

__all__ = [
    "AppraisalRecord",
    "Change",
    "Changes",
    "LastRow",
    "MeetingRecord",
    "NoticeRow",
    "NoticeView",
    "ObjectionRecord",
    "ResolutionRecord",
    "ScoreSheet",
    "SheetCell",
    "SheetRow",
    "SoFar",
    "Step",
    "Undoable",
    "appraisal",
    "appraisals",
    "budget_left",
    "changes",
    "confirmed_awards",
    "counted_before",
    "current_step",
    "days_left",
    "entered_by_others",
    "frozen_rows",
    "kin_of_panel",
    "last_quarter",
    "meeting",
    "names_by_actor",
    "names_of",
    "notice",
    "objection",
    "objections",
    "plan_scores",
    "progress",
    "recorders",
    "sheet",
    "so_far",
    "undoable",
    "writers",
]
