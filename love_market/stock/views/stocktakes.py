"""Pages of stocktakes: open, count on a blind sheet, close with a second person, drop."""

import unicodedata
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.stock import papers, queries, service
from love_market.stock.forms import AskForm, CloseStocktakeForm, OpenStocktakeForm
from love_market.stock.queries import SheetRow, StocktakeRecord
from love_market.stock.rules import DIFFERENCE_REASONS, LARGEST_QUANTITY, SamePerson
from love_market.stock.views.room import bp, keeper, say, status
from love_market.web.clock import now
from love_market.web.previews import send_workbook


@bp.route("/v/<village_code>/stock/stocktakes", methods=["GET", "POST"])
def stocktakes(village_code: str) -> ResponseReturnValue:
    """The stocktakes so far, and the way to begin one."""
    guard, form = keeper(village_code), OpenStocktakeForm()
    answer = 0
    if form.validate_on_submit():
        try:
            with transaction() as session:
                stocktake_id = service.open_stocktake(
                    session, guard, key=form.key_id, supervisor_name=form.supervisor_name.data or "", at=now()
                )
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            return redirect(url_for(".stocktake", stocktake_id=stocktake_id))
    with reading() as session:
        everything = queries.stocktakes(session, guard)
    standing = next((one for one in everything if one.state == "open"), None)
    page = render_template("stock/stocktakes.html", form=form, stocktakes=everything, standing=standing)
    return page, answer or status(form)


@bp.route("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>", methods=["GET", "POST"])
def stocktake(village_code: str, stocktake_id: UUID) -> ResponseReturnValue:
    """The blind sheet while a stocktake is open; what came of it once it is closed."""
    guard, form = keeper(village_code), AskForm()
    with reading() as session:
        record = queries.stocktake(session, guard, stocktake_id)
        if record.state == "closed":
            rows = queries.differences(session, guard, stocktake_id)
            return render_template("stock/stocktake_closed.html", stocktake=record, rows=rows)
        sheet = queries.sheet(session, guard, stocktake_id)
    typed, wrong = _typed(sheet)
    answer = 0
    if form.validate_on_submit() and not wrong:
        try:
            saved = _save(guard, stocktake_id, sheet, typed)
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(_("记下了 %(count)d 批。", count=saved), "good")
            return redirect(url_for(".stocktake", stocktake_id=stocktake_id))
    page = render_template(
        "stock/stocktake.html",
        form=form,
        stocktake=record,
        sheet=sheet,
        typed=typed,
        wrong=wrong,
        may_close=_may_close(guard, record),
    )
    return page, 422 if wrong else answer or status(form)


@bp.get("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/sheet.pdf")
def sheet_pdf(village_code: str, stocktake_id: UUID) -> Response:
    """The blind sheet on paper: nothing of the book's on it, room for the counts and two signatures."""
    guard = keeper(village_code)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.count_paper(session, guard, stocktake_id, at=now())
    return send_file(BytesIO(paper), "application/pdf", download_name=f"{village.short_name}盘点表.pdf")


@bp.get("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/sheet.xlsx")
def export_sheet(village_code: str, stocktake_id: UUID) -> Response:
    """The blind sheet as a workbook, to be counted on and taken in again."""
    guard = keeper(village_code)
    with reading() as session:
        record = queries.stocktake(session, guard, stocktake_id)
        rows = queries.sheet(session, guard, stocktake_id)
        village = places.village(session, village_code)
    name = f"{village.market_name}盘点表{village_date(record.opened_at):%Y%m%d}"
    return send_workbook(papers.count_sheet(village.market_name, record, rows), name)


@bp.route("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/close", methods=["GET", "POST"])
def close_stocktake(village_code: str, stocktake_id: UUID) -> ResponseReturnValue:
    """The differences, for the second person: a reason for each, then they go into the books."""
    guard, form = keeper(village_code), CloseStocktakeForm()
    guard.require(*sorted(COMMITTEE))
    with reading() as session:
        record = queries.stocktake(session, guard, stocktake_id)
        if record.state != "open":
            return redirect(url_for(".stocktake", stocktake_id=stocktake_id))
        if not _may_close(guard, record):
            raise SamePerson(words("这次盘点是您开始的，要由村委会的另一位来结。"))
        rows = queries.differences(session, guard, stocktake_id)
        waiting = [row for row in queries.sheet(session, guard, stocktake_id) if row.counted is None]
    reasons = {row.lot_id: request.form.get(f"reason-{row.lot_id.hex}", row.reason) for row in rows}
    answer = 0
    if form.validate_on_submit():
        stay = bool(form.uncounted_stay.data)
        try:
            with transaction() as session:
                service.close_stocktake(session, guard, stocktake_id, at=now(), reasons=reasons, uncounted_stay=stay)
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            return redirect(url_for(".stocktake", stocktake_id=stocktake_id))
    page = render_template(
        "stock/stocktake_close.html",
        form=form,
        stocktake=record,
        differing=[row for row in rows if row.difference],
        agreeing=sum(not row.difference for row in rows),
        waiting=waiting,
        reasons=reasons,
        usual=DIFFERENCE_REASONS,
    )
    return page, answer or status(form)


@bp.post("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/again/<uuid:lot_id>")
def count_again(village_code: str, stocktake_id: UUID, lot_id: UUID) -> ResponseReturnValue:
    """Send one lot back to be counted anew."""
    guard = keeper(village_code)
    with transaction() as session:
        service.count_again(session, guard, stocktake_id, lot_id)
    flash(_("这一批退回去重点了。"), "wait")
    return redirect(url_for(".close_stocktake", stocktake_id=stocktake_id))


@bp.route("/v/<village_code>/stock/stocktakes/<uuid:stocktake_id>/drop", methods=["GET", "POST"])
def drop_stocktake(village_code: str, stocktake_id: UUID) -> ResponseReturnValue:
    """Ask once, then drop the stocktake."""
    guard, form = keeper(village_code), AskForm()
    with reading() as session:
        record = queries.stocktake(session, guard, stocktake_id)
    if form.validate_on_submit():
        with transaction() as session:
            service.drop_stocktake(session, guard, stocktake_id, at=now())
        flash(_("盘点作废了，账上的数没有变。"), "wait")
        return redirect(url_for(".stocktakes"))
    return render_template("stock/stocktake_drop.html", form=form, stocktake=record), status(form)


def _may_close(guard: Guard, record: StocktakeRecord) -> bool:
    return bool(guard.roles & COMMITTEE) and record.opened_by != guard.actor


def _typed(sheet: Sequence[SheetRow]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Return what stands in each field of the sheet, and what is wrong with it, by lot."""
    typed, wrong = dict[UUID, str](), dict[UUID, str]()
    for row in sheet:
        standing = "" if row.counted is None else str(row.counted)
        text = unicodedata.normalize("NFKC", request.form.get(f"lot-{row.lot_id.hex}", standing)).strip()
        typed[row.lot_id] = text
        if text and not (text.isascii() and text.isdecimal() and int(text) <= LARGEST_QUANTITY):
            wrong[row.lot_id] = _("请填整数，没有就填 0。")
    return typed, wrong


def _save(guard: Guard, stocktake_id: UUID, sheet: Sequence[SheetRow], typed: dict[UUID, str]) -> int:
    """Count the lots whose field changed: one left as it was keeps the book's quantity of its own moment."""
    changed = [row for row in sheet if typed[row.lot_id] != ("" if row.counted is None else str(row.counted))]
    with transaction() as session:
        for row in changed:
            if typed[row.lot_id]:
                service.count(session, guard, stocktake_id, row.lot_id, int(typed[row.lot_id]), row.reason)
            else:
                service.count_again(session, guard, stocktake_id, row.lot_id)
    return len(changed)
