"""What a close leaves behind, read past the program: rows, balances, vouchers and papers."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.county import queries
from love_market.ledger.models import Account, Entry
from love_market.ledger.verify import verify
from love_market.places import queries as places
from love_market.places.queries import VillageRecord
from love_market.vouchers.models import Voucher, VoucherBatch

Papers = dict[str, bytes]


@dataclass(frozen=True)
class Books:
    """A market's books after a close: the head, each entry's kind and key, each voucher as it stands."""

    head: str
    entries: tuple[tuple[str, UUID], ...]
    vouchers: frozenset[tuple[object, ...]]
    batches: int


def books(session: Session, market_id: UUID) -> Books:
    """Return a market's books, which must verify."""
    verdict = verify(session, market_id)
    assert verdict.fault is None, verdict.fault
    entries = session.execute(
        select(Entry.kind, Entry.key).where(Entry.market_id == market_id).order_by(Entry.number)
    ).all()
    rows = session.execute(
        select(
            Voucher.id,
            Voucher.household_id,
            Voucher.serial_no,
            Voucher.short_code,
            Voucher.face_points,
            Voucher.state,
        ).where(Voucher.market_id == market_id)
    ).all()
    batches = session.scalar(select(func.count()).where(VoucherBatch.market_id == market_id)) or 0
    return Books(
        verdict.head_hash,
        tuple((kind, key) for kind, key in entries),
        frozenset(tuple(row) for row in rows),
        batches,
    )


def all_books(session: Session) -> dict[UUID, Books]:
    """Return the books of all markets."""
    return {market_id: books(session, market_id) for market_id in places.market_ids(session)}


def villages(session: Session) -> list[VillageRecord]:
    """Return all villages, those of one market together."""
    return [one for market in queries.by_market(session) for one in market]


def papers(out: Path) -> Papers:
    """Return all papers of a close by their place in its folder."""
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.pdf"))}


def listed_points(session: Session, village: VillageRecord) -> dict[UUID, int]:
    """Return the points of the notice's rows by household."""
    rows = session.execute(
        select(AppraisalRow.household_id, AppraisalRow.points)
        .join(
            Appraisal,
            (Appraisal.market_id == AppraisalRow.market_id) & (Appraisal.id == AppraisalRow.appraisal_id),
        )
        .where(Appraisal.market_id == village.market_id, Appraisal.village_code == village.code)
    )
    return dict(rows.all())


def balances(session: Session, market_id: UUID, kind: str) -> dict[UUID, int]:
    """Return the balances of a market's accounts of one kind by owner."""
    rows = session.execute(
        select(Account.owner, Account.balance).where(Account.market_id == market_id, Account.kind == kind)
    )
    return dict(rows.all())
