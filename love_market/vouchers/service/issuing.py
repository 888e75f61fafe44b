"""Issuing vouchers, handing them over, and letting what is left on expired ones lapse."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.db import Rows, ask
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.models import Account
from love_market.ledger.rules import POINTS, Draft
from love_market.people.models import Household
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.points import legs
from love_market.vouchers import keys
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import (
    LIVE,
    PROXY,
    NothingToIssue,
    Proxy,
    State,
    VoucherMoveRefused,
    faces_of,
    lapses_on,
    proxy_facts,
    serial_no,
)
from love_market.vouchers.service.minting import Mint, minted
from love_market.vouchers.service.proxies import For, acted_question, acting_from, note_proxy
from love_market.vouchers.service.rows import (
    done_before,
    move,
    next_sequence,
    vouchers_of_village,
)

_BATCHES, _VOUCHERS = Rows(VoucherBatch), Rows(Voucher)


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
    the same batch. Raises ``NothingToIssue`` where no points wait (they were issued before, or none were awarded), and
    ``KeyReused``.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    quarter = str(Quarter.parse(quarter))
    asked = [guard.village_code, quarter]
    if done_before(session, guard, key, "issue", asked):
        return _issued(session, session.get_one(VoucherBatch, (guard.market_id, key)))
    faces = _faces_to_issue(session, guard)
    if not faces:
        raise NothingToIssue(words("没有等着发券的积分：这一季的券发过了，或者还没有认定。"))
    batch = {
        "market_id": guard.market_id,
        "id": key,
        "village_code": guard.village_code,
        "quarter": quarter,
        "expires_on": lapses_on(village_date(at), places.settings(session, guard.market_id).voucher_valid_days),
        "issued_at": at,
        "issued_by": guard.actor,
    }
    vouchers = _vouchers(session, batch, faces, keys.current_key_id(session, guard.market_id, secret, at), secret)
    holds = [(voucher["household_id"], voucher["id"], voucher["face_points"]) for voucher in vouchers]
    draft = Draft("issue", at, guard.actor, f"{quarter} 发券", key, legs.hold(holds), input=asked)
    number = ledger.post(session, guard.market_id, draft).number
    _BATCHES.later(session, [batch | {"entry_number": number}])
    _VOUCHERS.later(session, vouchers)
    return IssuedBatch(key, len(faces), sum(face for _, face in faces), number)


def hand_over(
    session: Session, guard: Guard, voucher_ids: Iterable[UUID], *, at: datetime, proxy: Proxy | None = None
) -> int:
    """Mark vouchers of the village as handed over and signed for; return how many were not before.

    ``proxy`` is who collected them where that was somebody else. Raises ``VoucherMoveRefused``, ``VoucherUnknown``,
    ``ProxyTooBusy``.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    handed = []
    for voucher in vouchers_of_village(session, guard, list(voucher_ids)):
        if voucher.state == State.HANDED_OVER:
            continue
        if voucher.state == State.FROZEN:  # the table lets it go back to handed over, but only by giving it back
            raise VoucherMoveRefused(
                words("券 {serial_no} 已经冻结。请先解冻，再交给本人。"), serial_no=voucher.serial_no
            )
        move(voucher, State.HANDED_OVER, at)
        voucher.handed_over_at, voucher.handed_over_to = at, "" if proxy is None else proxy.name
        handed.append(For(voucher.household_id, voucher.id))
    session.flush()
    if proxy is not None and handed:
        (answer,) = ask(session, acted_question(guard, proxy.name, at))
        acting = acting_from(proxy.name, answer)
        PROXY.check(proxy_facts(acting, {one.household_id for one in handed if one.household_id}))
        note_proxy(session, guard, proxy, handed, at=at, recorded_by=guard.actor)
    return len(handed)


def lapse_expired(session: Session, guard: Guard, *, at: datetime, key: UUID) -> int:
    """Let what is left on the market's expired vouchers lapse, in one entry; return how many points did.

    None left: no entry, and 0; the same when asked again.
    """
    guard.require(*COMMITTEE)
    ledger.lock_book(session, guard.market_id)
    today = village_date(at)
    if done_before(session, guard, key, "lapse", [str(today)]):
        return 0
    rows = session.scalars(
        select(Voucher)
        .where(Voucher.market_id == guard.market_id, Voucher.state.in_(sorted(LIVE)), Voucher.expires_on < today)
        .order_by(Voucher.serial_no)
    ).all()
    left = books.balances(session, guard.market_id, "voucher", [row.id for row in rows])
    lapsed = [(row.id, left[row.id]) for row in rows if left.get(row.id, 0) > 0]
    if lapsed:
        draft = Draft("lapse", at, guard.actor, "到期未用", key, legs.lapse(lapsed), input=[str(today)])
        ledger.post(session, guard.market_id, draft)
    for row in rows:
        move(row, State.LAPSED, at, "到期未用")
    session.flush()
    return sum(points for _, points in lapsed)


def _faces_to_issue(session: Session, guard: Guard) -> list[tuple[UUID, int]]:
    """Return ``(household_id, face_points)`` of the vouchers to be made, by household number, those who left too."""
    in_denominations = places.settings(session, guard.market_id).vouchers_in_denominations
    waiting = session.execute(
        select(Household.id, Account.balance)
        .join(
            Account,
            (Account.market_id == Household.market_id)
            & (Account.kind == "household")
            & (Account.owner == Household.id)
            & (Account.unit == POINTS),
        )
        .where(
            Household.market_id == guard.market_id,
            Household.village_code == guard.village_code,
            Account.market_id == guard.market_id,
            Account.balance > 0,
        )
        .order_by(Household.number)
    )
    return [
        (household_id, face)
        for household_id, balance in waiting
        for face in faces_of(balance, in_denominations=in_denominations)
    ]


def _vouchers(
    session: Session, batch: dict[str, Any], faces: list[tuple[UUID, int]], key_id: UUID, secret: str
) -> list[dict[str, Any]]:
    """Return a batch's vouchers as rows, numbered in the order of their faces."""
    market_id, at = batch["market_id"], batch["issued_at"]
    mint = Mint(secret, market_id, batch["id"], at)
    made = minted(session, mint, market_id, [(one, index) for index, (one, _) in enumerate(faces)])
    first = next_sequence(session, market_id, batch["quarter"])
    same = {
        "market_id": market_id,
        "batch_id": batch["id"],
        "signing_key_id": key_id,
        "expires_on": batch["expires_on"],
        "state": State.ISSUED.value,
        "state_reason": "",
        "state_changed_at": at,
        "handed_over_at": None,
        "handed_over_to": "",
        "reissue_of_id": None,
    }
    return [
        same
        | {
            "id": voucher_id,
            "household_id": household_id,
            "serial_no": serial_no(batch["quarter"], number),
            "short_code": short_code,
            "face_points": face,
        }
        for number, ((household_id, face), (voucher_id, short_code)) in enumerate(zip(faces, made, strict=True), first)
    ]


def _issued(session: Session, batch: VoucherBatch) -> IssuedBatch:
    count, points = session.execute(
        select(func.count(), func.coalesce(func.sum(Voucher.face_points), 0)).where(
            Voucher.market_id == batch.market_id, Voucher.batch_id == batch.id
        )
    ).one()
    return IssuedBatch(batch.id, count, points, batch.entry_number)
