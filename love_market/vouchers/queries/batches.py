"""Reading batches, what waits for vouchers or for lapsing, and the sum of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.db import Prepared
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import rollups
from love_market.ledger.models import Account
from love_market.ledger.rules import POINTS
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.live import balance, is_live
from love_market.vouchers.rules import State, VoucherUnknown, faces_of

BATCHES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Vouchers issued together: for which quarter, until when, how many, how many points, by which entry.

    ``reissue`` when it is the one voucher that took a lost one's place.
    """

    id: UUID
    village_code: str
    quarter: str
    expires_on: date
    issued_at: datetime
    vouchers: int
    points: int
    handed_over: int
    entry_number: int
    reissue: bool

    @property
    def title(self) -> str:
        """The quarter as the village says it: 2026年第三季度."""
        return Quarter.parse(self.quarter).title


@dataclass(frozen=True, slots=True)
class Waiting:
    """Points that were awarded and are not in a voucher yet: all of them, and what vouchers can be made of now.

    They differ where vouchers come in denominations: the rest below the smallest stays with the household.
    """

    households: int
    points: int
    issuable_households: int
    issuable_points: int


@dataclass(frozen=True, slots=True)
class Expired:
    """Vouchers past their last day with points that have not lapsed yet."""

    vouchers: int
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


def batches(
    session: Session, guard: Guard, *, before: UUID | None = None, limit: int = BATCHES_A_PAGE, waiting: bool = False
) -> Sequence[BatchRecord]:
    """Return up to ``limit`` of the village's batches, the newest first; ``before`` continues after that batch.

    With ``waiting`` only those of which something was not handed over. Raises ``VoucherUnknown`` for no such batch.
    """
    query = select(VoucherBatch).where(
        VoucherBatch.market_id == guard.market_id, VoucherBatch.village_code == guard.village_code
    )
    if waiting:
        query = query.where(
            VoucherBatch.id.in_(
                select(Voucher.batch_id).where(
                    Voucher.market_id == guard.market_id, is_live(), Voucher.state == State.ISSUED
                )
            )
        )
    if before is not None:
        last = session.get(VoucherBatch, (guard.market_id, before))
        if last is None:
            raise VoucherUnknown(words("本村没有这一批券。"))
        earlier = or_(VoucherBatch.issued_at < last.issued_at, VoucherBatch.id < before)
        query = query.where(VoucherBatch.issued_at <= last.issued_at, earlier)
    newest = VoucherBatch.issued_at.desc(), VoucherBatch.id.desc()
    return _batches(session, guard, session.scalars(query.order_by(*newest).limit(limit)).all())


def batch(session: Session, guard: Guard, batch_id: UUID) -> BatchRecord:
    """Return one batch of the village; raise ``VoucherUnknown``."""
    row = session.get(VoucherBatch, (guard.market_id, batch_id))
    if row is None or row.village_code != guard.village_code:
        raise VoucherUnknown(words("本村没有这一批券。"))
    return _batches(session, guard, [row])[0]


def reconciliation(session: Session, market_id: UUID) -> Reconciliation:
    """Return where all points issued in vouchers are now.

    What was issued, and what vouchers paid for redemptions, is counted from the entries' legs (see ``ledger.rollups``),
    the rest are maintained balances: that they agree is a finding, not arithmetic. What is disputed of a redemption no
    voucher paid.
    """
    sums = rollups.current(session, market_id).sums
    outstanding = session.scalar(
        select(func.coalesce(func.sum(balance()), 0)).where(Voucher.market_id == market_id, is_live())
    )
    return Reconciliation(
        issued=sums.issued_points,
        redeemed=sums.redeemed_points,
        outstanding=int(outstanding or 0),
        lapsed=books.total(session, market_id, "lapsed"),
        void=books.total(session, market_id, "void"),
    )


def waiting(session: Session, guard: Guard) -> Waiting:
    """Return which points of the village were awarded and wait for vouchers."""
    points = session.scalars(
        select(Account.balance)
        .join(
            Household,
            and_(
                Household.market_id == Account.market_id,
                Household.id == Account.owner,
                Household.village_code == guard.village_code,
            ),
        )
        .where(
            Account.market_id == guard.market_id,
            Account.kind == "household",
            Account.unit == POINTS,
            Account.balance > 0,
        )
    ).all()
    in_denominations = places.settings(session, guard.market_id).vouchers_in_denominations
    issuable = [sum(faces_of(left, in_denominations=in_denominations)) for left in points]
    return Waiting(len(points), sum(points), sum(map(bool, issuable)), sum(issuable))


_EXPIRED = Prepared(
    select(func.count(), func.coalesce(func.sum(balance()), 0)).where(
        Voucher.market_id == bindparam("market_id"), is_live(), Voucher.expires_on < bindparam("today")
    )
)


def expired(session: Session, guard: Guard, *, at: datetime) -> Expired:
    """Return what waits to lapse in the market's books: see ``service.lapse_expired``."""
    ((count, points),) = _EXPIRED.rows(session, market_id=guard.market_id, today=village_date(at))
    return Expired(count, int(points))


def _batches(session: Session, guard: Guard, rows: Sequence[VoucherBatch]) -> Sequence[BatchRecord]:
    """Return batches with what their vouchers come to (one statement for all of them)."""
    ids = [row.id for row in rows]
    found = session.execute(
        select(
            Voucher.batch_id,
            func.count(),
            func.sum(Voucher.face_points),
            func.count(Voucher.handed_over_at),
            func.count(Voucher.reissue_of_id),
        )
        .where(Voucher.market_id == guard.market_id, Voucher.batch_id.in_(ids))
        .group_by(Voucher.batch_id)
    )
    sums = {batch_id: (count, int(points), handed, reissued) for batch_id, count, points, handed, reissued in found}
    return [_batch(row, *sums.get(row.id, (0, 0, 0, 0))) for row in rows]


def _batch(row: VoucherBatch, count: int, points: int, handed_over: int, reissued: int) -> BatchRecord:
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
        reissue=bool(reissued),
    )
