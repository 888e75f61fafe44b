"""Reading which penalties and vetoes wait, and who may decide each: as little of them as a list of work needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.orm import Session

from love_market.db import Prepared, ask
from love_market.db.prepared import Row
from love_market.deeds.models import Penalty, Veto
from love_market.deeds.queries.listing import MOST_COUNTED
from love_market.deeds.queries.reviewers import REVIEWERS, WAITING, Waiting, here, reviewers_from, waiting_from
from love_market.deeds.reviewing import Reviewer, may_decide
from love_market.deeds.rules import DECIDERS, OPEN_STATES, VETO_JUDGES, PenaltyState
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Undecided:
    """A penalty or a veto that waits: since when, and who may decide it once it was heard."""

    id: UUID
    since: datetime
    deciders: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class OpenPenalties:
    """The penalties that wait, by what for: proof, their slip, a decision after a reply, and after none in time."""

    noted: list[Undecided]
    recorded: list[Undecided]
    replied: list[Undecided]
    silent: list[Undecided]


@dataclass(frozen=True, slots=True)
class Work:
    """What waits in a village's deeds, and the people whom it may wait for."""

    people: Sequence[Reviewer]
    deeds: Sequence[Waiting]
    penalties: OpenPenalties
    vetoes: Sequence[Undecided]


_PENALTIES = Prepared(
    select(
        Penalty.id,
        Penalty.state,
        Penalty.household_id,
        Penalty.noted_by,
        Penalty.recorded_by,
        Penalty.noted_at,
        Penalty.recorded_at,
        Penalty.replied_at,
        Penalty.reply_ends_at,
    )
    .where(
        Penalty.market_id == bindparam("market_id"),
        Penalty.village_code == bindparam("village_code"),
        Penalty.state.in_([literal_column(f"'{state.value}'") for state in OPEN_STATES]),
    )
    .order_by(Penalty.noted_at, Penalty.id)
    .limit(literal_column(str(MOST_COUNTED + 1)))
)
_VETOES = Prepared(
    select(Veto.id, Veto.recorded_at, Veto.household_id, Veto.recorded_by)
    .where(
        Veto.market_id == bindparam("market_id"),
        Veto.village_code == bindparam("village_code"),
        Veto.judged_at.is_(None),
    )
    .order_by(Veto.recorded_at, Veto.id)
    .limit(literal_column(str(MOST_COUNTED + 1)))
)


def work(session: Session, guard: Guard, at: datetime) -> Work:
    """Return what waits in the village's deeds, the longest waiting first, asked in one flight.

    No more of a kind than the oldest ``MOST_COUNTED`` and one.
    """
    staff, deeds, penalties, vetoes = ask(
        session, *((each, here(guard)) for each in (REVIEWERS, WAITING, _PENALTIES, _VETOES))
    )
    people = reviewers_from(staff)
    unjudged = [
        Undecided(veto_id, since, may_decide(people, VETO_JUDGES, household_id, recorded_by))
        for veto_id, since, household_id, recorded_by in vetoes
    ]
    return Work(people, waiting_from(deeds, people), _open_penalties(penalties, people, at), unjudged)


def _open_penalties(rows: Sequence[Row], people: Sequence[Reviewer], at: datetime) -> OpenPenalties:
    found = OpenPenalties([], [], [], [])
    for penalty_id, state, household_id, noted_by, recorded_by, noted_at, recorded_at, replied_at, ends_at in rows:
        kind, since = found.noted, noted_at
        if state == PenaltyState.RECORDED:
            kind, since = found.recorded, recorded_at
        elif state == PenaltyState.REPLIED:
            kind, since = found.replied, replied_at
        elif state == PenaltyState.TOLD:
            if at < ends_at:
                continue
            kind, since = found.silent, ends_at
        able = may_decide(people, DECIDERS, household_id, noted_by, recorded_by)
        kind.append(Undecided(penalty_id, since, able))
    return found
