"""Voucher papers from the books: a batch's sheet and its list to sign, and the announcement of a clearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.vouchers import keys, queries
from love_market.vouchers.queries import BatchRecord, ResetRecord, VoucherFace
from love_market.vouchers.rules import State
from love_market.vouchers.sheet import (
    PaperHeading,
    ResetText,
    SheetVoucher,
    SignForRow,
    lay_out,
    lay_out_reset_notice,
    lay_out_sign_for,
)
from love_market.vouchers.token import Claims, sign, voucher_url

_WITH_SEAL = 6


@dataclass(frozen=True, slots=True)
class BatchPapers:
    """What a batch's papers say, read and signed; laying it out asks no database any more."""

    heading: PaperHeading
    vouchers: Sequence[SheetVoucher]
    rows: Sequence[SignForRow]
    room_for_seal: bool

    def sheet(self, at: datetime) -> bytes:
        """Return the PDF of the vouchers, by serial number; void ones are left out."""
        return lay_out(self.heading, self.vouchers, at, room_for_seal=self.room_for_seal)

    def sign_for(self, at: datetime) -> bytes:
        """Return the PDF of the sign-for list."""
        return lay_out_sign_for(self.heading, self.rows, at)


def of_batch(session: Session, guard: Guard, batch: BatchRecord, base_url: str, secret: str) -> BatchPapers:
    """Return what both papers of a batch say, each voucher signed once."""
    faces = queries.vouchers_of_batch(session, guard, batch.id)
    return BatchPapers(
        _heading(session, guard, batch),
        _signed(session, guard, faces, base_url, secret),
        _rows(faces),
        places.settings(session, guard.market_id).vouchers_a_sheet == _WITH_SEAL,
    )


def sheet(session: Session, guard: Guard, batch: BatchRecord, base_url: str, secret: str, at: datetime) -> bytes:
    """Return the PDF of a batch's vouchers, signed, by household; void ones are left out."""
    return of_batch(session, guard, batch, base_url, secret).sheet(at)


def sign_for(session: Session, guard: Guard, batch: BatchRecord, _base_url: str, _secret: str, at: datetime) -> bytes:
    """Return the PDF of the sign-for list of a batch."""
    rows = _rows(queries.vouchers_of_batch(session, guard, batch.id))
    return lay_out_sign_for(_heading(session, guard, batch), rows, at)


def reset_notice(session: Session, guard: Guard, reset: ResetRecord, at: datetime) -> bytes:
    """Return the PDF of the announcement of a clearing, with what it reaches now."""
    village = places.village(session, guard.village_code)
    left = [points for points in queries.reached(session, guard, reset.announced_at).values() if points]
    return lay_out_reset_notice(
        ResetText(
            village_name=village.short_name,
            market_name=village.market_name,
            announced_on=village_date(reset.announced_at),
            falls_on=reset.falls_on,
            vouchers=len(left),
            points=sum(left),
            head_hash=books.head(session, guard.market_id).hash,
        ),
        at,
    )


def _signed(
    session: Session, guard: Guard, faces: Sequence[VoucherFace], base_url: str, secret: str
) -> list[SheetVoucher]:
    private_keys = keys.private_keys(session, guard.market_id, secret)
    return [
        SheetVoucher(
            serial_no=one.serial_no,
            short_code=one.short_code,
            url=voucher_url(
                base_url,
                sign(
                    private_keys[one.signing_key_id],
                    Claims(guard.market_id, one.id, one.face_points, one.expires_on),
                ),
            ),
            face_points=one.face_points,
            household_number=one.household_number,
            head_name_masked=one.masked_name,
            group_name=one.group_name,
            expires_on=one.expires_on,
        )
        for one in faces
        if one.state is not State.VOID
    ]


def _rows(faces: Sequence[VoucherFace]) -> list[SignForRow]:
    return [
        SignForRow(one.household_number, one.head_name, one.group_name, one.serial_no, one.face_points) for one in faces
    ]


def _heading(session: Session, guard: Guard, batch: BatchRecord) -> PaperHeading:
    """Return whose papers they are, with the book's head as it was when the batch was issued: printed again, the same.

    A batch is known by the key of its entry.
    """
    village = places.village(session, guard.village_code)
    issued = books.posted_with_key(session, guard.market_id, batch.id)
    head_hash = issued.hash if issued else books.head(session, guard.market_id).hash
    return PaperHeading(village.short_name, village.market_name, Quarter.parse(batch.quarter).title, head_hash)
