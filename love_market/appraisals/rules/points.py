"""What a cell holds and what it counts for: typed and deeds' parts, signs, caps, and a household's sum."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from love_market.appraisals.rules import refusals
from love_market.deeds.rules import Capped, counted_together
from love_market.errors import words

LARGEST_POINTS = 1000
_WHOLE = re.compile(r"([+-]?)(\d{1,6}|\d{1,3}(?:,\d{3})+)(?:\.0+)?分?")
_MINUSES = str.maketrans(dict.fromkeys("−–—－", "-"))


class PointsRule(Capped, Protocol):
    """What must be known of a scoring rule to count by it (``deeds.queries.RuleRecord`` is one)."""

    @property
    def id(self) -> UUID:
        """The rule of one version."""

    @property
    def code(self) -> str:
        """What the rule is known by through all versions."""

    @property
    def name(self) -> str:
        """The rule's name."""

    @property
    def family(self) -> str:
        """The family of awards of which only the highest counts in a year; empty for none."""


Rule = TypeVar("Rule", bound=PointsRule)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule's part in a household's row: what was entered, and what of it counts under the cap."""

    rule_id: UUID
    code: str
    name: str
    entered: int
    counted: int

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.entered != self.counted


@dataclass(frozen=True, slots=True)
class Tally:
    """A household's row: its lines in the order of the rules, and the points they come to (never below 0)."""

    lines: tuple[Line, ...]
    points: int


def whole_points(text: str) -> int | None:
    """Read what was typed or pasted into a cell; raise ``PointsNotWhole``.

    ``１２``, ``−3`` and what a spreadsheet shows for a whole number (``1,000``, ``5.0``, ``5分``) are fine, blank is
    None.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MINUSES).strip()
    if not plain:
        return None
    whole = _WHOLE.fullmatch(plain)
    if whole is None:
        raise refusals.PointsNotWhole(words("“{text}”不是整数。积分只填整数，比如 10。"), text=text.strip()[:12])
    return int(whole[1] + whole[2].replace(",", ""))


def typed_part(total: int, from_deeds: int, rule: PointsRule) -> int:
    """Return what is to be stored for a cell whose total was stated: the total without the deeds' part.

    Raises ``PointsTooLarge``, ``WrongSign`` and ``BelowDeeds``.
    """
    if abs(total) > LARGEST_POINTS:
        raise refusals.PointsTooLarge(
            words("{name}填了 {points} 分，太大了。一项一季最多 {most} 分，请核对。"),
            name=rule.name,
            points=total,
            most=LARGEST_POINTS,
        )
    if rule.points > 0 > total:
        raise refusals.WrongSign(
            words("{name}是加分项，不能填 {points}。要扣分，请填在扣分项里。"), name=rule.name, points=total
        )
    if rule.points < 0 < total:
        raise refusals.WrongSign(words("{name}是扣分项，要填负数：−{points}。"), name=rule.name, points=total)
    typed = total - from_deeds
    if typed * rule.points < 0:
        raise refusals.BelowDeeds(
            words("{name}已有审过的好事记录 {deeds} 分，不能改成 {points} 分。记录有错，请到“好事”里更正。"),
            name=rule.name,
            deeds=from_deeds,
            points=total,
        )
    return typed


def tally(
    entered: Mapping[str, int],
    rules: Sequence[Rule],
    counted_before: Mapping[str, int],
    keep: Collection[str] = (),
) -> Tally:
    """Return a household's row from its cells' totals and the year's counted points, both by rule code.

    Cells of 0 make no line, except those to ``keep``. Penalties take from the sum, but never below 0 (domain.md §3:
    no claw-back).
    """
    totals = {rule.code: entered.get(rule.code, 0) for rule in rules}
    counts = counted_together(totals, rules, counted_before)
    lines = tuple(
        Line(rule.id, rule.code, rule.name, total, counts[rule.code])
        for rule in rules
        if (total := totals[rule.code]) or rule.code in keep
    )
    return Tally(lines, max(0, sum(line.counted for line in lines)))
