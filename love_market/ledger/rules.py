"""The books' pure part: addresses, legs, drafts, the chart of accounts, and the canonical form that is hashed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from love_market.errors import Invalid, NotFound, Refused, words

POINTS = UUID(int=0)
"""The unit of points; every other unit is the id of a good."""

NOBODY = UUID(int=0)
"""The owner of an account that a market has only one of."""

GENESIS = "0" * 64
"""What the first entry of a book follows."""

CHART: Mapping[str, int | None] = {
    # Points: where they come from, where they wait, where they end.
    "funding": None,
    "budget": 0,
    "household": 0,
    "voucher": 0,
    "redeemed": 0,
    "lapsed": 0,
    "void": 0,
    # What happened and the books could not cover, until the committee settles it; and what a till's keeper owes.
    "disputed": None,
    "charged": None,
    # Goods, each in its own unit: only the shelf can run out; the others count what passed.
    "supplier": None,
    "donor": None,
    "shelf": 0,
    "given": 0,
    "spoiled": 0,
    "variance": None,
}
"""The chart of accounts: each kind with the floor its balance may not go below (None: no floor)."""

_LONGEST_REASON = 200


class AmountNotPositive(Invalid):
    """A leg must move a positive whole amount."""


class BalanceTooLow(Refused):
    """An account would go below its floor; ``address``, ``balance`` and ``amount`` say which and by how much."""

    def __init__(self, message: str, *, address: "Address", balance: int, amount: int) -> None:
        self.address, self.balance, self.amount = address, balance, amount
        super().__init__(message, balance=balance, amount=amount)


class KeyReused(Refused):
    """The key was used before with other input."""

    def __init__(self, message: str = words("这个操作号已经用在另一件事上了，请刷新页面再来一次。")) -> None:
        super().__init__(message)


class AlreadyReversed(Refused):
    """An entry is reversed at most once."""


class NoSuchEntry(NotFound):
    """The book has no entry of that number."""


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """Where value rests: the kind of account, whose it is, and the unit it holds."""

    kind: str
    owner: UUID = NOBODY
    unit: UUID = POINTS

    def __post_init__(self) -> None:
        if self.kind not in CHART:
            raise ValueError(f"not in the chart of accounts: {self.kind}")


@dataclass(frozen=True, slots=True)
class Leg:
    """A positive whole ``amount`` of one unit from ``source`` to ``destination``."""

    source: Address
    destination: Address
    amount: int

    def __post_init__(self) -> None:
        if self.source.unit != self.destination.unit:
            raise ValueError("a leg moves one unit")
        if self.source == self.destination:
            raise ValueError("a leg moves from one account to another")
        if type(self.amount) is not int or self.amount <= 0:
            raise AmountNotPositive("数量要是大于 0 的整数，现在是 {amount}。", amount=self.amount)

    def reversed(self) -> "Leg":
        """Return the leg that takes this one back."""
        return Leg(self.destination, self.source, self.amount)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be posted: what, when, who, why, the asker's key, the asker's input, and what moves.

    ``input`` is anything JSON can hold that tells this request from another; only its hash is kept.
    """

    kind: str
    at: datetime
    actor: str
    reason: str
    key: UUID
    legs: Sequence[Leg]
    input: object = field(default=None)
    reverses: int | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an instant must be aware")
        if not self.legs:
            raise ValueError("an entry moves something")
        if len(self.reason) > _LONGEST_REASON:
            raise Invalid("原因太长，最多 {count} 个字。", count=_LONGEST_REASON)


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry that stands in the book; ``replayed`` when the same key had posted it before."""

    number: int
    hash: str
    replayed: bool = False


def canonical_json(value: object) -> bytes:
    """Return the one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def input_hash(value: object) -> str:
    """Return the SHA-256 of an input's canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def entry_hash(market_id: UUID, number: int, draft: Draft, hash_of_input: str, previous_hash: str) -> str:
    """Return the SHA-256, in hex, over an entry's canonical form and the hash before it."""
    form = {
        "market": market_id.hex,
        "number": number,
        "kind": draft.kind,
        "at": draft.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": draft.actor,
        "reason": draft.reason,
        "key": draft.key.hex,
        "input": hash_of_input,
        "reverses": draft.reverses,
        "previous": previous_hash,
        "legs": [
            [
                leg.source.unit.hex,
                leg.source.kind,
                leg.source.owner.hex,
                leg.destination.kind,
                leg.destination.owner.hex,
                leg.amount,
            ]
            for leg in draft.legs
        ],
    }
    return hashlib.sha256(canonical_json(form)).hexdigest()


def net_changes(legs: Sequence[Leg]) -> dict[Address, int]:
    """Return by how much each account changes; accounts that end where they were are kept, with 0."""
    changes: dict[Address, int] = {}
    for leg in legs:
        changes[leg.source] = changes.get(leg.source, 0) - leg.amount
        changes[leg.destination] = changes.get(leg.destination, 0) + leg.amount
    return changes
