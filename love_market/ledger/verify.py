"""Recomputing a book from its first entry: every hash, every number, every balance."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.ledger import queries
from love_market.ledger.models import Account, Entry, LegRow
from love_market.ledger.rules import CHART, GENESIS, Address, Draft, entry_hash, net_changes

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong: at which entry (None where it is no entry's), and what."""

    number: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing a book found: how many entries agree, the head, and the first fault if there is one."""

    entries: int
    head_hash: str
    fault: Fault | None

    @property
    def verified(self) -> bool:
        """Whether everything agrees."""
        return self.fault is None


def verify(session: Session, market_id: UUID, progress: Callable[[int], object] = lambda _count: None) -> Verdict:
    """Recompute a market's book, entry by entry, then its balances and its head; stop at the first fault.

    ``progress`` is told how many entries were read with each page.
    """
    head = queries.head(session, market_id)
    number, previous, balances = 0, GENESIS, Counter[Address]()
    touched: dict[Address, int] = {}
    reversed_numbers: set[int] = set()
    try:
        while page := queries.entries(session, market_id, after=number, limit=_PAGE):
            for entry in page:
                fault = _entry_fault(market_id, entry, number + 1, previous, reversed_numbers)
                if fault is not None:
                    return Verdict(number, previous, Fault(number + 1, fault))
                for address, change in net_changes(entry.legs).items():
                    balances[address] += change
                    touched[address] = entry.number
                number, previous = entry.number, entry.hash
            progress(len(page))
    except Exception as error:  # noqa: BLE001 a byte that cannot even be read is a fault, and which entry is known
        place = _unreadable_entry(session, market_id, number)
        return Verdict(number, previous, Fault(place, f"unreadable: {error}"))
    fault_after = _legs_fault(session, market_id, number) or _accounts_fault(session, market_id, balances, touched)
    if fault_after is None and (head.number, head.hash) != (number, previous):
        fault_after = Fault(head.number, "the book's head is not its last entry")
    return Verdict(number, previous, fault_after)


def _entry_fault(
    market_id: UUID,
    entry: queries.EntryRecord,
    expected_number: int,
    previous: str,
    reversed_numbers: set[int],
) -> str | None:
    if entry.number != expected_number:
        return f"entry {expected_number} is missing"
    if entry.previous_hash != previous:
        return "does not follow the entry before it"
    if not entry.legs:
        return "has no legs"
    draft = Draft(entry.kind, entry.at, entry.actor, entry.reason, entry.key, entry.legs, reverses=entry.reverses)
    if entry_hash(market_id, entry.number, draft, entry.input_hash, previous) != entry.hash:
        return "hash does not match its content"
    if entry.reverses is not None:
        if entry.reverses >= entry.number or entry.reverses in reversed_numbers:
            return f"cannot reverse entry {entry.reverses}"
        reversed_numbers.add(entry.reverses)
    return None


def _unreadable_entry(session: Session, market_id: UUID, number: int) -> int:
    """Find the entry that a failing page failed at, by reading on one at a time."""
    while True:
        number += 1
        try:
            if queries.entry(session, market_id, number) is None:
                return number
        except Exception:  # noqa: BLE001
            return number


def _legs_fault(session: Session, market_id: UUID, last_number: int) -> Fault | None:
    """Find entries and legs beyond the chain, and legs that are not counted 1, 2, 3 within their entry."""
    for table, number in ((Entry, Entry.number), (LegRow, LegRow.entry_number)):
        stray = session.scalar(
            select(func.min(number)).where(table.market_id == market_id, (number > last_number) | (number < 1))
        )
        if stray is not None:
            return Fault(int(stray), "stands outside the chain")
    miscounted = session.scalar(
        select(LegRow.entry_number)
        .where(LegRow.market_id == market_id)
        .group_by(LegRow.entry_number)
        .having((func.min(LegRow.position) != 1) | (func.max(LegRow.position) != func.count()))
        .order_by(LegRow.entry_number)
        .limit(1)
    )
    return None if miscounted is None else Fault(miscounted, "legs are not counted from 1 on")


def _accounts_fault(
    session: Session, market_id: UUID, balances: Counter[Address], touched: dict[Address, int]
) -> Fault | None:
    seen: set[Address] = set()
    try:
        for row in session.scalars(select(Account).where(Account.market_id == market_id)):
            address = Address(row.kind, row.owner, row.unit)
            seen.add(address)
            if row.balance != balances.get(address, 0) or address not in touched:
                said = f"balance of {row.kind} {row.owner} is {row.balance}, the legs say {balances.get(address, 0)}"
                return Fault(touched.get(address), said)
            if row.floor != CHART[row.kind]:
                return Fault(touched.get(address), f"floor of {row.kind} {row.owner} is {row.floor}")
    except ValueError as error:
        return Fault(None, f"an account cannot be read: {error}")
    missing = sorted(set(touched) - seen)
    if missing:
        return Fault(touched[missing[0]], f"account {missing[0].kind} {missing[0].owner} is gone")
    return None
