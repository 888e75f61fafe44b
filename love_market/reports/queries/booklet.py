"""Reading the page of a quarter in every household's booklet, in as many statements for a village as for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.appraisals.queries import NoticeRow
from love_market.clock import Quarter
from love_market.counter.models import Redemption, RedemptionGood, RedemptionVoucher
from love_market.ledger import queries as ledger
from love_market.people import queries as people
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import Guard
from love_market.reports.queries.flows import Flow, Window, flows, holdings
from love_market.stock.models import Good
from love_market.vouchers.models import ProxyAct, Voucher, VoucherBatch
from love_market.vouchers.queries.live import balance
from love_market.vouchers.rules import State


@dataclass(frozen=True, slots=True)
class HeldVoucher:
    """A voucher of the quarter: its points when issued, what is on it now, and who collected it for the household."""

    serial_no: str
    face_points: int
    balance_points: int
    expires_on: date
    state: State
    collected_by: str

    @property
    def said(self) -> str:
        """What it is, in a word."""
        return self.state.label

    @property
    def is_spendable(self) -> bool:
        """Whether something is left on it that may be spent."""
        return self.balance_points > 0 and self.state in {State.ISSUED, State.HANDED_OVER}


@dataclass(frozen=True, slots=True)
class Spending:
    """What one redemption took of the household's points, the goods of the basket (食盐 ×1), and who came for it."""

    at: datetime
    points: int
    goods: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class BookletPage:
    """A household's quarter: from its award to the next one's, or to now.

    ``balance_points = carried_points + flow.awarded - flow.spent - flow.cleared - flow.void``, all of it by the books.
    ``row`` is the household's on the notice, None where it had none; ``waiting_points`` of the balance now are in no
    voucher yet.
    """

    household: HouseholdRecord
    row: NoticeRow | None
    carried_points: int
    flow: Flow
    balance_points: int
    waiting_points: int
    vouchers: Sequence[HeldVoucher]
    spendings: Sequence[Spending]
    honour_points: int


def booklet(
    session: Session, guard: Guard, quarter: Quarter, household_id: UUID | None = None
) -> Sequence[BookletPage]:
    """Return the page of a quarter for one household, or for all that live in the village, by number.

    Raises ``NoAppraisal`` before the quarter is on notice and ``NoSuchHousehold``.
    """
    notice = appraisals.notice(session, guard, quarter)
    if household_id is None:
        households = people.households(session, guard)
    else:
        households = [people.household(session, guard, household_id)]
    rows = {row.household_id: row for row in notice.rows}
    window = _window(session, guard, quarter)
    moved, later = flows(session, guard, window, household_id)
    held, waiting = holdings(session, guard, household_id)
    vouchers = _vouchers(session, guard, quarter, household_id)
    spendings = _spendings(session, guard, window, household_id)
    honour = appraisals.honour_points(session, guard, quarter.year)
    pages = []
    for one in households:
        flow = moved.get(one.id, Flow())
        balance_points = held.get(one.id, 0) + waiting.get(one.id, 0) - later.get(one.id, Flow()).change
        page = BookletPage(
            household=one,
            row=rows.get(one.id),
            carried_points=balance_points - flow.change,
            flow=flow,
            balance_points=balance_points,
            waiting_points=waiting.get(one.id, 0),
            vouchers=vouchers.get(one.id, ()),
            spendings=spendings.get(one.id, ()),
            honour_points=honour.get(one.id, 0),
        )
        pages.append(page)
    return pages


def _window(session: Session, guard: Guard, quarter: Quarter) -> Window:
    """Return the entries from the quarter's first award to the next quarter's; none where nothing was awarded yet."""
    first = func.min(AppraisalRow.award_entry_number)
    found = session.execute(
        select(Appraisal.quarter, first)
        .join(
            AppraisalRow,
            (AppraisalRow.market_id == Appraisal.market_id) & (AppraisalRow.appraisal_id == Appraisal.id),
        )
        .where(
            Appraisal.market_id == guard.market_id,
            Appraisal.village_code == guard.village_code,
            Appraisal.quarter >= str(quarter),
            AppraisalRow.award_entry_number.is_not(None),
        )
        .group_by(Appraisal.quarter)
        .order_by(Appraisal.quarter)
    ).all()
    beyond = ledger.head(session, guard.market_id).number + 1
    firsts = {of: number or beyond for of, number in found}
    end = next((number for of, number in firsts.items() if of > str(quarter)), beyond)
    begin = firsts.get(str(quarter))
    return Window(end if begin is None else begin, end)


def _vouchers(
    session: Session, guard: Guard, quarter: Quarter, household_id: UUID | None
) -> Mapping[UUID, Sequence[HeldVoucher]]:
    query = (
        select(Voucher, balance())
        .join(VoucherBatch, (VoucherBatch.market_id == Voucher.market_id) & (VoucherBatch.id == Voucher.batch_id))
        .where(
            Voucher.market_id == guard.market_id,
            VoucherBatch.quarter == str(quarter),
            VoucherBatch.village_code == guard.village_code,
        )
        .order_by(Voucher.serial_no)
    )
    if household_id is not None:
        query = query.where(Voucher.household_id == household_id)
    found: dict[UUID, list[HeldVoucher]] = {}
    for row, left in session.execute(query):
        one = HeldVoucher(
            row.serial_no, row.face_points, left or 0, row.expires_on, State(row.state), row.handed_over_to
        )
        found.setdefault(row.household_id, []).append(one)
    return found


def _spendings(
    session: Session, guard: Guard, window: Window, household_id: UUID | None
) -> Mapping[UUID, Sequence[Spending]]:
    """Return what redemptions that stand took, by household, in their order."""
    stands = (
        Redemption.market_id == guard.market_id,
        Redemption.entry_number >= window.begin,
        Redemption.entry_number < window.end,
        Redemption.undone_at.is_(None),
    )
    by = func.coalesce(ProxyAct.name, "")
    one = Voucher.household_id, Redemption.id, Redemption.redeemed_at, by
    paid = (
        select(*one, func.sum(RedemptionVoucher.amount_points))
        .join(
            RedemptionVoucher,
            (RedemptionVoucher.market_id == Redemption.market_id) & (RedemptionVoucher.redemption_id == Redemption.id),
        )
        .join(
            Voucher,
            (Voucher.market_id == RedemptionVoucher.market_id) & (Voucher.id == RedemptionVoucher.voucher_id),
        )
        .outerjoin(
            ProxyAct,
            (ProxyAct.market_id == Redemption.market_id)
            & (ProxyAct.redemption_id == Redemption.id)
            & (ProxyAct.household_id == Voucher.household_id),
        )
        .where(*stands, *([Voucher.household_id == household_id] if household_id is not None else []))
        .group_by(*one)
        .order_by(Redemption.redeemed_at, Redemption.id)
    )
    given = (
        select(RedemptionGood.redemption_id, Good.name, func.sum(RedemptionGood.quantity))
        .join(
            Redemption,
            (Redemption.market_id == RedemptionGood.market_id) & (Redemption.id == RedemptionGood.redemption_id),
        )
        .join(Good, (Good.market_id == RedemptionGood.market_id) & (Good.id == RedemptionGood.good_id))
        .where(*stands)
        .group_by(RedemptionGood.redemption_id, Good.name)
        .order_by(RedemptionGood.redemption_id, func.min(RedemptionGood.position))
    )
    goods: dict[UUID, list[str]] = {}
    for redemption_id, name, quantity in session.execute(given):
        goods.setdefault(redemption_id, []).append(f"{name} ×{int(quantity)}")
    found: dict[UUID, list[Spending]] = {}
    for of, redemption_id, at, who, points in session.execute(paid):
        found.setdefault(of, []).append(Spending(at, int(points), tuple(goods.get(redemption_id, ())), who))
    return found
