"""Writing at the counter: redeem a basket, undo it the same day."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries
from love_market.counter.models import Redemption, RedemptionGood, RedemptionVoucher
from love_market.counter.queries import Receipt
from love_market.counter.rules import (
    BasketLine,
    BelowMinimum,
    NoSuchRedemption,
    PriceChanged,
    UndoTooLate,
    check_basket,
    split_payment,
    total_points,
)
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft, KeyReused, input_hash
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.stock import legs as goods
from love_market.stock import queries as stock
from love_market.vouchers import service as vouchers
from love_market.vouchers.rules import ReasonMissing


def redeem(
    session: Session,
    guard: Guard,
    *,
    key: UUID,
    voucher_ids: Sequence[UUID],
    basket: Sequence[BasketLine],
    at: datetime,
) -> Receipt:
    """Hand out goods for points: ONE entry with the point legs and the goods legs, both or neither.

    Vouchers pay in the order given; the first is emptied before the next is touched. ``key`` is made by the page that
    asks and becomes the redemption's id: asked again with the same input, the answer is the same receipt. Raises the
    refusals of ``vouchers.service.consume`` and ``stock.queries.pick_lots``, ``PriceChanged``, ``BelowMinimum``,
    ``BasketEmpty``, ``BasketUnclear``, ``KeyReused``.
    """
    guard.require(Role.CLERK)
    check_basket(voucher_ids, basket)
    asked = _input(voucher_ids, basket)
    ledger.lock_book(session, guard.market_id)
    before = books.posted_with_key(session, guard.market_id, key)
    if before is not None:
        if before.input_hash != input_hash(asked):
            raise KeyReused(words("这一笔已经用别的内容兑换过了，请刷新页面再来一次。"))
        return queries.receipt(session, guard, key)

    total = _checked_total(session, guard, basket, at)
    held = vouchers.spendable(session, guard, voucher_ids, at=at)
    payments = split_payment(total, [(voucher_id, held[voucher_id]) for voucher_id in voucher_ids])
    point_legs, left = vouchers.consume(session, guard, payments, at=at)
    takes = stock.pick_lots(session, guard, [(line.good_id, line.quantity) for line in basket], at=at)
    draft = Draft("redeem", at, guard.actor, "兑换", key, [*point_legs, *goods.issue(takes)], input=asked)
    number = ledger.post(session, guard.market_id, draft).number
    _write_down(session, guard, key, number, at, basket, takes, [(*paid, left[paid[0]]) for paid in payments])
    return queries.receipt(session, guard, key)


def undo(session: Session, guard: Guard, redemption_id: UUID, *, reason: str, at: datetime, key: UUID) -> Receipt:
    """Take a redemption back on the day it was made: points, goods and vouchers, in one reversing entry.

    Asked again with the same key the answer is the same. Raises ``NoSuchRedemption``, ``ReasonMissing``,
    ``UndoTooLate``, ``KeyReused``, and ``VoucherMoveRefused`` where a voucher that paid was voided since.
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
        raise KeyReused(words("这个操作号已经用在另一件事上了，请刷新页面再来一次。"))
    if before is None:
        if row.undone_at is not None:
            raise UndoTooLate(words("这一笔已经撤销过了。"))
        if village_date(row.redeemed_at) != village_date(at):
            raise UndoTooLate(words("只能撤销当天的兑换。隔天的请到村委会更正。"))
        entry = ledger.reverse(
            session, guard.market_id, row.entry_number, at=at, actor=guard.actor, reason=reason.strip(), key=key
        )
        row.undone_at, row.undone_reason, row.undo_entry_number = at, reason.strip(), entry.number
        paid_with = select(RedemptionVoucher.voucher_id).where(
            RedemptionVoucher.market_id == guard.market_id, RedemptionVoucher.redemption_id == redemption_id
        )
        vouchers.restore(session, guard, session.scalars(paid_with).all(), at=at)
    return queries.receipt(session, guard, redemption_id)


def _checked_total(session: Session, guard: Guard, basket: Sequence[BasketLine], at: datetime) -> int:
    """Return what the basket costs, once every price is still the one that was shown."""
    shelf = {good.id: good for good in stock.shelf(session, guard, at=at)}
    for line in basket:
        good = shelf.get(line.good_id)
        if good is None:
            raise PriceChanged(words("货架上没有这样货了，请把它从篮子里拿掉。"))
        if good.points_price != line.points_each:
            raise PriceChanged(
                words("{name}现在是 {now} 分，页面上还是 {before} 分。请刷新后再兑换。"),
                name=good.name,
                now=good.points_price,
                before=line.points_each,
            )
    total = total_points(basket)
    minimum = places.settings(session, guard.market_id).minimum_redemption_points
    if total < minimum:
        raise BelowMinimum(words("每次至少兑换 {minimum} 分，这一篮是 {total} 分。"), minimum=minimum, total=total)
    return total


def _write_down(
    session: Session,
    guard: Guard,
    key: UUID,
    number: int,
    at: datetime,
    basket: Sequence[BasketLine],
    takes: Sequence[tuple[UUID, UUID, int]],
    payments: Sequence[tuple[UUID, int, int]],
) -> None:
    """Write what the receipt and the register show; the value itself is in the entry."""
    price = {line.good_id: line.points_each for line in basket}
    of_this = {"market_id": guard.market_id, "redemption_id": key}
    session.add(
        Redemption(
            market_id=guard.market_id,
            id=key,
            entry_number=number,
            clerk_id=guard.require_staff(),
            redeemed_at=at,
            total_points=total_points(basket),
        )
    )
    session.flush()
    given = [
        of_this | {"position": n, "good_id": good, "lot_id": lot, "quantity": quantity, "points_each": price[good]}
        for n, (good, lot, quantity) in enumerate(takes, 1)
    ]
    session.execute(insert(RedemptionGood), given)
    paid = [
        of_this | {"voucher_id": voucher, "amount_points": points, "balance_after_points": left}
        for voucher, points, left in payments
    ]
    session.execute(insert(RedemptionVoucher), paid)


def _input(voucher_ids: Sequence[UUID], basket: Sequence[BasketLine]) -> object:
    return {
        "vouchers": [voucher_id.hex for voucher_id in voucher_ids],
        "basket": sorted([line.good_id.hex, line.quantity, line.points_each] for line in basket),
    }
