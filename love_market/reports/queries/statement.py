"""Reading a household's statement: what it has, where each point came from and went, what it buys today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.boards import queries as boards
from love_market.boards.queries import OwnStars
from love_market.clock import village_date
from love_market.counter import queries as counter
from love_market.counter.queries import ProxyLine, Receipt
from love_market.deeds import queries as deeds
from love_market.deeds.queries import DeedRecord, PenaltyRecord
from love_market.deeds.rules import PenaltyState
from love_market.errors import Denied, words
from love_market.ledger import queries as ledger
from love_market.people import queries as people
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.reports.queries.changes import Change, changes_since, last_award
from love_market.reports.queries.held import ComingReset, VoucherLine, coming_reset, is_frozen, voucher_lines
from love_market.reports.queries.quarters import QuarterPart, quarters_of
from love_market.reports.queries.span import Span, span_of
from love_market.reports.rules import say
from love_market.stock import queries as stock
from love_market.stock.queries import ShelfGood
from love_market.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True)
class Statement:
    """What a household has and why; ``balance_points = carried_points + the sum of changes``.

    ``waiting_points`` were awarded and are in no voucher yet; ``usable_points`` are on vouchers that the counter takes
    today. ``expired_points`` stand on vouchers past their day that the books have not cleared yet: they are in the
    changes as lost, not in the balance. ``by_others`` is what somebody else collected or redeemed for it.
    """

    household: HouseholdRecord
    village_name: str
    at: datetime
    span: Span
    balance_points: int
    waiting_points: int
    usable_points: int
    frozen_points: int
    expired_points: int
    coming_reset: ComingReset | None
    carried_points: int
    changes: Sequence[Change]
    quarters: Sequence[QuarterPart]
    receipts: Sequence[Receipt]
    by_others: Sequence[ProxyLine]
    vouchers: Sequence[VoucherLine]
    deeds: Sequence[DeedRecord]
    penalties: Sequence[PenaltyRecord]
    goods: Sequence[ShelfGood]
    next_good: ShelfGood | None
    stars: OwnStars
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
    def honour(self) -> Sequence[tuple[int, int]]:
        """The honour points (荣誉分) of the years shown, the latest first: all that was awarded."""
        sums: dict[int, int] = {}
        for part in self.awarded:
            sums[part.quarter.year] = sums.get(part.quarter.year, 0) + part.points
        return sorted(sums.items(), reverse=True)

    @property
    def unanswered(self) -> Sequence[PenaltyRecord]:
        """The penalties that the household may still say something to."""
        return [one for one in self.penalties if one.state in {PenaltyState.RECORDED, PenaltyState.TOLD}]

    @property
    def awarded(self) -> Sequence[QuarterPart]:
        """The quarters whose points were confirmed."""
        return [part for part in self.quarters if part.is_confirmed]

    @property
    def live_vouchers(self) -> Sequence[VoucherLine]:
        """Vouchers with something left that may be used now or later."""
        return [one for one in self.vouchers if one.is_live]

    @property
    def old_vouchers(self) -> Sequence[VoucherLine]:
        """Vouchers that are spent, lapsed or void."""
        return [one for one in self.vouchers if not one.is_live]

    @property
    def missing_points(self) -> int:
        """How many more points the next good takes."""
        return 0 if self.next_good is None else self.next_good.points_price - self.balance_points


def statement(
    session: Session, guard: Guard, household_id: UUID, *, at: datetime, year: int | None = None
) -> Statement:
    """Return a household's statement in a fixed number of statements; raise ``NoSuchHousehold``.

    What was, it tells of this year and the last, or of one ``year`` before; what is, it always tells. A household
    reads its own only: raises ``Denied``.
    """
    if guard.household_id not in {None, household_id}:
        raise Denied(words("只能看自己家的积分。"))
    household = people.household(session, guard, household_id)
    span, recent = span_of(session, guard, at, year), span_of(session, guard, at, None)
    award = last_award(session, guard, household_id)
    begin = recent.begin if award is None else min(recent.begin, award.at)
    reset = coming_reset(session, guard, household_id)
    held = voucher_lines(vouchers.vouchers_of_household(session, guard, household_id, begin=begin), at, reset)
    waiting = ledger.balances(session, guard.market_id, "household", [household_id]).get(household_id, 0)
    usable = sum(one.face.balance_points for one in held if one.is_usable)
    frozen = sum(one.face.balance_points for one in held if is_frozen(one.face, village_date(at)))
    expired = sum(one.face.balance_points for one in held) - usable - frozen
    balance = waiting + usable + frozen
    quarters = quarters_of(session, guard, household_id, *recent.quarters)
    changes = changes_since(session, guard, [household_id, *(one.face.id for one in held)], award, quarters)
    if expired:
        changes.append(Change(0, village_date(at), say(words("券过了有效期，不能再用")), -expired))
    goods, next_good = _goods(session, guard, balance, at)
    if span.end is not None:
        quarters = [*quarters_of(session, guard, household_id, *span.quarters)]
        old = vouchers.vouchers_of_household(session, guard, household_id, begin=span.begin, end=span.end)
        held = [*(one for one in held if one.is_live), *voucher_lines(old, at, reset)]
    first, last = span.days
    receipts = counter.receipts_of_household(session, guard, household_id, begin=span.begin, end=span.end)
    return Statement(
        household=household,
        village_name=places.village(session, household.village_code).short_name,
        at=at,
        span=span,
        balance_points=balance,
        waiting_points=waiting,
        usable_points=usable,
        frozen_points=frozen,
        expired_points=expired,
        coming_reset=reset,
        carried_points=balance - sum(change.points for change in changes),
        changes=changes,
        quarters=quarters,
        receipts=receipts,
        by_others=_by_others(session, guard, household_id, span, receipts),
        vouchers=held,
        deeds=deeds.deeds_of_household(session, guard, household_id, first=first, last=last),
        penalties=deeds.penalties_of_household(session, guard, household_id, begin=span.begin, end=span.end),
        goods=goods,
        next_good=next_good,
        stars=boards.stars_of_household(session, guard, household_id, at=at),
        head=ledger.head(session, guard.market_id),
    )


def _by_others(
    session: Session, guard: Guard, household_id: UUID, span: Span, receipts: Sequence[Receipt]
) -> Sequence[ProxyLine]:
    acts = vouchers.proxy_acts_for(session, guard, household_id, begin=span.begin, end=span.end)
    return counter.proxy_lines(session, guard, acts, receipts)


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
