"""Making a pad."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.counter.slips.models import SlipPad
from love_market.counter.slips.rules import KEEPERS, MOST_SLIPS, PadSizeWrong
from love_market.errors import words
from love_market.ledger import service as ledger
from love_market.ledger.rules import KeyReused
from love_market.people.rules import Guard


def make_pad(session: Session, guard: Guard, *, key: UUID, count: int, at: datetime) -> UUID:
    """Make a pad of so many slips, numbered on from the market's last one; return its id, which is ``key``.

    Asked again with the same key, the same pad. Raises ``PadSizeWrong``, ``KeyReused``, ``RoleMissing``.
    """
    guard.require(*KEEPERS)
    if not 1 <= count <= MOST_SLIPS:
        raise PadSizeWrong(words("一本要有 1 到 {most} 张。"), most=MOST_SLIPS)
    ledger.lock_book(session, guard.market_id)
    before = session.get(SlipPad, (guard.market_id, key))
    if before is not None:
        if before.last_number - before.first_number + 1 != count:
            raise KeyReused
        return key
    last = session.scalar(
        select(SlipPad.last_number)
        .where(SlipPad.market_id == guard.market_id)
        .order_by(SlipPad.first_number.desc())
        .limit(1)
    )
    first = (last or 0) + 1
    pad = SlipPad(market_id=guard.market_id, id=key, made_by=guard.require_staff(), made_at=at)
    pad.first_number, pad.last_number = first, first + count - 1
    session.add(pad)
    session.flush()
    return key
