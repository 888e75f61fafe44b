"""The quarter's pure part: its states and who is refused when, what a cell counts for, quorum and votes."""

from love_market.appraisals.rules.items import LIST, About, Kin, Vote, is_done, recused_at, voted_apart, were_there
from love_market.appraisals.rules.points import LARGEST_POINTS, Line, PointsRule, Tally, tally, typed_part, whole_points
from love_market.appraisals.rules.states import ALLOWED, SMALLEST_NOTICE_DAYS, Act, RowState, State, notice_end, step
from love_market.appraisals.rules.votes import Votes, check_quorum, check_votes, is_carried, quorum_of

__all__ = [
    "ALLOWED",
    "LARGEST_POINTS",
    "LIST",
    "SMALLEST_NOTICE_DAYS",
    "About",
    "Act",
    "Kin",
    "Line",
    "PointsRule",
    "RowState",
    "State",
    "Tally",
    "Vote",
    "Votes",
    "check_quorum",
    "check_votes",
    "is_carried",
    "is_done",
    "notice_end",
    "quorum_of",
    "recused_at",
    "step",
    "tally",
    "typed_part",
    "voted_apart",
    "were_there",
    "whole_points",
]
