"""Stars (星级文明户), the pure part: what a year's honour points come to, and on which day the year is looked at."""

from dataclasses import dataclass
from datetime import date

from love_market.errors import Invalid, NotFound, Refused, words

MOST_POINTS = 100_000
FIRST_YEAR, LAST_YEAR = 2000, 9998
STAR_NAMES = {3: words("三星"), 4: words("四星"), 5: words("五星")}


class StarRuleWrong(Invalid):
    """The points of three, four and five stars must rise."""


class NoStarList(NotFound):
    """No list of a year is published."""


class StarsPublished(Refused):
    """The list of a year stands already."""


class YearNotOver(Refused):
    """A year's list is published once the year is over and its quarters are confirmed."""


class BoardTurned(Refused):
    """Somebody else turned the warning board meanwhile."""


@dataclass(frozen=True, slots=True)
class Stars:
    """How many honour points (荣誉分) of a year make three, four and five stars."""

    three_points: int = 100
    four_points: int = 150
    five_points: int = 200

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """``(stars, points)`` from five down to three."""
        return (5, self.five_points), (4, self.four_points), (3, self.three_points)

    def of(self, points: int) -> int:
        """Return how many stars a year's points make: 5, 4, 3 or none (0)."""
        return next((stars for stars, needed in self.steps if points >= needed), 0)

    def next_after(self, points: int) -> tuple[int, int] | None:
        """Return the stars that come next and how many points are missing; None with five."""
        return next(((stars, needed - points) for stars, needed in reversed(self.steps) if points < needed), None)

    def check(self) -> None:
        """Raise ``StarRuleWrong`` unless the points rise from three stars to five."""
        if not 1 <= self.three_points < self.four_points < self.five_points <= MOST_POINTS:
            raise StarRuleWrong(
                words("三星、四星、五星的分数要一个比一个高，最少 1 分，最多 {most} 分。"), most=MOST_POINTS
            )


USUAL = Stars()
"""For a village whose households earn some 35 points a quarter (``domain.md`` §2): its middle has three stars."""


def looked_at_on(year: int, today: date) -> date:
    """Return the day whose vetoes and households count for a year: its last, or today while it runs."""
    return min(today, date(year, 12, 31))


def is_over(year: int, today: date) -> bool:
    """Whether a year is over."""
    return today.year > year
