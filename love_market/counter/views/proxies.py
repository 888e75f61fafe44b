"""The register of proxies: a day's or a month's; the committee prints it and sees what went over the limit."""

import calendar
from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import village_date
from love_market.counter import papers, queries
from love_market.counter.views.room import bp
from love_market.db import reading, transaction
from love_market.errors import Invalid, words
from love_market.people import queries as people
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, OVERSEERS
from love_market.places import queries as places
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import plain_name
from love_market.web.clock import now
from love_market.web.forms import FormBase


@bp.get("/v/<village_code>/counter/proxies")
def proxies(village_code: str) -> str:
    """Who acted for whom on a day or in a month, with the sums; above it what went over the limit.

    Overseers read it as they read the book: names in full, no signatures, nothing to do.
    """
    guard = staff_guard(village_code, *COMMITTEE, *OVERSEERS)
    first, last = _days()
    with reading() as session:
        return render_template(
            "counter/proxies.html",
            form=FormBase(),
            register=queries.proxy_register(session, guard, first, last),
            over=queries.proxy_lines(session, guard, vouchers.unseen_proxy_acts(session, guard)),
            keeps=bool(guard.roles & COMMITTEE),
            staff_names={plain_name(one.name) for one in people.staff_at(session, village_code)},
            limit=places.settings(session, guard.market_id).proxy_daily_households,
            today=village_date(now()),
        )


@bp.get("/v/<village_code>/counter/proxies.pdf")
def proxies_paper(village_code: str) -> Response:
    """The register to print (代领登记表)."""
    guard = staff_guard(village_code, *COMMITTEE)
    first, last = _days()
    with reading() as session:
        pdf = papers.register(session, guard, queries.proxy_register(session, guard, first, last), now())
    days = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m}"
    return send_file(BytesIO(pdf), "application/pdf", download_name=f"{days}-{words('代领登记表')}.pdf")


@bp.post("/v/<village_code>/counter/proxies/seen")
def see_proxies(village_code: str) -> ResponseReturnValue:
    """Take note of what went over the limit; asked again, it stays as it is."""
    guard = staff_guard(village_code, *COMMITTEE)
    form = FormBase()
    if not form.validate_on_submit():
        raise Invalid(words("页面过期了，请刷新后再来一次。"))
    try:
        act_ids = [UUID(text) for text in request.form.getlist("act")]
    except ValueError as error:
        raise Invalid(words("页面过期了，请刷新后再来一次。")) from error
    with transaction() as session:
        vouchers_service.take_note(session, guard, act_ids, at=now())
    flash(_("记下了：村里看过了。登记表里一直留着。"), "good")
    return redirect(url_for(".proxies"))


def _days() -> tuple[date, date]:
    """Return the first and the last day asked for: of a day, of a month, by default of this month."""
    today = village_date(now())
    try:
        if "day" in request.args:
            day = date.fromisoformat(request.args["day"])
            return day, day
        first = date.fromisoformat(f"{request.args['month']}-01") if "month" in request.args else today.replace(day=1)
    except ValueError as error:
        raise Invalid(words("日期看不懂，请从登记表里选。")) from error
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
