"""Who reviews a deed, and what a reviewer is pointed to; the pure part.

The first review (初审) is the grid worker's, the second (复核) the committee's. Nobody reviews what they told, what is
of their kin, or both times; where that leaves nobody, the next circle steps in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from love_market.errors import Denied, Refused, words
from love_market.people.rules import COMMITTEE, Role

LOOKED_BACK = timedelta(days=365)
_ALIKE_BITS, _LOOK_DIGITS = 8, 16


class NotYourReview(Denied):
    """A deed waits for others."""


class SameReviewer(Denied):
    """Who made the first review does not make the second."""


class FirstReviewMissing(Refused):
    """A deed has not had its first review."""


class NotOwnHousehold(Denied):
    """A household claims for itself; an informant's, for its group."""


class ClaimNotForVillagers(Denied):
    """A rule that takes points away is not claimed by villagers."""


class NotRefused(Refused):
    """Only a refused claim of the same household is told again."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A member of staff who may come to review: ``grid_name`` is of a grid worker's, empty for all grids."""

    staff_id: UUID
    roles: frozenset[Role]
    grid_name: str = ""
    kin: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What of a deed decides who reviews it: whose it is, who told it, who has had a look."""

    household_id: UUID
    grid_name: str = ""
    recorded_by: UUID | None = None
    claimant_id: UUID | None = None
    first_reviewed_by: UUID | None = None

    def bars(self, reviewer: Reviewer) -> bool:
        """Return whether somebody must stand aside: who told it, had the first look, or is kin of either household."""
        if reviewer.staff_id in {self.recorded_by, self.first_reviewed_by}:
            return True
        return not reviewer.kin.isdisjoint({self.household_id, self.claimant_id})


@dataclass(frozen=True, slots=True)
class Circle:
    """Who a deed waits for: the people, how the village calls them, and that in a sentence."""

    title: str
    label: str
    staff_ids: frozenset[UUID] = field(default_factory=frozenset)


_GRID = (frozenset({Role.GRID_WORKER}), words("网格员"), words("等网格员看"))
_PANEL = (frozenset({Role.PANEL_MEMBER}), words("评议员"), words("等评议员看"))
_COMMITTEE = (COMMITTEE, words("村委会"), words("等村委会看"))
_NOBODY = Circle(words("没有人"), words("暂时没有人能看"))
_FIRST, _SECOND = (_GRID, _PANEL, _COMMITTEE), (_COMMITTEE, _PANEL)


def circle(told: Told, reviewers: Sequence[Reviewer]) -> Circle:
    """Return who the next review of a deed waits for: the first circle in which anybody may make it."""
    for roles, title, label in _FIRST if told.first_reviewed_by is None else _SECOND:
        able = (one for one in reviewers if _serves(one, roles, told.grid_name) and not told.bars(one))
        if found := frozenset(one.staff_id for one in able):
            return Circle(title, label, found)
    return _NOBODY


def _serves(reviewer: Reviewer, roles: frozenset[Role], grid_name: str) -> bool:
    if roles == _GRID[0] and reviewer.grid_name not in {"", grid_name}:
        return False
    return bool(reviewer.roles & roles)


def looks_alike(looks: str, other: str) -> bool:
    """Return whether a photo is another in whatever turn, shrunk or saved anew (``DeedPhoto.looks``)."""
    turns = [int(looks[at : at + _LOOK_DIGITS], 16) for at in range(0, len(looks), _LOOK_DIGITS)]
    upright = int(other[:_LOOK_DIGITS] or "0", 16)
    return bool(other) and any((turn ^ upright).bit_count() <= _ALIKE_BITS for turn in turns)
