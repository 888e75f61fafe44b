"""A plain model of a book: dicts and lists, no database. What the kernel is held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from love_market.ledger.rules import CHART, Address, Leg


class Refusal(Exception):
    """The model refuses what the kernel must refuse."""


@dataclass
class ModelEntry:
    key: UUID
    legs: tuple[Leg, ...]
    input: object
    reverses: int | None = None


@dataclass
class ModelBook:
    """Entries from 1, balances by address."""

    entries: list[ModelEntry] = field(default_factory=list)
    balances: dict[Address, int] = field(default_factory=dict)

    def post(self, key: UUID, legs: Sequence[Leg], given: object, reverses: int | None = None) -> int:
        for number, entry in enumerate(self.entries, 1):
            if entry.key == key:
                if entry.input != given or entry.reverses != reverses:
                    raise Refusal("key reused")
                return number
        after = dict(self.balances)
        for leg in legs:
            after[leg.source] = after.get(leg.source, 0) - leg.amount
            after[leg.destination] = after.get(leg.destination, 0) + leg.amount
        for address, balance in after.items():
            floor = CHART[address.kind]
            if floor is not None and balance < floor:
                raise Refusal("balance too low")
        self.balances = after
        self.entries.append(ModelEntry(key, tuple(legs), given, reverses))
        return len(self.entries)

    def reverse(self, number: int, key: UUID) -> int:
        if not 1 <= number <= len(self.entries):
            raise Refusal("no such entry")
        for entry in self.entries:
            if entry.reverses == number and entry.key != key:
                raise Refusal("already reversed")
        legs = [leg.reversed() for leg in reversed(self.entries[number - 1].legs)]
        return self.post(key, legs, {"reverses": number}, number)
