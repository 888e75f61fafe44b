"""Whose voucher a scan is, and what the shelf holds."""

from flask import Response
from pydantic import Field

from love_market.counter.api.schemas import GoodGiven, VoucherGiven, face_given, good_given
from love_market.db import reading
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.stock import queries as stock
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import SPENDING, ShortCodeMistyped, VoucherForged, VoucherFromAnotherMarket
from love_market.web.api import Given, Sent, Text, bp, example, operation
from love_market.web.clock import now
from love_market.web.errors import problem_of

LONGEST_SCAN = 400
ERRORS = (*(row.error for row in SPENDING.rows), ShortCodeMistyped, VoucherForged, VoucherFromAnotherMarket)


class Scan(Sent):
    """What a camera, a scanner gun or a hand gave: a voucher's code or its short code."""

    model_config = example(scan="7K3M-Q4XD-8")

    scan: Text = Field(min_length=1, max_length=LONGEST_SCAN)


class Scanned(Given):
    """The voucher that it is, which can be spent today."""

    voucher: VoucherGiven


class Shelf(Given):
    """The goods on the shelf."""

    goods: tuple[GoodGiven, ...]


@bp.post("/v/<village:village_code>/scan")
@operation("Say whose voucher a code is.", sent=Scan, given=Scanned, refuses=(409,), errors=ERRORS)
def scan(village_code: str, sent: Scan) -> Scanned | Response:
    """Say whose voucher a scanned or typed code is, what is left, until when; or why it cannot be spent."""
    guard = staff_guard(village_code, Role.CLERK)
    with reading() as session:
        found = vouchers.from_scan(session, guard, sent.scan, at=now())
    if found.refusal is not None:
        return problem_of(found.refusal, voucher=face_given(found).model_dump(mode="json"))
    return Scanned(voucher=face_given(found))


@bp.get("/v/<village:village_code>/goods")
@operation("List the goods on the shelf with today's prices and quantities.", given=Shelf)
def goods(village_code: str) -> Shelf:
    """Give the shelf as it is now."""
    return Shelf(goods=goods_given(staff_guard(village_code, Role.CLERK)))


def goods_given(guard: Guard) -> tuple[GoodGiven, ...]:
    """Return the shelf as devices read it."""
    with reading() as session:
        return tuple(good_given(one) for one in stock.shelf(session, guard, at=now()))
