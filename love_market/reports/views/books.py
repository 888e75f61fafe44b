"""The book: read, checked on demand, taken home as a workbook."""

import io

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import village_time
from love_market.db import reading
from love_market.errors import Invalid, words
from love_market.ledger import queries as ledger
from love_market.ledger.verify import verify
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, OVERSEERS
from love_market.reports.queries import books as queries
from love_market.reports.rules import KINDS, MOST_CHECKED_ENTRIES, MOST_EXPORTED_ENTRIES, BookTooLong
from love_market.reports.views.counting import count_on
from love_market.reports.views.room import bp, said
from love_market.vouchers import queries as vouchers
from love_market.web.clock import now
from love_market.web.forms import FormBase
from love_market.workbook import SheetToWrite, write_workbook

_EXPORT_PAGE = 500
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/v/<village_code>/books", methods=["GET", "POST"])
def books(village_code: str) -> str:
    """Show the newest entries; a POST recomputes the whole book and shows what was found."""
    guard, form = staff_guard(village_code), FormBase()
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    count_on(guard.market_id, now())
    with reading() as session:
        page = queries.page(session, guard, before=_number("before"), kind=kind)
        verdict = None
        if form.validate_on_submit():
            if page.head.number > MOST_CHECKED_ENTRIES:
                raise BookTooLong(words("账本太长，网页上核不完。请管理员用命令 love-market books verify 核对。"))
            verdict = verify(session, guard.market_id)
        return render_template(
            "reports/books.html",
            form=form,
            page=page,
            kind=kind,
            kinds=KINDS,
            verdict=verdict,
            sums=vouchers.reconciliation(session, guard.market_id),
            waiting=ledger.total(session, guard.market_id, "household"),
            at=now(),
            flows=queries.flows(session, guard),
            may_export=bool(guard.roles & (COMMITTEE | OVERSEERS)),
        )


@bp.get("/v/<village_code>/books/<int:number>")
def book_entry(village_code: str, number: int) -> str:
    """Show one entry with its legs and its place in the chain."""
    guard = staff_guard(village_code)
    with reading() as session:
        return render_template("reports/entry.html", page=queries.entry(session, guard, number))


@bp.get("/v/<village_code>/books/export.xlsx")
def export_books(village_code: str) -> ResponseReturnValue:
    """Return the book as a workbook, one row an entry."""
    guard = staff_guard(village_code, *COMMITTEE, *OVERSEERS)
    rows: list[list[str | int]] = []
    with reading() as session:
        head = ledger.head(session, guard.market_id)
        if head.number > MOST_EXPORTED_ENTRIES:
            raise BookTooLong(words("账本超过 {most} 笔，一张表放不下。"), most=MOST_EXPORTED_ENTRIES)
        after = 0
        while found := ledger.entries(session, guard.market_id, after=after, limit=_EXPORT_PAGE):
            rows += [
                [
                    line.number,
                    f"{village_time(line.at):%Y-%m-%d %H:%M:%S}",
                    _(line.kind_label),
                    said(line.who),
                    said(line.said),
                    line.points,
                    line.reason,
                    entry.hash,
                ]
                for line, entry in zip(queries.lines(session, guard, found), found, strict=True)
            ]
            after = found[-1].number
    headings = [_("笔"), _("时间"), _("种类"), _("经手"), _("内容"), _("积分"), _("原因"), _("这一笔的指纹")]
    data = write_workbook([SheetToWrite(_("账本"), headings, rows)])
    return send_file(io.BytesIO(data), mimetype=_WORKBOOK, as_attachment=True, download_name=_("账本") + ".xlsx")


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if text and not text.isdecimal():
        raise Invalid(words("页码“{text}”看不懂。"), text=text)
    return int(text) if text else None
