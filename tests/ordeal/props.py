"""What stands in a shop of a scene: goods, households, and the vouchers in their hands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.db import new_id
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.points import legs as points
from love_market.points import service as awards
from love_market.stock import legs as stock
from love_market.stock.models import Good, Lot
from love_market.vouchers import keys
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.rules import State, lapses_on, serial_no
from love_market.vouchers.service import unused_short_codes
from love_market.vouchers.token import Claims, sign

PRICES = (1, 2, 3, 5, 8, 4, 6, 10, 12, 20)
"""What goods cost, in points each; the first costs one, so that any voucher can be emptied."""

_STOCK_EACH = 50_000_000
_VALID_DAYS = 180


def stocked(session: Session, guard: Guard, count: int, at: datetime) -> list[tuple[UUID, int]]:
    """Put goods on the shelf, much of each, in one entry; return ``(good_id, points_price)``."""
    ids = [new_id() for _ in range(count)]
    goods = [
        {
            "market_id": guard.market_id,
            "id": good_id,
            "name": f"货{number + 1}",
            "unit_name": "件",
            "points_price": PRICES[number % len(PRICES)],
            "position": number + 1,
            "created_at": at,
        }
        for number, good_id in enumerate(ids)
    ]
    session.execute(insert(Good), goods)
    lots = [(good_id, new_id()) for good_id in ids]
    moved = [leg for good_id, lot_id in lots for leg in stock.receive("bought", good_id, lot_id, _STOCK_EACH)]
    draft = Draft("receive", at, guard.actor, "采购", new_id(), moved, input=len(lots))
    entry = ledger.post(session, guard.market_id, draft).number
    received = {"source": "bought", "quantity_received": _STOCK_EACH, "received_at": at, "entry_number": entry}
    session.execute(
        insert(Lot),
        [{"market_id": guard.market_id, "id": lot_id, "good_id": good_id} | received for good_id, lot_id in lots],
    )
    return [(good_id, PRICES[number % len(PRICES)]) for number, good_id in enumerate(ids)]


def households(session: Session, guard: Guard, count: int, at: datetime) -> list[UUID]:
    """Add so many households; return their ids."""
    ids = [new_id() for _ in range(count)]
    rows = [
        {
            "market_id": guard.market_id,
            "id": household_id,
            "village_code": guard.village_code,
            "number": f"{number + 1:05}",
            "head_name": f"户主{number + 1}",
            "created_at": at,
        }
        for number, household_id in enumerate(ids)
    ]
    session.execute(insert(Household), rows)
    return ids


def issued(
    session: Session, guard: Guard, holders: Sequence[UUID], face_points: int, secret: str, at: datetime
) -> list[tuple[UUID, str]]:
    """Award points to households and hold them in one voucher each; return ``(voucher_id, token)``.

    The budget, the awards and the issue are entries as a quarter makes them. Every tenth voucher is not handed over.
    """
    market_id, quarter, appraisal_id = guard.market_id, str(Quarter.of(village_date(at))), new_id()
    awards.grant(session, guard, appraisal_id, face_points * len(holders), at=at, key=new_id(), reason="本季额度")
    given = [(holder, face_points) for holder in holders]
    awards.award(session, guard, appraisal_id, given, at=at, key=new_id(), reason="认定")
    held = [(holder, new_id()) for holder in holders]
    moved = points.hold([(holder, voucher_id, face_points) for holder, voucher_id in held])
    entry = ledger.post(session, market_id, Draft("issue", at, guard.actor, "发券", new_id(), moved, input=quarter))
    key_id, batch_id = keys.current_key_id(session, market_id, secret, at), new_id()
    expires_on = lapses_on(village_date(at), _VALID_DAYS)
    batch = {"market_id": market_id, "id": batch_id, "village_code": guard.village_code, "quarter": quarter}
    batch |= {"expires_on": expires_on, "issued_at": at, "issued_by": guard.actor, "entry_number": entry.number}
    session.execute(insert(VoucherBatch), [batch])
    same = {"market_id": market_id, "batch_id": batch_id, "signing_key_id": key_id, "face_points": face_points}
    same |= {"expires_on": expires_on, "state_changed_at": at}
    codes = unused_short_codes(session, market_id, len(held))
    rows = [
        same
        | {
            "id": voucher_id,
            "household_id": holder,
            "serial_no": serial_no(quarter, number),
            "short_code": code,
            "state": State.HANDED_OVER if number % 10 else State.ISSUED,
            "handed_over_at": at if number % 10 else None,
        }
        for number, ((holder, voucher_id), code) in enumerate(zip(held, codes, strict=True), 1)
    ]
    session.execute(insert(Voucher), rows)
    private_key = keys.private_keys(session, market_id, secret)[key_id]
    return [
        (voucher_id, sign(private_key, Claims(market_id, voucher_id, face_points, expires_on)))
        for _holder, voucher_id in held
    ]
