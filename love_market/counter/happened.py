"""Booking what has happened already: goods left the shelf, so the books say so, and what they lack is disputed.

Service-like: knows no Flask.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries
from love_market.counter.models import Dispute, TillRedemption
from love_market.counter.queries import Receipt
from love_market.counter.register import input_of, receipt_of, write_down, write_down_proxy
from love_market.counter.rules import (
    BasketLine,
    BasketUnclear,
    NoSuchRedemption,
    Payment,
    PriceChanged,
    check_basket,
    total_points,
)
from love_market.db.prepared import Row
from love_market.errors import LoveMarketError, words
from love_market.ledger import service as ledger
from love_market.ledger.rules import Draft, KeyReused, Leg, Posted, input_hash
from love_market.people.rules import Guard
from love_market.points import legs as points
from love_market.points.rules import REDEEMED, disputed_of
from love_market.stock import legs as goods
from love_market.stock import queries as stock
from love_market.stock.offers import Offer
from love_market.stock.queries import HandedOut
from love_market.stock.rules import NoSuchGood, given_of
from love_market.vouchers import service as vouchers
from love_market.vouchers.rules import Acting, Proxy
from love_market.vouchers.service import Paid

_LONGEST_REASON = 600


@dataclass(frozen=True, slots=True)
class Happened:
    """A redemption as it was written down where it happened: what each voucher paid there, what was handed out.

    ``till_id`` and ``number`` say at which till, and its how-manieth it was. ``refused`` is why no voucher may pay for
    it at all: the till had been cut off. ``proxy`` is who brought the vouchers for somebody else.
    """

    key: UUID
    at: datetime
    clerk_id: UUID
    clerk_name: str
    payments: tuple[tuple[UUID, int], ...]
    basket: tuple[BasketLine, ...]
    till_id: UUID | None = None
    number: int | None = None
    refused: LoveMarketError | None = None
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of it: its receipt, and the reasons why something of it is disputed; none where all fitted.

    ``before``: its key had booked it already, and nothing more happened.
    """

    receipt: Receipt
    reasons: tuple[str, ...] = ()
    before: bool = False


def book_happened(session: Session, guard: Guard, happened: Happened, *, at: datetime) -> Booked:
    """Book a redemption that happened before the books heard of it, whatever they think of it now.

    It is judged by what held when it happened. What a voucher cannot pay, what the shelf does not have and what a
    price had changed by goes to ``disputed``, with a line for the committee. A proxy beyond the day's limit is marked.
    One entry, once: the key of a redemption that was asked for before gives the same answer. Raises ``BasketUnclear``
    for what cannot have happened so, ``NoSuchGood``, ``KeyReused``.
    """
    voucher_ids = [voucher_id for voucher_id, _ in happened.payments]
    check_basket(voucher_ids, happened.basket)
    if sum(paid for _, paid in happened.payments) != total_points(happened.basket):
        raise BasketUnclear(words("券上付的和货的价钱对不上，这一笔没法记。请把它交给村委会看。"))
    good_ids = [line.good_id for line in happened.basket]
    asked = input_of(voucher_ids, happened.basket, happened.proxy)
    turn, (offers, held, *acted) = _ask(session, guard, happened)
    before = turn.keys[happened.key]
    if before is not None:
        is_same = before.input_hash == input_hash(asked) or _came_online(session, guard, happened)
        if before.kind != "redeem" or not is_same:
            raise KeyReused(words("这一笔的号已经用在别的兑换上了。请把它交给村委会看。"))
        return _booked_before(session, guard, happened.key)

    shelf = stock.offered(turn, offers)
    if any(good_id not in shelf for good_id in good_ids):
        raise NoSuchGood(words("货架上从来没有这样货，这一笔没法记。请把它交给村委会看。"))
    left = stock.handed_out(
        session, guard, shelf, [(line.good_id, line.quantity) for line in happened.basket], village_date(happened.at)
    )
    paid = vouchers.pay_as_happened(
        session, guard, turn, happened.payments, happened_at=happened.at, at=at, answer=held, refused=happened.refused
    )
    dearer, repriced = _repriced(shelf, happened)
    short = sum(asked for _, asked in happened.payments) - sum(one.points for one in paid)
    moves = _legs(happened.key, paid, left, short + dearer)
    draft = Draft("redeem", at, _actor(happened), "离线兑换补记", happened.key, moves, input=asked)
    posted = ledger.post(session, guard.market_id, draft)
    reasons = _reasons(draft, [*(one.refusal for one in paid), *(one.refusal for one in left), *repriced])
    receipt = _receipt(happened, posted, shelf, paid)
    write_down(session, guard.market_id, happened.clerk_id, receipt, list(_register(left)))
    if happened.proxy is not None:
        acting = vouchers.acting_from(happened.proxy.name, acted[0])
        _note_proxy(session, guard, happened, happened.proxy, acting, paid)
    _note(session, guard, happened, reasons, at)
    return Booked(queries.with_marks(session, guard, receipt), reasons)


def _ask(session: Session, guard: Guard, happened: Happened) -> tuple[ledger.Turn, list[list[Row]]]:
    """Take the market's turn and ask in the same flight: the offers, the vouchers, and how often a proxy acted."""
    good_ids, proxy = [line.good_id for line in happened.basket], happened.proxy
    return ledger.take_turn(
        session,
        guard.market_id,
        key=happened.key,
        addresses=(REDEEMED, *(given_of(good_id) for good_id in good_ids)),
        also=(
            stock.offer_question(guard, good_ids),
            vouchers.held_question(guard, [voucher_id for voucher_id, _ in happened.payments]),
            *([] if proxy is None else [vouchers.acted_question(guard, proxy.name, happened.at)]),
        ),
    )


def _receipt(happened: Happened, posted: Posted, shelf: Mapping[UUID, Offer], paid: Sequence[Paid]) -> Receipt:
    return receipt_of(
        happened.key,
        posted,
        at=happened.at,
        clerk_name=happened.clerk_name,
        basket=happened.basket,
        shelf=shelf,
        paid=[
            (one.held, Payment(one.voucher_id, one.asked_points, one.left_points))
            for one in paid
            if one.held is not None
        ],
        proxy=happened.proxy,
    )


def _note_proxy(
    session: Session, guard: Guard, happened: Happened, proxy: Proxy, acting: Acting, paid: Sequence[Paid]
) -> None:
    households = [one.held.household_id for one in paid if one.held is not None]
    write_down_proxy(
        session, guard, proxy, acting, households, at=happened.at, by=_actor(happened), redemption_id=happened.key
    )


def _reasons(draft: Draft, refusals: Iterable[LoveMarketError | None]) -> tuple[str, ...]:
    """Return why something is disputed: nothing is where one price rose by as much as another fell."""
    if all("disputed" not in (leg.source.kind, leg.destination.kind) for leg in draft.legs):
        return ()
    return tuple(dict.fromkeys(str(refusal) for refusal in refusals if refusal is not None))


def _repriced(shelf: dict[UUID, Offer], happened: Happened) -> tuple[int, list[LoveMarketError]]:
    """Return by how many points the goods cost more when it happened than the till knew, and the words for it."""
    dearer, refusals = 0, list[LoveMarketError]()
    for line in happened.basket:
        good = shelf[line.good_id]
        if good.points_price != line.points_each and good.priced_at is not None and good.priced_at <= happened.at:
            dearer += (good.points_price - line.points_each) * line.quantity
            sentence = words("{name}那时已经是 {now} 分，机器上还是 {before} 分。")
            refusals.append(PriceChanged(sentence, name=good.name, now=good.points_price, before=line.points_each))
    return dearer, refusals


def _legs(key: UUID, paid: Sequence[Paid], left: Sequence[HandedOut], lacking_points: int) -> list[Leg]:
    moves = points.spend([(one.voucher_id, one.points) for one in paid if one.points])
    moves += points.dispute(key, lacking_points)
    moves += goods.issue([take for one in left for take in one.takes])
    moves += [Leg(disputed_of(key, one.good_id), given_of(one.good_id), one.missing) for one in left if one.missing]
    return moves


def _register(left: Sequence[HandedOut]) -> Iterable[tuple[UUID, UUID, int]]:
    """Give what the register says was handed out from which lot; what no lot had is put down to the last."""
    for one in left:
        took = {take.lot_id: take.quantity for take in one.takes}
        if one.missing_lot_id is not None:
            took[one.missing_lot_id] = took.get(one.missing_lot_id, 0) + one.missing
        for lot_id, quantity in took.items():
            yield one.good_id, lot_id, quantity


def _note(session: Session, guard: Guard, happened: Happened, reasons: Sequence[str], at: datetime) -> None:
    """Write down at which till it was, and what is disputed of it."""
    session.flush()
    if happened.till_id is not None and happened.number is not None:
        session.add(
            TillRedemption(
                market_id=guard.market_id,
                redemption_id=happened.key,
                till_id=happened.till_id,
                number=happened.number,
                offline=True,
                booked_at=at,
            )
        )
    if reasons:
        session.add(
            Dispute(
                market_id=guard.market_id,
                redemption_id=happened.key,
                reason=" ".join(reasons)[:_LONGEST_REASON],
                opened_at=at,
                state="open",
            )
        )
    session.flush()


def _came_online(session: Session, guard: Guard, happened: Happened) -> bool:
    """Return whether the books took just this when it was asked of them, with vouchers beside it that paid nothing."""
    try:
        booked = queries.receipt(session, guard, happened.key)
    except NoSuchRedemption:
        return False
    paid = {one.voucher_id: one.amount_points for one in booked.vouchers}
    goods = {(one.good_id, one.quantity, one.points_each) for one in booked.goods}
    told = {(line.good_id, line.quantity, line.points_each) for line in happened.basket}
    return paid == dict(happened.payments) and goods == told and booked.proxy == happened.proxy


def _booked_before(session: Session, guard: Guard, key: UUID) -> Booked:
    dispute = session.get(Dispute, (guard.market_id, key))
    return Booked(queries.receipt(session, guard, key), (dispute.reason,) if dispute else (), before=True)


def _actor(happened: Happened) -> str:
    return f"staff:{happened.clerk_id.hex}"
