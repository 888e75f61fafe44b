"""Reading a household's statement: what it has, where each point came from and went, what it buys today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.counter import queries as counter
from love_market.counter.queries import Receipt
from love_market.deeds import queries as deeds
from love_market.deeds.queries import DeedRecord
from love_market.errors import Denied, words
from love_market.ledger import queries as ledger
from love_market.ledger.queries import Movement
from love_market.people import queries as people
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.reports.queries.quarters import QuarterPart, quarters_of
from love_market.reports.rules import Sentence, say
from love_market.stock import queries as stock
from love_market.stock.queries import ShelfGood
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import LIVE, State

_MOST_MOVEMENTS = 2000
_POINT_ACCOUNTS = ("household", "voucher")


@dataclass(frozen=True, slots=True)
class Change:
    """By how much what a household has changed, and why; ``on`` is the village's date."""

    number: int
    on: date
    why: Sentence
    points: int


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A voucher of a household as its paper is used: whether it can be used today, and what it is, in words."""

    face: VoucherFace
    is_usable: bool
    said: Sentence


@dataclass(frozen=True, slots=True)
class Statement:
    """What a household has and why; ``balance_points = carried_points + the sum of changes``.

    ``waiting_points`` were awarded and are in no voucher yet; ``usable_points`` are on vouchers that the counter takes
    today. ``expired_points`` stand on vouchers past their day that the books have not cleared yet: they are in the
    changes as lost, not in the balance.
    """

    household: HouseholdRecord
    village_name: str
    at: datetime
    balance_points: int
    waiting_points: int
    usable_points: int
    frozen_points: int
    expired_points: int
    carried_points: int
    changes: Sequence[Change]
    quarters: Sequence[QuarterPart]
    receipts: Sequence[Receipt]
    vouchers: Sequence[VoucherLine]
    deeds: Sequence[DeedRecord]
    goods: Sequence[ShelfGood]
    next_good: ShelfGood | None
    head: ledger.Head

    @property
    def on_notice(self) -> Sequence[QuarterPart]:
        """The household's rows that are on public notice, or wait after it."""
        return [part for part in self.quarters if part.is_on_notice]

    def is_open(self, part: QuarterPart) -> bool:
        """Whether a row's notice still takes objections."""
        return part.notice_ends_at is not None and self.at < part.notice_ends_at

    def paid_by_us(self, receipt: Receipt) -> int:
        """Return what of a redemption this household's vouchers paid; a basket may have had several payers."""
        return sum(paid.amount_points for paid in receipt.vouchers if paid.household_id == self.household.id)

    @property
    def awarded(self) -> Sequence[QuarterPart]:
        """The quarters whose points were confirmed."""
        return [part for part in self.quarters if part.is_confirmed]

    @property
    def live_vouchers(self) -> Sequence[VoucherLine]:
        """Vouchers with something left that may be used now or later."""
        return [one for one in self.vouchers if one.is_usable or one.face.state is State.FROZEN]

    @property
    def old_vouchers(self) -> Sequence[VoucherLine]:
        """Vouchers that are spent, lapsed or void."""
        return [one for one in self.vouchers if not (one.is_usable or one.face.state is State.FROZEN)]

    @property
    def missing_points(self) -> int:
        """How many more points the next good takes."""
        return 0 if self.next_good is None else self.next_good.points_price - self.balance_points


def statement(session: Session, guard: Guard, household_id: UUID, *, at: datetime) -> Statement:
    """Return a household's statement in a fixed number of statements; raise ``NoSuchHousehold``.

    A household reads its own only: raises ``Denied``.
    """
    if guard.household_id not in {None, household_id}:
        raise Denied(words("只能看自己家的积分。"))
    household = people.household(session, guard, household_id)
    held = [
        VoucherLine(face, _is_usable(face, village_date(at)), _state(face, village_date(at)))
        for face in vouchers.vouchers_of_household(session, guard, household_id)
    ]
    waiting = ledger.balances(session, guard.market_id, "household", [household_id]).get(household_id, 0)
    usable = sum(one.face.balance_points for one in held if one.is_usable)
    frozen = sum(one.face.balance_points for one in held if _is_frozen(one.face, village_date(at)))
    expired = sum(one.face.balance_points for one in held) - usable - frozen
    balance = waiting + usable + frozen
    quarters = quarters_of(session, guard, household_id)
    changes = _changes(session, guard, household_id, [one.face.id for one in held], quarters)
    if expired:
        changes.append(Change(0, village_date(at), say(words("券过了有效期，不能再用")), -expired))
    goods, next_good = _goods(session, guard, balance, at)
    return Statement(
        household=household,
        village_name=places.village(session, household.village_code).short_name,
        at=at,
        balance_points=balance,
        waiting_points=waiting,
        usable_points=usable,
        frozen_points=frozen,
        expired_points=expired,
        carried_points=balance - sum(change.points for change in changes),
        changes=changes,
        quarters=quarters,
        receipts=counter.receipts_of_household(session, guard, household_id),
        vouchers=held,
        deeds=deeds.deeds_of_household(session, guard, household_id),
        goods=goods,
        next_good=next_good,
        head=ledger.head(session, guard.market_id),
    )


def _is_usable(face: VoucherFace, today: date) -> bool:
    return (
        face.state in LIVE and face.state is not State.FROZEN and face.expires_on >= today and face.balance_points > 0
    )


def _state(face: VoucherFace, today: date) -> Sentence:
    return say(words("过了有效期")) if face.state in LIVE and face.expires_on < today else say(face.state.label)


def _is_frozen(face: VoucherFace, today: date) -> bool:
    return face.state is State.FROZEN and face.expires_on >= today


def _changes(
    session: Session, guard: Guard, household_id: UUID, voucher_ids: Sequence[UUID], quarters: Sequence[QuarterPart]
) -> list[Change]:
    """Return what changed since the last award, that first; what went from account to account of its own is no change.

    A redemption and its undo cancel out and are left out.
    """
    owners = [household_id, *voucher_ids]
    moved = ledger.movements(session, guard.market_id, owners, kinds=_POINT_ACCOUNTS, limit=_MOST_MOVEMENTS)
    own = set(owners)
    legs = [leg for leg in moved if not (leg.opposite.kind in _POINT_ACCOUNTS and leg.opposite.owner in own)]
    last_award = next((leg.number for leg in legs if leg.kind == "award"), 0)
    undone = {leg.reverses for leg in legs if leg.reverses is not None and leg.reverses >= last_award}
    sums: dict[int, int] = {}
    first: dict[int, Movement] = {}
    for leg in reversed(legs):
        if leg.number < last_award or leg.number in undone or leg.reverses in undone:
            continue
        sums[leg.number] = sums.get(leg.number, 0) + leg.change
        first.setdefault(leg.number, leg)
    titles = {part.award_entry_number: part.quarter.title.partition("年")[2] for part in quarters}
    return [
        Change(number, village_date(leg.at), _why(leg, titles.get(number, "")), sums[number])
        for number, leg in first.items()
    ]


def _why(leg: Movement, quarter: str) -> Sentence:
    on = village_date(leg.at)
    match leg.kind:
        case "award" if quarter:
            return say(words("{quarter}做好事得的"), quarter=quarter)
        case "award":
            return say(words("做好事得的"))
        case "redeem":
            return say(words("{day}换货用了"), day=on)
        case "lapse":
            return say(words("{day}券到期清零"), day=on)
        case "void":
            return say(words("{day}券作废"), day=on)
        case _:
            return say(words("{day}更正"), day=on)


def _goods(
    session: Session, guard: Guard, balance_points: int, at: datetime
) -> tuple[Sequence[ShelfGood], ShelfGood | None]:
    """Return what is on the shelf for these points, the dearest first, and the cheapest good that is still beyond."""
    shelf = [one for one in stock.shelf(session, guard, at=at) if one.quantity > 0]
    within = sorted(
        (one for one in shelf if one.points_price <= balance_points), key=lambda one: one.points_price, reverse=True
    )
    beyond = min((one for one in shelf if one.points_price > balance_points), key=_price, default=None)
    return within, beyond


def _price(one: ShelfGood) -> int:
    return one.points_price
