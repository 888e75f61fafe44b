"""Tables of the quarter, and of the panel's meeting on it."""

from love_market.appraisals.models.meeting import (
    Attendance,
    Meeting,
    MeetingNote,
    Proposal,
    Resolution,
    SignedCopy,
)
from love_market.appraisals.models.quarter import Appraisal, AppraisalRow, Objection, Score, ScoreChange

__all__ = [
    "Appraisal",
    "AppraisalRow",
    "Attendance",
    "Meeting",
    "MeetingNote",
    "Objection",
    "Proposal",
    "Resolution",
    "Score",
    "ScoreChange",
    "SignedCopy",
]
