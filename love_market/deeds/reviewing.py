"""Who reviews a deed, and what a reviewer is pointed to; the pure part.

The first review (初审) is the grid worker's, the second (复核) the committee's. Nobody reviews what they told, what is
of their kin, or both times; where that leaves nobody, the next circle steps in. Where a village has no two people for
both, a deed that somebody of its staff told, who is no kin to it, needs one review: two people have looked then.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
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
        """Return whether somebody must stand aside from both reviews: who told it, or is kin of either household."""
        return reviewer.staff_id == self.recorded_by or self.is_kin(reviewer)

    def is_kin(self, reviewer: Reviewer) -> bool:
        """Return whether somebody is kin of the household, or of the one that claimed."""
        return not reviewer.kin.isdisjoint({self.household_id, self.claimant_id})


@dataclass(frozen=True, slots=True)
class Circle:
    """Who a deed waits for: the people, how the village calls them, and that in a sentence.

    ``is_first``: it is their first review; ``is_only``: theirs is the one review that there will be.
    """

    title: str
    label: str
    staff_ids: frozenset[UUID] = field(default_factory=frozenset)
    is_first: bool = False
    is_only: bool = False


_GRID = (frozenset({Role.GRID_WORKER}), words("网格员"), words("等网格员看"))
_PANEL = (frozenset({Role.PANEL_MEMBER}), words("评议员"), words("等评议员看"))
_COMMITTEE = (COMMITTEE, words("村委会"), words("等村委会看"))
_NOBODY = (frozenset[Role](), words("没有人"), words("暂时没有人能看"))
_FIRST, _SECOND = (_GRID, _PANEL, _COMMITTEE), (_COMMITTEE, _PANEL)


def circle(told: Told, reviewers: Sequence[Reviewer]) -> Circle:
    """Return who the next review of a deed waits for: the first circle in which anybody may make it."""
    able = [one for one in reviewers if not told.bars(one)]
    firsts = {one.staff_id for one in able if any(_serves(one, roles, told.grid_name) for roles, *_ in _FIRST)}
    seconds = {one.staff_id for one in able if any(_serves(one, roles, told.grid_name) for roles, *_ in _SECOND)}
    if told.first_reviewed_by is not None:
        firsts = {told.first_reviewed_by}
    is_only = not _has_two(firsts, seconds) and _is_told_by_staff(told, reviewers)
    is_first = told.first_reviewed_by is None and not is_only
    passed_by = None if is_only else told.first_reviewed_by
    for roles, title, label in _FIRST if is_first else _SECOND:
        serving = (one.staff_id for one in able if _serves(one, roles, told.grid_name))
        if found := frozenset(serving) - {passed_by}:
            return Circle(title, label, found, is_first, is_only)
    return Circle(_NOBODY[1], _NOBODY[2], is_first=is_first, is_only=is_only)


def may_decide(
    reviewers: Sequence[Reviewer], roles: frozenset[Role], household_id: UUID, *writers: UUID | None
) -> frozenset[UUID]:
    """Return who of some roles may decide what was written down of a household: neither its writers nor its kin."""
    return frozenset(
        one.staff_id
        for one in reviewers
        if one.roles & roles and one.staff_id not in writers and household_id not in one.kin
    )


def lacks_reviewers(reviewers: Sequence[Reviewer]) -> bool:
    """Return whether a village has nobody to review what a household claims: two people, one for the second review."""
    firsts = {one.staff_id for one in reviewers if _may_review(one)}
    seconds = {one.staff_id for one in reviewers if any(one.roles & roles for roles, *_ in _SECOND)}
    return not _has_two(firsts, seconds)


def _has_two(firsts: AbstractSet[UUID], seconds: AbstractSet[UUID]) -> bool:
    return bool(firsts) and bool(seconds) and len(firsts | seconds) > 1


def _is_told_by_staff(told: Told, reviewers: Sequence[Reviewer]) -> bool:
    """Return whether somebody told a deed who might have reviewed it: still here, and no kin."""
    teller = next((one for one in reviewers if one.staff_id == told.recorded_by), None)
    return teller is not None and not told.is_kin(teller) and _may_review(teller)


def _may_review(one: Reviewer) -> bool:
    return any(one.roles & roles for roles, *_ in _FIRST)


def _serves(reviewer: Reviewer, roles: frozenset[Role], grid_name: str) -> bool:
    if roles == _GRID[0] and reviewer.grid_name not in {"", grid_name}:
        return False
    return bool(reviewer.roles & roles)


def looks_alike(looks: str, other: str) -> bool:
    """Return whether a photo is another in whatever turn, shrunk or saved anew (``DeedPhoto.looks``)."""
    turns = [int(looks[at : at + _LOOK_DIGITS], 16) for at in range(0, len(looks), _LOOK_DIGITS)]
    upright = int(other[:_LOOK_DIGITS] or "0", 16)
    return bool(other) and any((turn ^ upright).bit_count() <= _ALIKE_BITS for turn in turns)
