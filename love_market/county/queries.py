"""Reading what a village's close must know: its quarter, its batches, when its book was last written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals.models import AppraisalRow
from love_market.appraisals.rules import RowState
from love_market.clock import Quarter
from love_market.ledger.models import Entry
from love_market.people import queries as people
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.places.queries import VillageRecord
from love_market.vouchers.models import Voucher, VoucherBatch


@dataclass(frozen=True, slots=True)
class IssuedBatch:
    """A batch of the quarter: its place among the village's (from 1), its vouchers and their points."""

    id: UUID
    number: int
    entry_number: int
    vouchers: int
    points: int


def by_market(session: Session, codes: Sequence[str] = ()) -> list[list[VillageRecord]]:
    """Return the villages that have a market, those of one market together, by code; only some if asked for."""
    wanted = [one for one in places.served_villages(session) if not codes or one.code in codes]
    wanted.sort(key=lambda one: (one.market_id, one.code))
    markets = [list(group) for _, group in groupby(wanted, key=lambda one: one.market_id)]
    return sorted(markets, key=lambda villages: villages[0].code)


def issued(session: Session, guard: Guard, quarter: Quarter) -> list[IssuedBatch]:
    """Return the village's batches of a quarter in the order they were issued, without single reissues."""
    rows = session.execute(
        select(VoucherBatch.id, VoucherBatch.entry_number, func.count(), func.sum(Voucher.face_points))
        .join(Voucher, (Voucher.market_id == VoucherBatch.market_id) & (Voucher.batch_id == VoucherBatch.id))
        .where(
            VoucherBatch.market_id == guard.market_id,
            VoucherBatch.village_code == guard.village_code,
            VoucherBatch.quarter == str(quarter),
            Voucher.market_id == guard.market_id,
            Voucher.reissue_of_id.is_(None),
        )
        .group_by(VoucherBatch.id, VoucherBatch.entry_number)
        .order_by(VoucherBatch.entry_number)
    )
    return [
        IssuedBatch(batch_id, number, entry_number, count, int(points))
        for number, (batch_id, entry_number, count, points) in enumerate(rows, 1)
    ]


def waiting_rows(session: Session, guard: Guard, appraisal_id: UUID) -> int:
    """Return how many households' rows are not confirmed yet."""
    return (
        session.scalar(
            select(func.count()).where(
                AppraisalRow.market_id == guard.market_id,
                AppraisalRow.appraisal_id == appraisal_id,
                AppraisalRow.state != RowState.CONFIRMED,
            )
        )
        or 0
    )


def last_written_at(session: Session, market_id: UUID) -> datetime | None:
    """Return when the newest entry of a market's book was made."""
    return session.scalar(select(Entry.at).where(Entry.market_id == market_id).order_by(Entry.number.desc()).limit(1))


def chair(session: Session, village: VillageRecord, but: Sequence[str]) -> Guard | None:
    """Return the guard of a chair of the village who is none of some actors; None where there is no such chair."""
    for one in people.staff_at(session, village.code):
        guard = Guard.of_staff(village.market_id, village.code, one.id, one.name, *one.roles_here(village.code))
        if Role.CHAIR in guard.roles and guard.actor not in but:
            return guard
    return None
