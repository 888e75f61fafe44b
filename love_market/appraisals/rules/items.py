"""The items of a meeting: who recuses at which, which households are voted on apart, what is done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from love_market.appraisals.rules.votes import Votes

Kin = Mapping[UUID, frozenset[UUID]]
"""Of each household, the members of the panel who are of it or kin to it."""


@dataclass(frozen=True, slots=True)
class About:
    """What an item is about: the whole list (neither), a household apart, or a proposal on a household."""

    household_id: UUID | None = None
    proposal_id: UUID | None = None


LIST = About()


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote that counts on an item; ``voters`` and ``recused`` are the staff as it was then."""

    number: int
    votes: Votes
    carried: bool
    voters: frozenset[UUID]
    recused: frozenset[UUID]


def recused_at(about: About, kin: Kin, present: Collection[UUID]) -> frozenset[UUID]:
    """Return which of those present must recuse at an item; at the whole list nobody does."""
    if about.household_id is None:
        return frozenset()
    return kin.get(about.household_id, frozenset()) & frozenset(present)


def voted_apart(kin: Kin, present: Collection[UUID], on_list: Vote | None) -> frozenset[UUID]:
    """Return the households voted on apart: kin of somebody here, or of somebody who voted on the list."""
    concerned = frozenset(present) | (on_list.voters if on_list else frozenset())
    return frozenset(household_id for household_id, staff in kin.items() if staff & concerned)


def is_done(about: About, vote: Vote | None, kin: Kin) -> bool:
    """Return whether an item's vote stands: there is one, and nobody voted who is kin as kinship stands now."""
    if vote is None:
        return False
    return about.household_id is None or not vote.voters & kin.get(about.household_id, frozenset())


def were_there(present: Collection[UUID], votes: Collection[Vote]) -> frozenset[UUID]:
    """Return who was at a meeting: those here now, and those who took part in a vote that counts and left."""
    return frozenset(present).union(*(one.voters | one.recused for one in votes))
