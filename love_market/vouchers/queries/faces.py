"""Reading one voucher's face, lists of them, and what a scan or a typed code names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_time
from love_market.errors import LoveMarketError, words
from love_market.ledger import queries as books
from love_market.people import queries as people
from love_market.people.rules import Guard, mask_name
from love_market.places import queries as places
from love_market.tills import queries as tills
from love_market.tills.queries import TillRecord
from love_market.vouchers import keys, token
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.live import is_dead, is_live
from love_market.vouchers.rules import (
    SPENDING,
    Spendable,
    State,
    VoucherForged,
    VoucherSpent,
    VoucherUnknown,
    spending_facts,
    unknown,
)


@dataclass(frozen=True, slots=True)
class VoucherFace:
    """A voucher as the counter and the committee see it.

    ``refusal`` says why it cannot be spent now, if so; it is asked for one voucher at a time, not for lists.
    """

    id: UUID
    serial_no: str
    short_code: str
    household_id: UUID
    household_number: str
    head_name: str
    group_name: str
    face_points: int
    balance_points: int
    expires_on: date
    state: State
    state_reason: str
    handed_over_at: datetime | None
    signing_key_id: UUID
    batch_id: UUID
    refusal: LoveMarketError | None = None

    @property
    def masked_name(self) -> str:
        """The head of the household as shown where others can see."""
        return mask_name(self.head_name)


def spent(session: Session, market_id: UUID, voucher_id: UUID) -> VoucherSpent:
    """Return the error for an empty voucher: when, and where, its last points were spent."""
    last = books.movements(session, market_id, [voucher_id], kinds=["voucher"], limit=1)
    at = village_time(last[0].at) if last else None
    when = f"{at.month}月{at.day}日 {at:%H:%M}" if at else ""
    where = places.villages_of(session, market_id)[0].market_name
    return VoucherSpent(words("这张券 {when} 在{where}用完了。"), when=when, where=where)


def refusal(session: Session, guard: Guard, voucher: Spendable, today: date) -> LoveMarketError | None:
    """Return the one reason why a voucher cannot be spent today, or None; an empty one says when and where it was."""
    error = SPENDING.error(spending_facts(voucher, today))
    return spent(session, guard.market_id, voucher.id) if isinstance(error, VoucherSpent) else error


def from_scan(session: Session, guard: Guard, text: str, *, at: datetime) -> VoucherFace:
    """Return the voucher that a scan or a typed short code names, its signature checked.

    Raises ``VoucherForged``, ``VoucherFromAnotherMarket``, ``ShortCodeMistyped``, ``VoucherUnknown``.
    """
    scanned = token.token_from_scan(text)
    if scanned is None:
        code = token.normalise_short_code(text)
        voucher_id = session.scalar(
            select(Voucher.id).where(Voucher.market_id == guard.market_id, Voucher.short_code == code)
        )
        if voucher_id is None:
            raise unknown()
        return face(session, guard, voucher_id, at=at)
    claims = verified(session, guard.market_id, scanned)
    found = face(session, guard, claims.voucher_id, at=at)
    if (found.face_points, found.expires_on) != (claims.face_points, claims.expires_on):
        raise VoucherForged(words("这张券和账本对不上，不能兑换。请留下券，交村委会核对。"))
    return found


def verified(session: Session, market_id: UUID, scanned: str) -> token.Claims:
    """Return a token's claims once one of the market's keys vouches for them; raise as ``token.verify`` does."""
    public_keys = list(keys.public_keys(session, market_id).values())
    if not public_keys:
        raise unknown()
    for public_key in public_keys[:-1]:
        try:
            return token.verify(scanned, public_key, market_id)
        except VoucherForged:
            continue
    return token.verify(scanned, public_keys[-1], market_id)


def face(session: Session, guard: Guard, voucher_id: UUID, *, at: datetime) -> VoucherFace:
    """Return one voucher of the market; raise ``VoucherUnknown``."""
    row = session.get(Voucher, (guard.market_id, voucher_id))
    if row is None:
        raise unknown()
    found = faces_of_rows(session, guard, [row])[0]
    return replace(found, refusal=refusal(session, guard, found, village_date(at)))


def face_here(session: Session, guard: Guard, voucher_id: UUID, *, at: datetime) -> VoucherFace:
    """Return one voucher that the guard's village issued, for its committee; raise ``VoucherUnknown``."""
    found = face(session, guard, voucher_id, at=at)
    issued = session.get_one(VoucherBatch, (guard.market_id, found.batch_id))
    if issued.village_code != guard.village_code:
        raise VoucherUnknown(words("本村没有这张券。"))
    return found


def told_tills(session: Session, guard: Guard, found: VoucherFace) -> Sequence[tuple[TillRecord, bool]]:
    """Return which tills know already that a voucher was frozen or voided; nothing for one that may be used."""
    if found.state not in {State.FROZEN, State.VOID}:
        return []
    return tills.told(session, guard, session.get_one(Voucher, (guard.market_id, found.id)).state_changed_at)


def reissue_of(session: Session, guard: Guard, voucher_id: UUID) -> VoucherFace | None:
    """Return the voucher that took a lost one's place, if there is one."""
    found = _where(session, guard, Voucher.reissue_of_id == voucher_id)
    return found[0] if found else None


def vouchers_of_batch(session: Session, guard: Guard, batch_id: UUID) -> Sequence[VoucherFace]:
    """Return a batch's vouchers by serial number."""
    return _where(session, guard, Voucher.batch_id == batch_id)


def vouchers_of_household(
    session: Session, guard: Guard, household_id: UUID, *, begin: datetime | None = None, end: datetime | None = None
) -> Sequence[VoucherFace]:
    """Return a household's vouchers by serial number: those that live, and of the others all, or a span's.

    With ``begin``, those that died since then (and before ``end``); with ``end``, none that live.
    """
    dead = [Voucher.household_id == household_id, is_dead()]
    dead += [Voucher.state_changed_at >= begin] if begin is not None else []
    dead += [Voucher.state_changed_at < end] if end is not None else []
    live = [] if end is not None else _rows(session, guard, Voucher.household_id == household_id, is_live())
    rows = [*live, *_rows(session, guard, *dead)]
    return faces_of_rows(session, guard, sorted(rows, key=lambda row: row.serial_no))


def movements(session: Session, guard: Guard, voucher_id: UUID) -> Sequence[books.Movement]:
    """Return what happened to a voucher's points, the newest first."""
    return books.movements(session, guard.market_id, [voucher_id], kinds=["voucher"])


def _where(session: Session, guard: Guard, *conditions: ColumnElement[bool]) -> Sequence[VoucherFace]:
    return faces_of_rows(session, guard, _rows(session, guard, *conditions))


def _rows(session: Session, guard: Guard, *conditions: ColumnElement[bool]) -> Sequence[Voucher]:
    query = select(Voucher).where(Voucher.market_id == guard.market_id, *conditions)
    return session.scalars(query.order_by(Voucher.serial_no)).all()


def faces_of_rows(session: Session, guard: Guard, rows: Sequence[Voucher]) -> list[VoucherFace]:
    """Return the faces of some vouchers' rows, in their order, in two statements for any number."""
    households = people.households_by_id(session, guard, {row.household_id for row in rows})
    balances = books.balances(session, guard.market_id, "voucher", [row.id for row in rows])
    faces = []
    for row in rows:
        household, balance = households[row.household_id], balances.get(row.id, 0)
        faces.append(
            VoucherFace(
                id=row.id,
                serial_no=row.serial_no,
                short_code=row.short_code,
                household_id=household.id,
                household_number=household.number,
                head_name=household.head_name,
                group_name=household.group_name,
                face_points=row.face_points,
                balance_points=balance,
                expires_on=row.expires_on,
                state=State(row.state),
                state_reason=row.state_reason,
                handed_over_at=row.handed_over_at,
                signing_key_id=row.signing_key_id,
                batch_id=row.batch_id,
            )
        )
    return faces
