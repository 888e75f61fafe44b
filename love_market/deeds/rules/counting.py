"""What counts of a household's points: under a rule's cap, and of a family of awards only the highest."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class Capped(Protocol):
    """Anything with a rule's points and cap."""

    @property
    def points(self) -> int:
        """Points for one unit."""

    @property
    def cap_points(self) -> int | None:
        """The size that a sum is capped at."""

    @property
    def cap_period(self) -> str | None:
        """Over what the cap holds."""


class Scored(Capped, Protocol):
    """Anything with a rule's code, points, cap and family."""

    @property
    def code(self) -> str:
        """What the rule is known by through all versions."""

    @property
    def family(self) -> str:
        """The family of awards of which only the highest counts in a year; empty for none."""


def counted(entered: int, rule: Capped, *, already: int = 0) -> int:
    """Return the points that count of a household's sum for one rule in one quarter.

    ``already`` is what counted in earlier quarters of the same year (a yearly cap takes it into account). A penalty's
    cap bounds its size. Points against the rule's own sign never count. A cap by event binds each deed, not the sum.
    """
    sign = 1 if rule.points > 0 else -1
    size = max(entered * sign, 0)
    if rule.cap_points is not None and rule.cap_period in {"quarter", "year"}:
        used = abs(already) if rule.cap_period == "year" else 0
        size = min(size, max(rule.cap_points - used, 0))
    return size * sign


def counted_together(
    entered: Mapping[str, int], rules: Iterable[Scored], counted_before: Mapping[str, int]
) -> dict[str, int]:
    """Return what counts of a household's sums in one quarter, by rule code, for the codes in ``entered``.

    ``counted_before`` is what counted in the year's earlier quarters, by code. Of the awards of one family only the
    highest counts, once a year (domain.md §3 row 17): a higher one that comes later brings what it is above the
    lower one.
    """
    known = [rule for rule in rules if rule.code in entered or rule.family]
    counts = {
        rule.code: counted(entered[rule.code], rule, already=counted_before.get(rule.code, 0))
        for rule in known
        if rule.code in entered
    }
    families: dict[str, list[Scored]] = {}
    for rule in known:
        if rule.family:
            families.setdefault(rule.family, []).append(rule)
    for awards in families.values():
        _only_the_highest(awards, counts, sum(counted_before.get(award.code, 0) for award in awards))
    return counts


def _only_the_highest(awards: Sequence[Scored], counts: dict[str, int], already: int) -> None:
    """Leave the highest award of a family what it is above ``already``, the others nothing."""
    worth = {award.code: min(counts[award.code], award.points) for award in awards if counts.get(award.code)}
    highest = max(worth.items(), key=lambda award: award[1], default=None)
    counts.update(dict.fromkeys(worth, 0))
    if highest is not None:
        counts[highest[0]] = max(highest[1] - already, 0)


def counted_unit(unit_name: str) -> str:
    """Return a unit as it stands after a number: 次 stays, 半天 becomes 个半天."""
    return f"个{unit_name}" if unit_name in {"半天", "月", "季", "季度", "小时", "星期"} else unit_name
