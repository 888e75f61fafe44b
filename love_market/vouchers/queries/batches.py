"""Reading batches, what waits for vouchers or for lapsing, and the sum of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger.models import LegRow
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import LIVE, VoucherUnknown, faces_of


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
    in_denominations = places.settings(session, guard.market_id).vouchers_in_denominations
    issuable = [sum(faces_of(balance, in_denominations=in_denominations)) for balance in points]
    return Waiting(len(points), sum(points), sum(map(bool, issuable)), sum(issuable))


def expired(session: Session, guard: Guard, *, at: datetime) -> Expired:
    """Return what waits to lapse in the market's books: see ``service.lapse_expired``."""
    ids = session.scalars(
        select(Voucher.id).where(
            Voucher.market_id == guard.market_id,
            Voucher.state.in_(sorted(LIVE)),
            Voucher.expires_on < village_date(at),
        )
    ).all()
    return Expired(len(ids), sum(books.balances(session, guard.market_id, "voucher", ids).values()))


def _batch(session: Session, row: VoucherBatch) -> BatchRecord:
    count, points, handed_over, reissued = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Voucher.face_points), 0),
            func.count(Voucher.handed_over_at),
            func.count(Voucher.reissue_of_id),
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
        reissue=bool(reissued),
    )
