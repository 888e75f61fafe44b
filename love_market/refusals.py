"""Refusals as rows of data: one description, read by the program here and by a till without a network in its scripts.

A row says which error it is, in which words, and the conditions that must all hold. ``static/counter/refusals.js``
reads the same rows as JSON; a day is an ISO string there, an instant its milliseconds since 1970.
"""

import operator
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, NamedTuple

from love_market.errors import LoveMarketError

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is not": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    ">=": operator.ge,
}
"""All there are. The last three compare two numbers, two days or two instants; nothing else has an order."""

Facts = Mapping[str, Any]
Condition = tuple[str, str, Any]
"""A fact's name, an operator, and what to compare with: a constant, or another ``Fact``."""


class Fact(NamedTuple):
    """The right side of a condition where it is not a constant."""

    name: str


class Refusal:
    """A row: the error, its sentence with the names of facts in its braces, and when it holds."""

    def __init__(self, error: type[LoveMarketError], sentence: str, *when: Condition) -> None:
        self.error, self.sentence, self.when = error, sentence, when
        self.blanks = frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
        self.conditions: list[tuple[str, Callable[[Any, Any], bool], str | None, Any]] = [
            (fact, OPERATORS[compare], *((other.name, None) if isinstance(other, Fact) else (None, other)))
            for fact, compare, other in when
        ]

    def holds(self, facts: Facts) -> bool:
        """Return whether all its conditions hold."""
        for fact, compare, other, constant in self.conditions:
            if not compare(facts[fact], constant if other is None else facts[other]):
                return False
        return True

    def of(self, facts: Facts) -> LoveMarketError:
        """Return its error, the sentence filled from the facts."""
        return self.error(self.sentence, **{name: facts[name] for name in self.blanks})

    @property
    def names(self) -> frozenset[str]:
        """The facts it rests on."""
        others = {other.name for _, _, other in self.when if isinstance(other, Fact)}
        return self.blanks | others | {fact for fact, _, _ in self.when}

    def data(self, translate: Callable[[str], str]) -> dict[str, object]:
        """Return the row as a device reads it: ``{"error", "sentence", "when": [[fact, operator, other], …]}``.

        An ``other`` that is a fact is written ``{"fact": name}``.
        """
        when = [
            [fact, compare, {"fact": other.name} if isinstance(other, Fact) else other]
            for fact, compare, other in self.when
        ]
        return {"error": self.error.__name__, "sentence": translate(self.sentence), "when": when}


class Table:
    """Refusals about one thing, asked in this order; ``facts`` says what each fact is that they rest on.

    Raises ``ValueError`` when a row rests on a fact that nobody described, or a described one is of no use.
    """

    def __init__(self, facts: Mapping[str, str], *rows: Refusal) -> None:
        self.facts, self.rows = facts, rows
        # Most rows fall at their first condition, which is asked without a call for the row.
        self._openings = [(row, row.conditions[0]) for row in rows]
        if strange := {name for row in rows for name in row.names} ^ facts.keys():
            raise ValueError(f"facts described and facts used differ: {sorted(strange)}")

    def first(self, facts: Facts) -> Refusal | None:
        """Return the first row that holds, or None."""
        for row, (fact, compare, other, constant) in self._openings:
            if compare(facts[fact], constant if other is None else facts[other]) and row.holds(facts):
                return row
        return None

    def error(self, facts: Facts) -> LoveMarketError | None:
        """Return the error of the first row that holds, or None."""
        row = self.first(facts)
        return None if row is None else row.of(facts)

    def check(self, facts: Facts) -> None:
        """Raise the error of the first row that holds."""
        row = self.first(facts)
        if row is not None:
            raise row.of(facts)

    def data(self, translate: Callable[[str], str]) -> list[dict[str, object]]:
        """Return the rows as a device reads them, their sentences translated."""
        return [row.data(translate) for row in self.rows]
