"""The only writer of the books: take a market's turn, post an entry, reverse an entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String, bindparam, insert, update
from sqlalchemy.orm import Session

from love_market.db import Id, Prepared, Rows
from love_market.errors import words
from love_market.ledger import queries
from love_market.ledger.models import Account, Book, Entry, LegRow
from love_market.ledger.rules import (
    CHART,
    Address,
    AlreadyReversed,
    BalanceTooLow,
    Draft,
    KeyReused,
    Leg,
    NoSuchEntry,
    Posted,
    entry_hash,
    input_hash,
    net_changes,
)
from love_market.ledger.turns import Question as Question
from love_market.ledger.turns import Turn as Turn
from love_market.ledger.turns import columns_of, given
from love_market.ledger.turns import open_book as open_book
from love_market.ledger.turns import take_turn as take_turn

_ADD_ENTRY, _ADD_LEGS, _ADD_ACCOUNTS = (
    Prepared(insert(Entry)),
    Rows(LegRow, ("market_id", "entry_number")),
    Rows(Account, ("market_id",)),
)
_MOVE_HEAD = Prepared(
    update(Book)
    .where(Book.market_id == bindparam("market"))
    .values(head_number=bindparam("number"), head_hash=bindparam("digest"))
)
_given = given(kinds=String(), owners=Id(), units=Id(), changes=BigInteger())
_MOVE_GIVEN = Prepared(
    update(Account)
    .where(
        Account.market_id == bindparam("market"),
        Account.kind == _given.c.kinds,
        Account.owner == _given.c.owners,
        Account.unit == _given.c.units,
    )
    .values(balance=Account.balance + _given.c.changes)
)
_MOVE_ONE = Prepared(
    update(Account)
    .where(
        Account.market_id == bindparam("market"),
        Account.kind == bindparam("of_kind"),
        Account.owner == bindparam("of_owner"),
        Account.unit == bindparam("of_unit"),
    )
    .values(balance=Account.balance + bindparam("change"))
)


def lock_book(session: Session, market_id: UUID) -> Turn:
    """Take the market's turn to write: whatever is read after this stays true until the transaction ends.

    A market that nobody has written for yet gets its empty book here.
    """
    return take_turn(session, market_id)[0]


def post(session: Session, market_id: UUID, draft: Draft) -> Posted:
    """Write one entry with its legs, move the balances, and chain it to the head; all of it or nothing.

    The same key with the same input returns what was posted before. Raises ``KeyReused`` for other input,
    ``BalanceTooLow`` where an account would go below its floor. Nothing is asked that the turn knows already, and the
    writes travel with what is asked next, or with COMMIT.
    """
    changes = net_changes(draft.legs)
    turn, _ = take_turn(session, market_id, key=draft.key, addresses=changes)
    hash_of_input = input_hash(draft.input)
    before = turn.keys[draft.key]
    if before is not None:
        if (before.kind, before.input_hash) != (draft.kind, hash_of_input):
            raise KeyReused
        return Posted(before.number, before.hash, replayed=True)

    _move_balances(session, turn, changes)
    number = turn.head_number + 1
    entry = {
        "market_id": market_id,
        "number": number,
        "kind": draft.kind,
        "at": draft.at,
        "actor": draft.actor,
        "reason": draft.reason,
        "key": draft.key,
        "input_hash": hash_of_input,
        "reverses": draft.reverses,
        "previous_hash": turn.head_hash,
        "hash": entry_hash(market_id, number, draft, hash_of_input, turn.head_hash),
    }
    _ADD_ENTRY.later(session, entry)
    legs = [_leg_row(at, leg) for at, leg in enumerate(draft.legs, 1)]
    _ADD_LEGS.later(session, legs, market_id=market_id, entry_number=number)
    _MOVE_HEAD.later(session, {"market": market_id, "number": number, "digest": entry["hash"]})
    turn.record(draft, number, str(entry["hash"]), hash_of_input)
    return Posted(number, turn.head_hash)


def reverse(
    session: Session, market_id: UUID, number: int, *, at: datetime, actor: str, reason: str, key: UUID
) -> Posted:
    """Take an entry back, whole, by an entry of the opposite legs; once.

    Raises ``NoSuchEntry``, ``AlreadyReversed``, and what ``post`` raises.
    """
    lock_book(session, market_id)
    entry = queries.entry(session, market_id, number)
    if entry is None:
        raise NoSuchEntry(words("账本里没有第 {number} 笔。"), number=number)
    reversal = queries.reversal_of(session, market_id, number)
    if reversal is not None and reversal.key != key:
        raise AlreadyReversed(words("第 {number} 笔已经在第 {by} 笔冲正过了。"), number=number, by=reversal.number)
    legs = [leg.reversed() for leg in reversed(entry.legs)]
    draft = Draft("reverse", at, actor, reason, key, legs, input={"reverses": number}, reverses=number)
    return post(session, market_id, draft)


def _move_balances(session: Session, turn: Turn, changes: Mapping[Address, int]) -> None:
    new: list[Address] = []
    moved: list[Address] = []
    for address, change in sorted(changes.items()):
        known, floor = turn.balances[address], CHART[address.kind]
        balance = known or 0
        if floor is not None and balance + change < floor:
            raise BalanceTooLow(
                words("余额不够：现有 {balance}，要用 {amount}。"),
                address=address,
                balance=balance,
                amount=-change,
            )
        (moved if known is not None else new).append(address)
    _ADD_ACCOUNTS.later(session, [_account_row(one, changes[one]) for one in new], market_id=turn.market_id)
    if moved and session.get_bind().dialect.name == "postgresql":
        given_changes = {"changes": [changes[address] for address in moved]}
        _MOVE_GIVEN.later(session, {"market": turn.market_id} | columns_of(moved) | given_changes)
    elif moved:
        _MOVE_ONE.later(session, *(_move_row(turn.market_id, address, changes[address]) for address in moved))
    for address, change in changes.items():
        turn.balances[address] = (turn.balances[address] or 0) + change


def _account_row(address: Address, balance: int) -> dict[str, object]:
    return {
        "kind": address.kind,
        "owner": address.owner,
        "unit": address.unit,
        "floor": CHART[address.kind],
        "balance": balance,
    }


def _move_row(market_id: UUID, address: Address, change: int) -> dict[str, object]:
    return {
        "market": market_id,
        "of_kind": address.kind,
        "of_owner": address.owner,
        "of_unit": address.unit,
        "change": change,
    }


def _leg_row(position: int, leg: Leg) -> dict[str, object]:
    return {
        "position": position,
        "unit": leg.source.unit,
        "source_kind": leg.source.kind,
        "source_owner": leg.source.owner,
        "destination_kind": leg.destination.kind,
        "destination_owner": leg.destination.owner,
        "amount": leg.amount,
    }
