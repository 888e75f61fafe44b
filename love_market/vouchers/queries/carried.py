"""Reading what a till carries of the vouchers, to redeem without a network."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.people.rules import Guard
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries.faces import VoucherFace, faces_of_rows
from love_market.vouchers.queries.live import is_live

_CHUNK = 5000


def carried_vouchers(
    session: Session, guard: Guard, *, touched: Collection[UUID] | None = None, since: datetime | None = None
) -> Sequence[VoucherFace]:
    """Return the vouchers that live; with ``since``, whichever changed then, and those ``touched``, dead ones too."""
    query = select(Voucher).where(Voucher.market_id == guard.market_id)
    if since is None:
        return faces_of_rows(session, guard, session.scalars(query.where(is_live()).order_by(Voucher.serial_no)).all())
    wanted, rows = list(touched or ()), list[Voucher]()
    for start in range(0, len(wanted), _CHUNK):
        rows += session.scalars(query.where(Voucher.id.in_(wanted[start : start + _CHUNK])))
    rows += session.scalars(query.where(is_live(), Voucher.state_changed_at > since))
    unlike = {row.id: row for row in rows}
    return faces_of_rows(session, guard, sorted(unlike.values(), key=lambda row: row.serial_no))


def marks(session: Session, guard: Guard) -> Sequence[tuple[str, int, datetime]]:
    """Return of each state of vouchers that live how many are in it, and when one came to it last.

    One of these changes with any voucher's state, also where two servers' clocks differ: the time alone would not tell.
    What moves points is in the book besides.
    """
    rows = session.execute(
        select(Voucher.state, func.count(), func.max(Voucher.state_changed_at))
        .where(Voucher.market_id == guard.market_id, is_live())
        .group_by(Voucher.state)
        .order_by(Voucher.state)
    )
    return [(state, count, changed_at) for state, count, changed_at in rows]
