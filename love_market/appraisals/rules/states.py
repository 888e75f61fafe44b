"""The quarter's states as one table: which act leads from where to where, and the words for every other case."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from love_market.appraisals.rules import refusals
from love_market.clock import evening_after
from love_market.errors import words

SMALLEST_NOTICE_DAYS = 3
"""A notice never runs for less (domain.md §2: 3 days [S3])."""


class State(StrEnum):
    """How far a quarter is."""

    SCORING = "scoring"
    DELIBERATING = "deliberating"
    DECIDED = "decided"
    NOTICE = "notice"
    CONFIRMED = "confirmed"


class RowState(StrEnum):
    """How far one household's row is: on the list, held by an objection, not carried by the panel, or awarded."""

    LISTED = "listed"
    CONTESTED = "contested"
    HELD = "held"
    CONFIRMED = "confirmed"


class Act(StrEnum):
    """What can be done to a quarter."""

    SCORE = "score"
    SUBMIT = "submit"
    RETURN = "return"
    MEET = "meet"
    PUBLISH = "publish"
    OBJECT = "object"
    REPLY = "reply"
    VOTE_AGAIN = "vote_again"
    CONFIRM = "confirm"


ALLOWED: Mapping[Act, Mapping[State, State]] = {
    Act.SCORE: {State.SCORING: State.SCORING},
    Act.SUBMIT: {State.SCORING: State.DELIBERATING},
    Act.RETURN: {State.DELIBERATING: State.SCORING},
    Act.MEET: {State.DELIBERATING: State.DECIDED},
    Act.PUBLISH: {State.DECIDED: State.NOTICE},
    Act.OBJECT: {State.NOTICE: State.NOTICE},
    Act.REPLY: {State.NOTICE: State.NOTICE, State.CONFIRMED: State.CONFIRMED},
    Act.VOTE_AGAIN: {State.NOTICE: State.NOTICE, State.CONFIRMED: State.CONFIRMED},
    Act.CONFIRM: {State.NOTICE: State.CONFIRMED, State.CONFIRMED: State.CONFIRMED},
}

_NOT_YET_ON_NOTICE = {
    State.SCORING: words("现在还在评分。评议会开过、公示以后才能办这一步。"),
    State.DELIBERATING: words("现在正在评议。评议会通过、公示以后才能办这一步。"),
    State.DECIDED: words("评议会已经通过，还没有公示。请先发布公示。"),
}
_REFUSALS: Mapping[Act, tuple[type[refusals.WrongStep], Mapping[State, str]]] = {
    Act.SCORE: (
        refusals.ScoringClosed,
        {
            State.DELIBERATING: words("评分已经提交评议，不能再改分。要改，请先退回评分。"),
            State.DECIDED: words("评议会已经定了，不能再改分。公示以后有错，可以在公示页提异议。"),
            State.NOTICE: words("公示开始后不能再改分。有错请在公示页提异议，由村委会答复更正。"),
            State.CONFIRMED: words("这个季度已经认定，不能再改分。"),
        },
    ),
    Act.SUBMIT: (
        refusals.NotScoring,
        {
            State.DELIBERATING: words("评分已经提交过了，现在等评议会。"),
            State.DECIDED: words("评分已经提交，评议会也开过了。下一步是公示。"),
            State.NOTICE: words("已经在公示了，不用再提交。"),
            State.CONFIRMED: words("这个季度已经认定，不用再提交。"),
        },
    ),
    Act.RETURN: (
        refusals.NotDeliberating,
        {
            State.SCORING: words("现在就在评分，直接改就行。"),
            State.DECIDED: words("评议会已经定了，不能退回评分。公示以后有错，可以在公示页提异议。"),
            State.NOTICE: words("公示开始后不能退回评分。有错请在公示页提异议。"),
            State.CONFIRMED: words("这个季度已经认定，不能退回评分。"),
        },
    ),
    Act.MEET: (
        refusals.NotDeliberating,
        {
            State.SCORING: words("评分还没有提交。请先提交评议，再开评议会。"),
            State.DECIDED: words("这个季度的评议会已经记过了。下一步是公示。"),
            State.NOTICE: words("已经在公示了，评议会不能再记。"),
            State.CONFIRMED: words("这个季度已经认定，评议会不能再记。"),
        },
    ),
    Act.PUBLISH: (
        refusals.NotDecided,
        {
            State.SCORING: words("现在还在评分。评分提交、评议会通过以后才能公示。"),
            State.DELIBERATING: words("评议会还没有通过。记好评议会以后才能公示。"),
            State.NOTICE: words("公示已经开始了，不用再发布。"),
            State.CONFIRMED: words("这个季度已经公示并认定了。"),
        },
    ),
    Act.OBJECT: (
        refusals.ObjectionsClosed,
        {
            **_NOT_YET_ON_NOTICE,
            State.CONFIRMED: words("公示已经结束，网上不再收异议。请直接找村委会，或下个季度再提。"),
        },
    ),
    Act.REPLY: (refusals.NotOnNotice, _NOT_YET_ON_NOTICE),
    Act.VOTE_AGAIN: (refusals.NotOnNotice, _NOT_YET_ON_NOTICE),
    Act.CONFIRM: (refusals.NotOnNotice, _NOT_YET_ON_NOTICE),
}


def step(act: Act, state: State) -> State:
    """Return the state that an act leads to; raise the act's own ``WrongStep`` where it is not allowed."""
    after = ALLOWED[act].get(state)
    if after is None:
        refusal, sentences = _REFUSALS[act]
        raise refusal(sentences[state])
    return after


def notice_end(begins_at: datetime, days: int) -> datetime:
    """Return when a notice ends: at 18:00 in the village, the first one after ``days`` full days."""
    return evening_after(begins_at, days)
