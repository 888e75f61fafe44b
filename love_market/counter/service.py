"""Writing at the counter: redeem a basket, undo it the same day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries
from love_market.counter.models import Dispute, Redemption
from love_market.counter.queries import Receipt
from love_market.counter.register import AtTill, input_of, receipt_of, write_down, write_down_at, write_down_proxy
from love_market.counter.rules import (
    BasketLine,
    Decision,
    DisputeSettled,
    NoSuchRedemption,
    UndoTooLate,
    check_basket,
    decide,
)
from love_market.db.prepared import Row
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft, KeyReused, input_hash
from love_market.people.rules import Guard, Role
from love_market.points.rules import REDEEMED
from love_market.stock import legs as goods
from love_market.stock import queries as stock
from love_market.stock.offers import Offer
from love_market.stock.rules import given_of
from love_market.stock.service import take_out
from love_market.tills import queries as tills
from love_market.vouchers import queries as voucher_queries
from love_market.vouchers import service as vouchers
from love_market.vouchers.rules import Acting, Held, Proxy, ReasonMissing, VoucherSpent


def redeem(
    session: Session,
    guard: Guard,
    *,
    key: UUID,
    voucher_ids: Sequence[UUID],
    basket: Sequence[BasketLine],
    at: datetime,
    till: AtTill | None = None,
    proxy: Proxy | None = None,
    handed_out: bool = False,
) -> Receipt:
    """Hand out goods for points: ONE entry with the point legs and the goods legs, both or neither.

    Vouchers pay in the order given; the first is emptied before the next is touched. ``key`` is made by the page that
    asks and becomes the redemption's id: asked again with the same input, the answer is the same receipt. One flight
    asks under the book's lock all there is to know, and what is written travels with COMMIT. ``till`` is where, if it
    is at one: while another till holds the market's lease, nobody else redeems. ``proxy`` is who brought the vouchers
    for somebody else; where the goods were ``handed_out`` already, the day's limit marks the act and refuses nothing.
    Raises ``LeaseHeld``, ``LeaseUnsettled``, the refusals of ``rules.decide``, and ``KeyReused``.
    """
    guard.require(Role.CLERK)
    check_basket(voucher_ids, basket)
    asked, good_ids = input_of(voucher_ids, basket, proxy), [line.good_id for line in basket]
    turn, (lease, offers, vouchers_held, *acted) = _ask(session, guard, key, voucher_ids, good_ids, proxy, at)
    before = turn.keys[key]
    if before is not None:
        if (before.kind, before.input_hash) != ("redeem", input_hash(asked)):
            raise KeyReused(words("这一笔已经用别的内容兑换过了，请刷新页面再来一次。"))
        return queries.receipt(session, guard, key)

    tills.check_answer(lease, till.till_id if till else None, at)
    shelf, held = stock.offered(turn, offers), vouchers.held_from(turn, vouchers_held)
    acting = vouchers.acting_from(proxy.name, acted[0]) if proxy else None
    decision = _decide(session, guard, basket, shelf, voucher_ids, held, at, None if handed_out else acting)
    paid = [(one.voucher_id, one.points) for one in decision.payments]
    point_legs, _ = vouchers.consume(session, guard, paid, at=at, held=held)
    draft = Draft("redeem", at, guard.actor, "兑换", key, [*point_legs, *goods.issue(decision.takes)], input=asked)
    posted = ledger.post(session, guard.market_id, draft)
    payments = [(held[one.voucher_id], one) for one in decision.payments]
    receipt = receipt_of(
        key, posted, at=at, clerk_name=guard.name, basket=basket, shelf=shelf, paid=payments, proxy=proxy
    )
    write_down(session, guard.market_id, guard.require_staff(), receipt, decision.takes)
    if proxy is not None and acting is not None:
        households = [held[voucher_id].household_id for voucher_id, _ in paid]
        write_down_proxy(session, guard, proxy, acting, households, at=at, by=guard.actor, redemption_id=key)
    if till is not None:
        write_down_at(session, guard, key, till, at)
    return receipt


def undo(
    session: Session,
    guard: Guard,
    redemption_id: UUID,
    *,
    reason: str,
    at: datetime,
    key: UUID,
    made_at: datetime | None = None,
) -> Receipt:
    """Take a redemption back on the day it was made: points, goods and vouchers, in one reversing entry.

    ``made_at`` is when it was taken back, where the books hear of it later than that. A dispute that is open ends with
    it. Asked again with the same key the answer is the same. Raises ``NoSuchRedemption``, ``ReasonMissing``,
    ``UndoTooLate``, ``KeyReused``, ``DisputeSettled``, and ``VoucherMoveRefused`` where a voucher that paid was voided
    since.
    """
    guard.require(Role.CLERK)
    if not reason.strip():
        raise ReasonMissing(words("请写明为什么撤销，比如：拿错了货。"))
    ledger.lock_book(session, guard.market_id)
    row = session.get(Redemption, (guard.market_id, redemption_id))
    if row is None:
        raise NoSuchRedemption(words("没有这一笔兑换。"))
    before = books.posted_with_key(session, guard.market_id, key)
    if before is not None and (before.kind, before.reverses) != ("reverse", row.entry_number):
        raise KeyReused
    if before is None:
        if row.undone_at is not None:
            raise UndoTooLate(words("这一笔已经撤销过了。"))
        if village_date(row.redeemed_at) != village_date(made_at or at):
            raise UndoTooLate(words("只能撤销当天的兑换。隔天的请到村委会更正。"))
        _end_dispute(session, guard, redemption_id, at)
        entry = ledger.reverse(
            session, guard.market_id, row.entry_number, at=at, actor=guard.actor, reason=reason.strip(), key=key
        )
        row.undone_at, row.undone_reason, row.undo_entry_number = made_at or at, reason.strip(), entry.number
        if made_at is not None:  # lots that ran out may have been put aside since
            take_out(session, guard.market_id, books.sources(session, guard.market_id, row.entry_number, "shelf"))
        paid_with = books.sources(session, guard.market_id, row.entry_number, "voucher")
        vouchers.restore(session, guard, paid_with, at=at)
        vouchers.undo_proxy(session, guard, redemption_id, at=made_at or at)
    return queries.receipt(session, guard, redemption_id)


def _ask(
    session: Session,
    guard: Guard,
    key: UUID,
    voucher_ids: Sequence[UUID],
    good_ids: Sequence[UUID],
    proxy: Proxy | None,
    at: datetime,
) -> tuple[ledger.Turn, list[list[Row]]]:
    """Take the market's turn and ask in the same flight: the lease, the offers, the vouchers, and how often a proxy."""
    return ledger.take_turn(
        session,
        guard.market_id,
        key=key,
        addresses=(REDEEMED, *(given_of(good_id) for good_id in good_ids)),
        also=(
            tills.lease_question(guard),
            stock.offer_question(guard, good_ids),
            vouchers.held_question(guard, voucher_ids),
            *([] if proxy is None else [vouchers.acted_question(guard, proxy.name, at)]),
        ),
    )


def _decide(
    session: Session,
    guard: Guard,
    basket: Sequence[BasketLine],
    shelf: Mapping[UUID, Offer],
    voucher_ids: Sequence[UUID],
    held: Mapping[UUID, Held],
    at: datetime,
    acting: Acting | None,
) -> Decision:
    """Decide by the rules; of an empty voucher the books say when and where it was spent."""
    minimum = next((good.minimum_points for good in shelf.values()), 0)  # the market's, told with every good
    try:
        return decide(basket, shelf, voucher_ids, held, village_date(at), minimum_points=minimum, acting=acting)
    except VoucherSpent:
        empty = next(one for one in voucher_ids if held[one].balance_points == 0)
        raise voucher_queries.spent(session, guard.market_id, empty) from None


def _end_dispute(session: Session, guard: Guard, redemption_id: UUID, at: datetime) -> None:
    dispute = session.get(Dispute, (guard.market_id, redemption_id))
    if dispute is None:
        return
    if dispute.state != "open":
        raise DisputeSettled(words("这一笔的争议已经处理过了，不能再撤销。"))
    dispute.state, dispute.settled_at, dispute.settled_by = "undone", at, guard.actor
