"""The booklet's pages from the books."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals.queries import NoticeRow
from love_market.appraisals.rules import RowState
from love_market.clock import Quarter, village_date
from love_market.ledger import queries as ledger
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.reports.queries.booklet import BookletPage, Spending, booklet
from love_market.reports.sheet import BookletLeaf, BookletText, lay_out_booklet

_STATES = {
    RowState.LISTED: "正在公示，还没有认定",
    RowState.CONTESTED: "有异议，正在核",
    RowState.HELD: "评议没有通过，先不发",
    RowState.CONFIRMED: "",
}


def booklet_pages(
    session: Session, guard: Guard, quarter: Quarter, household_id: UUID | None = None, *, at: datetime
) -> bytes:
    """Return the PDF of a quarter's booklet page, of one household or of all that live in the village.

    Raises ``NoAppraisal`` before the quarter is on notice and ``NoSuchHousehold``.
    """
    village = places.village(session, guard.village_code)
    text = BookletText(
        village_name=village.short_name,
        market_name=village.market_name,
        quarter_title=quarter.title,
        year=quarter.year,
        head_hash=ledger.head(session, guard.market_id).hash,
    )
    pages = booklet(session, guard, quarter, household_id)
    return lay_out_booklet(text, [_leaf(page) for page in pages], at)


def _leaf(page: BookletPage) -> BookletLeaf:
    row, flow = page.row, page.flow
    return BookletLeaf(
        household_number=page.household.number,
        head_name=page.household.head_name,
        group_name=page.household.group_name,
        points=row.points if row else 0,
        lines=_lines(row) if row else (),
        state=_STATES[row.state] if row else "",
        carried=page.carried_points,
        awarded=flow.awarded,
        spent=flow.spent,
        cleared=flow.cleared,
        void=flow.void,
        balance=page.balance_points,
        waiting=page.waiting_points,
        honour=page.honour_points,
        vouchers=tuple(
            (
                one.serial_no,
                one.face_points,
                one.balance_points,
                one.expires_on,
                "" if one.is_spendable else one.state.label,
            )
            for one in page.vouchers
        ),
        collected_by="、".join(dict.fromkeys(one.collected_by for one in page.vouchers if one.collected_by)),
        spendings=tuple((village_date(one.at), one.points, _spent_on(one)) for one in page.spendings),
    )


def _lines(row: NoticeRow) -> tuple[tuple[str, int], ...]:
    """Return the items that counted, and what penalties would have taken below zero, so that they add up."""
    counted = tuple((line.name, line.counted) for line in row.lines if line.counted)
    return (*counted, *([("扣到零为止", row.spared_points)] if row.spared_points else []))


def _spent_on(one: Spending) -> str:
    """Return what a redemption was spent on, and who came for it where that was not the household."""
    return "、".join(one.goods) + (f"（{one.by}代换）" if one.by else "")
