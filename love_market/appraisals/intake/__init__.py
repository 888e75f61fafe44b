"""Taking a score workbook in: reading it, and the plan of what would be done with it. Pure."""

from love_market.appraisals.intake.parse import (
    ParsedScores,
    ScoreColumn,
    ScoreRow,
    category_of,
    parse_scores,
    usual_points,
)
from love_market.appraisals.intake.plan import (
    Action,
    NewRule,
    PlannedRow,
    ScorePlan,
    match_columns,
    penalty_key,
    score_lines,
)

__all__ = [
    "Action",
    "NewRule",
    "ParsedScores",
    "PlannedRow",
    "ScoreColumn",
    "ScorePlan",
    "ScoreRow",
    "category_of",
    "match_columns",
    "parse_scores",
    "penalty_key",
    "score_lines",
    "usual_points",
]
