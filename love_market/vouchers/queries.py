"""Reading vouchers: one face, a batch to print, a household's, and the sum of all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_time
from love_market.errors import LoveMarketError, words
from love_market.ledger import queries as books
from love_market.ledger.models import LegRow
from love_market.people import queries as people
from love_market.people.rules import Guard, mask_name
from love_market.places import queries as places
from love_market.vouchers import keys, token
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import State, VoucherForged, VoucherSpent, VoucherUnknown, check_live


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


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Vouchers issued together: for which quarter, until when, how many, how many points, by which entry."""

    id: UUID
    village_code: str
    quarter: str
    expires_on: date
    issued_at: datetime
    vouchers: int
    points: int
    handed_over: int
    entry_number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Points that were awarded and are not in a voucher yet."""

    households: int
    points: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where all points ever issued in vouchers are now; ``issued`` is the sum of the other four."""

    issued: int
    redeemed: int
    outstanding: int
    lapsed: int
    void: int

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        return self.issued == self.redeemed + self.outstanding + self.lapsed + self.void


def unknown() -> VoucherUnknown:
    """Return the error for a voucher that these books do not have."""
    return VoucherUnknown(words("账本里没有这张券。请看清券号，或者这是别处的券。"))


def spent(session: Session, market_id: UUID, voucher_id: UUID) -> VoucherSpent:
    """Return the error for an empty voucher: when, and where, its last points were spent."""
    last = books.movements(session, market_id, [voucher_id], kinds=["voucher"], limit=1)
    at = village_time(last[0].at) if last else None
    when = f"{at.month}月{at.day}日 {at:%H:%M}" if at else ""
    where = places.villages_of(session, market_id)[0].market_name
    return VoucherSpent(words("这张券 {when} 在{where}用完了。"), when=when, where=where)


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
    found = _faces(session, guard, [row])[0]
    return replace(found, refusal=_refusal(session, row, found.balance_points, village_date(at)))


def batches(session: Session, guard: Guard) -> Sequence[BatchRecord]:
    """Return the village's batches, the newest first."""
    rows = session.scalars(
        select(VoucherBatch)
        .where(VoucherBatch.market_id == guard.market_id, VoucherBatch.village_code == guard.village_code)
        .order_by(VoucherBatch.issued_at.desc(), VoucherBatch.id.desc())
    )
    return [_batch(session, row) for row in rows]


def batch(session: Session, guard: Guard, batch_id: UUID) -> BatchRecord:
    """Return one batch of the village; raise ``VoucherUnknown``."""
    row = session.get(VoucherBatch, (guard.market_id, batch_id))
    if row is None or row.village_code != guard.village_code:
        raise VoucherUnknown(words("本村没有这一批券。"))
    return _batch(session, row)


def vouchers_of_batch(session: Session, guard: Guard, batch_id: UUID) -> Sequence[VoucherFace]:
    """Return a batch's vouchers by serial number."""
    return _where(session, guard, Voucher.batch_id == batch_id)


def vouchers_of_household(session: Session, guard: Guard, household_id: UUID) -> Sequence[VoucherFace]:
    """Return a household's vouchers by serial number."""
    return _where(session, guard, Voucher.household_id == household_id)


def find(session: Session, guard: Guard, text: str, *, limit: int = 50) -> Sequence[VoucherFace]:
    """Return vouchers whose serial number ends in, or whose household's number or head's name is, what was typed."""
    wanted = text.strip()
    ids = [
        one.id
        for one in people.households(session, guard, with_left=True)
        if wanted and (wanted in one.head_name or one.number.lstrip("0") == wanted.lstrip("0"))
    ]
    return _where(
        session,
        guard,
        Voucher.household_id.in_(ids) | Voucher.serial_no.endswith(wanted, autoescape=True),
    )[:limit]


def reconciliation(session: Session, market_id: UUID) -> Reconciliation:
    """Return where all points issued in vouchers are now, from the maintained balances and the issue entries' legs."""
    issued = session.scalar(
        select(func.coalesce(func.sum(LegRow.amount), 0)).where(
            LegRow.market_id == market_id, LegRow.source_kind == "household", LegRow.destination_kind == "voucher"
        )
    )
    return Reconciliation(
        issued=int(issued or 0),
        redeemed=books.total(session, market_id, "redeemed"),
        outstanding=books.total(session, market_id, "voucher"),
        lapsed=books.total(session, market_id, "lapsed"),
        void=books.total(session, market_id, "void"),
    )


def waiting(session: Session, guard: Guard) -> Waiting:
    """Return which points of the village were awarded and wait for vouchers."""
    ids = [one.id for one in people.households(session, guard, with_left=True)]
    points = [balance for balance in books.balances(session, guard.market_id, "household", ids).values() if balance]
    return Waiting(len(points), sum(points))


def movements(session: Session, guard: Guard, voucher_id: UUID) -> Sequence[books.Movement]:
    """Return what happened to a voucher's points, the newest first."""
    return books.movements(session, guard.market_id, [voucher_id], kinds=["voucher"])


def _where(session: Session, guard: Guard, *conditions: object) -> Sequence[VoucherFace]:
    query = select(Voucher).where(Voucher.market_id == guard.market_id, *conditions)  # type: ignore[arg-type]
    return _faces(session, guard, session.scalars(query.order_by(Voucher.serial_no)).all())


def _faces(session: Session, guard: Guard, rows: Sequence[Voucher]) -> list[VoucherFace]:
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


def _refusal(session: Session, row: Voucher, balance: int, today: date) -> LoveMarketError | None:
    try:
        check_live(State(row.state), row.expires_on, today, row.state_reason)
    except LoveMarketError as error:
        return error
    return spent(session, row.market_id, row.id) if balance == 0 else None


def _batch(session: Session, row: VoucherBatch) -> BatchRecord:
    count, points, handed_over = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Voucher.face_points), 0),
            func.count(Voucher.handed_over_at),
        ).where(Voucher.market_id == row.market_id, Voucher.batch_id == row.id)
    ).one()
    return BatchRecord(
        row.id,
        row.village_code,
        row.quarter,
        row.expires_on,
        row.issued_at,
        count,
        points,
        handed_over,
        row.entry_number,
    )
