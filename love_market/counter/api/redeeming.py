"""Redeeming while the network holds, and taking it back the same day."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from flask import Response
from pydantic import Field

from love_market.counter import queries, service
from love_market.counter.api.schemas import MOST_VOUCHERS, Basket, ProxySent, ReceiptGiven, receipt_given
from love_market.counter.register import AtTill
from love_market.counter.rules import (
    TABLES,
    BasketUnclear,
    DisputeSettled,
    NoSuchRedemption,
    UndoTooLate,
)
from love_market.db import reading, transaction
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.tills import service as tills
from love_market.tills.access import heard_till, is_signed, till_of_clerk
from love_market.tills.rules import LeaseHeld, LeaseUnsettled, TillCutOff
from love_market.vouchers import keys
from love_market.vouchers.rules import SPENDING, VoucherMoveRefused
from love_market.vouchers.token import TOKEN_LENGTH
from love_market.web.api import WHOLE, Sent, Text, bp, example, operation
from love_market.web.clock import now
from love_market.web.errors import problem_of

_KEYRING = keys.Keyring()
_ASKED = (SPENDING, *(TABLES[name] for name in ("basket", "good", "total", "proxy", "payment", "left")))
_REFUSALS = (*(row.error for table in _ASKED for row in table.rows), KeyReused, LeaseHeld, LeaseUnsettled, TillCutOff)


class Redeeming(Sent):
    """A basket and the vouchers that pay for it, in the order they are emptied; ``key`` is made by who asks.

    ``tokens``: for each voucher the scanned token, which has to vouch for it, or null for one that was typed.
    ``number``: at a till, the how-manieth redemption this is there. ``proxy``: who brought them for somebody else.
    """

    model_config = example(
        key="0b6f0f0e-7d52-4b7c-9a35-5f0a3f6a1c01",
        voucher_ids=["019f68a6-f500-77a4-b06c-6ddeb782de8c"],
        basket=[{"good_id": "019f68a6-f500-7576-86e0-630e495cacd4", "quantity": 2, "points_each": 7}],
    )

    key: UUID
    voucher_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_VOUCHERS)]
    basket: Basket
    tokens: (
        Annotated[tuple[Annotated[Text, Field(max_length=TOKEN_LENGTH)] | None, ...], Field(max_length=MOST_VOUCHERS)]
        | None
    ) = None
    number: Annotated[int, Field(ge=1, le=2**53), WHOLE] | None = None
    proxy: ProxySent | None = None


class Undoing(Sent):
    """Why a redemption is taken back; ``key`` is made by who asks."""

    model_config = example(key="6c2a7c1e-3f0e-4f5b-8a51-0d2b8f4e9a02", reason="拿错了货")

    key: UUID
    reason: Annotated[Text, Field(min_length=1, max_length=100)]


@bp.post("/v/<village:village_code>/redemptions")
@operation(
    "Redeem a basket, once for each key however often it is asked.",
    sent=Redeeming,
    given=ReceiptGiven,
    door="counter",
    refuses=(409,),
    errors=_REFUSALS,
    then={"redemption": {"redemption_id": "id"}, "undo": {"redemption_id": "id"}},
)
def redeem(village_code: str, sent: Redeeming) -> ReceiptGiven | Response:
    """Hand out goods for points, or say why not: then nothing was booked."""
    guard = staff_guard(village_code, Role.CLERK)
    till = till_of_clerk(guard)
    _check_tokens(guard, sent.voucher_ids, sent.tokens)
    at_till = None
    if till is not None:
        if sent.number is None:
            raise _unclear()
        at_till = AtTill(till.id, sent.number)
    try:
        with transaction() as session:
            receipt = service.redeem(
                session,
                guard,
                key=sent.key,
                voucher_ids=sent.voucher_ids,
                basket=[line.line() for line in sent.basket],
                at=now(),
                till=at_till,
                proxy=None if sent.proxy is None else sent.proxy.proxy(),
            )
    except LeaseHeld as error:
        with transaction() as session:
            tills.ask_back(session, guard, at=now())
        return problem_of(error, online=error.online)
    return receipt_given(receipt, village_code)


@bp.get("/v/<village:village_code>/redemptions/<uuid:redemption_id>")
@operation("Show a redemption.", given=ReceiptGiven)
def redemption(village_code: str, redemption_id: UUID) -> ReceiptGiven:
    """Show a redemption as it is booked. A till that finds none can rely on it: what it sent before comes too late."""
    guard = staff_guard(village_code, Role.CLERK)
    if is_signed():
        heard_till(guard)
    with reading() as session:
        return receipt_given(queries.receipt(session, guard, redemption_id), village_code)


@bp.post("/v/<village:village_code>/redemptions/<uuid:redemption_id>/undo")
@operation(
    "Take a redemption back on the day it was made.",
    sent=Undoing,
    given=ReceiptGiven,
    door="counter",
    refuses=(409,),
    errors=(NoSuchRedemption, UndoTooLate, KeyReused, DisputeSettled, VoucherMoveRefused, TillCutOff),
)
def undo(village_code: str, redemption_id: UUID, sent: Undoing) -> ReceiptGiven:
    """Take points, goods and vouchers back, in one reversing entry."""
    guard = staff_guard(village_code, Role.CLERK)
    till_of_clerk(guard)
    with transaction() as session:
        receipt = service.undo(session, guard, redemption_id, reason=sent.reason, at=now(), key=sent.key)
    return receipt_given(receipt, village_code)


def _check_tokens(guard: Guard, voucher_ids: Sequence[UUID], tokens: Sequence[str | None] | None) -> None:
    """Refuse tokens that the market did not sign for exactly these vouchers."""
    if tokens is None:
        return

    def load() -> Mapping[UUID, bytes]:
        with reading() as session:
            return keys.public_keys(session, guard.market_id)

    if len(tokens) != len(voucher_ids) or any(
        token is not None and _KEYRING.claims(token, guard.market_id, load).voucher_id != voucher_id
        for voucher_id, token in zip(voucher_ids, tokens, strict=True)
    ):
        raise _unclear()


def _unclear() -> BasketUnclear:
    return BasketUnclear(words("这一篮没有传清楚，什么都没有记账。请刷新页面再来一次。"))
