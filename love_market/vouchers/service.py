"""Writing vouchers: issue, hand over, spend and restore. The loss desk is in ``loss``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft, Leg
from love_market.people import queries as people
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.points import legs
from love_market.vouchers import keys, queries
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import (
    LIVE,
    NothingToIssue,
    State,
    TooFewPoints,
    check_live,
    check_move,
    faces_of,
    lapses_on,
    serial_no,
)
from love_market.vouchers.token import new_short_code


@dataclass(frozen=True, slots=True)
class IssuedBatch:
    """What an issue made: its batch, how many vouchers, their points, the entry that holds them."""

    batch_id: UUID
    vouchers: int
    points: int
    entry_number: int


def issue(
    session: Session,
    guard: Guard,
    *,
    quarter: str,
    secret: str,
    at: datetime,
    key: UUID,
) -> IssuedBatch:
    """Issue vouchers for all points that households of the village were awarded and do not hold in a voucher yet.

    One voucher a household, or denominations, as the market's settings say. Asked again with the same key it gives
    the same batch. Raises ``NothingToIssue`` where no points wait (they were issued before, or none were awarded).
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    before = session.get(VoucherBatch, (guard.market_id, key))
    if before is not None:
        return _issued(session, before)
    settings = places.settings(session, guard.market_id)
    batch = VoucherBatch(
        market_id=guard.market_id,
        id=key,
        village_code=guard.village_code,
        quarter=quarter,
        expires_on=lapses_on(village_date(at), settings.voucher_valid_days),
        issued_at=at,
        issued_by=guard.actor,
        entry_number=0,
    )
    vouchers = _new_vouchers(
        session,
        guard,
        batch,
        keys.current_key_id(session, guard.market_id, secret, at),
        settings.vouchers_in_denominations,
    )
    if not vouchers:
        raise NothingToIssue(words("没有等着发券的积分：这一季的券发过了，或者还没有认定。"))
    holds = [(voucher.household_id, voucher.id, voucher.face_points) for voucher in vouchers]
    draft = Draft(
        "issue", at, guard.actor, f"{quarter} 发券", key, legs.hold(holds), input=[guard.village_code, quarter]
    )
    batch.entry_number = ledger.post(session, guard.market_id, draft).number
    session.add(batch)
    session.flush()
    session.add_all(vouchers)
    session.flush()
    return _issued(session, batch)


def hand_over(session: Session, guard: Guard, voucher_ids: Iterable[UUID], *, to: str, at: datetime) -> int:
    """Mark vouchers as handed over and signed for; return how many were not before. Raises ``VoucherMoveRefused``."""
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    changed = 0
    for voucher in vouchers_by_id(session, guard, list(voucher_ids)):
        if voucher.state == State.HANDED_OVER:
            continue
        move(voucher, State.HANDED_OVER, at)
        voucher.handed_over_at, voucher.handed_over_to = at, to
        changed += 1
    session.flush()
    return changed


def spendable(session: Session, guard: Guard, voucher_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, int]:
    """Return what can be spent from each voucher now; call it under the book's lock.

    Raises ``VoucherUnknown``, ``VoucherVoid``, ``VoucherFrozen``, ``VoucherExpired``, ``VoucherSpent``.
    """
    vouchers = vouchers_by_id(session, guard, voucher_ids)
    balances = books.balances(session, guard.market_id, "voucher", voucher_ids)
    for voucher in vouchers:
        check_live(State(voucher.state), voucher.expires_on, village_date(at), voucher.state_reason)
        if not balances.get(voucher.id):
            raise queries.spent(session, guard.market_id, voucher.id)
    return balances


def consume(
    session: Session, guard: Guard, payments: Sequence[tuple[UUID, int]], *, at: datetime
) -> tuple[list[Leg], dict[UUID, int]]:
    """Take ``(voucher_id, points)`` from vouchers and mark those that this empties.

    Returns the point legs for the entry that the caller posts in the same transaction, and what is left on each.
    A voucher whose hand-over nobody wrote down counts as handed over to whoever brings it. Raises what ``spendable``
    raises, and ``TooFewPoints``.
    """
    ids = [voucher_id for voucher_id, _ in payments]
    balances = spendable(session, guard, ids, at=at)
    left = {voucher_id: balances[voucher_id] - points for voucher_id, points in payments}
    for voucher in vouchers_by_id(session, guard, ids):
        if left[voucher.id] < 0:
            raise TooFewPoints(
                words("券 {serial_no} 上只剩 {balance} 分，不够付。"),
                serial_no=voucher.serial_no,
                balance=balances[voucher.id],
            )
        if voucher.state == State.ISSUED:
            move(voucher, State.HANDED_OVER, at)
            voucher.handed_over_at = at
        if left[voucher.id] == 0:
            move(voucher, State.SPENT, at)
    session.flush()
    return legs.spend(payments), left


def restore(session: Session, guard: Guard, voucher_ids: Sequence[UUID], *, at: datetime) -> None:
    """Give vouchers that an undone redemption had emptied their life back; call it with the reversing entry."""
    for voucher in vouchers_by_id(session, guard, voucher_ids):
        if voucher.state == State.SPENT:
            move(voucher, State.HANDED_OVER, at)
    session.flush()


def move(voucher: Voucher, to: State, at: datetime, reason: str = "") -> None:
    """Move a voucher to another state by the table of moves."""
    check_move(State(voucher.state), to)
    voucher.state, voucher.state_reason, voucher.state_changed_at = to, reason, at


def vouchers_by_id(session: Session, guard: Guard, ids: Sequence[UUID]) -> list[Voucher]:
    """Return the market's vouchers in the order asked for; raise ``VoucherUnknown``."""
    rows = session.scalars(select(Voucher).where(Voucher.market_id == guard.market_id, Voucher.id.in_(ids)))
    found = {row.id: row for row in rows}
    missing = [voucher_id for voucher_id in ids if voucher_id not in found]
    if missing:
        raise queries.unknown()
    return [found[voucher_id] for voucher_id in ids]


def next_sequence(session: Session, market_id: UUID, quarter: str) -> int:
    """Return the next running number of a quarter's serial numbers in the market's books."""
    like = serial_no(quarter, 0)[: -len("0000")]
    return 1 + (
        session.scalar(
            select(func.count()).where(
                Voucher.market_id == market_id, Voucher.serial_no.startswith(like, autoescape=True)
            )
        )
        or 0
    )


def unused_short_codes(session: Session, market_id: UUID, count: int) -> list[str]:
    """Return so many short codes that no voucher of the market has."""
    codes: set[str] = set()
    while len(codes) < count:
        codes |= {new_short_code() for _ in range(count - len(codes))}
        asked = sorted(codes)
        for start in range(0, len(asked), 500):
            chunk = asked[start : start + 500]
            codes -= set(
                session.scalars(
                    select(Voucher.short_code).where(Voucher.market_id == market_id, Voucher.short_code.in_(chunk))
                )
            )
    return sorted(codes)


def _new_vouchers(
    session: Session,
    guard: Guard,
    batch: VoucherBatch,
    key_id: UUID,
    in_denominations: bool,  # noqa: FBT001
) -> list[Voucher]:
    households = people.households(session, guard, with_left=True)
    waiting = books.balances(session, guard.market_id, "household", [one.id for one in households])
    faces = [
        (one.id, face)
        for one in households
        for face in faces_of(waiting.get(one.id, 0), in_denominations=in_denominations)
    ]
    codes = unused_short_codes(session, guard.market_id, len(faces))
    first = next_sequence(session, guard.market_id, batch.quarter)
    return [
        Voucher(
            market_id=guard.market_id,
            id=new_id(),
            batch_id=batch.id,
            household_id=household_id,
            signing_key_id=key_id,
            serial_no=serial_no(batch.quarter, first + index),
            short_code=codes[index],
            face_points=face,
            expires_on=batch.expires_on,
            state=State.ISSUED,
            state_changed_at=batch.issued_at,
        )
        for index, (household_id, face) in enumerate(faces)
    ]


def _issued(session: Session, batch: VoucherBatch) -> IssuedBatch:
    count, points = session.execute(
        select(func.count(), func.coalesce(func.sum(Voucher.face_points), 0)).where(
            Voucher.market_id == batch.market_id, Voucher.batch_id == batch.id
        )
    ).one()
    return IssuedBatch(batch.id, count, points, batch.entry_number)


def lapse_expired(session: Session, guard: Guard, *, at: datetime, key: UUID) -> int:
    """Let what is left on expired vouchers lapse, in one entry; return how many points did. None left: no entry."""
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    before = books.posted_with_key(session, guard.market_id, key)
    today: date = village_date(at)
    rows = session.scalars(
        select(Voucher).where(
            Voucher.market_id == guard.market_id, Voucher.state.in_(sorted(LIVE)), Voucher.expires_on < today
        )
    ).all()
    if before is not None or not rows:
        return 0
    left = books.balances(session, guard.market_id, "voucher", [row.id for row in rows])
    lapsed = [(row.id, left[row.id]) for row in rows if left.get(row.id, 0) > 0]
    draft = Draft("lapse", at, guard.actor, "到期未用", key, legs.lapse(lapsed), input=[str(today)])
    ledger.post(session, guard.market_id, draft)
    for row in rows:
        move(row, State.LAPSED, at, "到期未用")
    session.flush()
    return sum(points for _, points in lapsed)
