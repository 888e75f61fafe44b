"""Reading what a till carries of the vouchers, to redeem without a network."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from love_market.people.rules import Guard
from love_market.vouchers.models import Voucher
from love_market.vouchers.queries.faces import VoucherFace, faces_of_rows
from love_market.vouchers.queries.live import is_dead, is_live

_CHUNK = 5000


def carried_vouchers(
    session: Session,
    guard: Guard,
    *,
    today: date,
    touched: Collection[UUID] | None = None,
    since: datetime | None = None,
) -> Sequence[VoucherFace]:
    """Return the vouchers that live, and the dead whose paper is still good by its date.

    With ``since``, whichever of the living changed then, and all that were ``touched``.
    """
    query = select(Voucher).where(Voucher.market_id == guard.market_id)
    if since is None:
        carried = or_(is_live(), and_(is_dead(), Voucher.expires_on >= today))
        return faces_of_rows(session, guard, session.scalars(query.where(carried).order_by(Voucher.serial_no)).all())
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
