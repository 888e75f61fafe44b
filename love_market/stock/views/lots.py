"""Pages of lots: receiving, writing off, taking back, and the list of what needs attention."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people.rules import Guard
from love_market.stock import queries, service
from love_market.stock.forms import ReceiveForm, TakeBackForm, WriteOffForm
from love_market.stock.queries import GoodRecord
from love_market.stock.rules import GoodInvalid, NoSuchGood, is_expired
from love_market.stock.views.room import bp, keeper, say, status
from love_market.web.clock import now


@bp.route("/v/<village_code>/stock/receive", methods=["GET", "POST"])
def receive(village_code: str) -> ResponseReturnValue:
    """Receive goods, one lot after another: each is written at once, and the next begins at the barcode."""
    guard, form, at = keeper(village_code), ReceiveForm(), now()
    answer, unknown = 0, ""
    if form.validate_on_submit():
        try:
            with transaction() as session:
                good = _meant(session, guard, form.code.data or "")
                service.receive(session, guard, key=form.key_id, at=at, **_facts(form, good.id))
        except NoSuchGood as error:
            say(form, error)
            answer, unknown = 422, form.code.data or ""
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(
                _(
                    "已入库：%(title)s %(count)s %(unit)s。",
                    title=good.title,
                    count=form.quantity.data,
                    unit=good.unit_name,
                ),
                "good",
            )
            return redirect(url_for(".receive", source=form.source.data, source_name=form.source_name.data or None))
    elif request.method == "GET":
        _begin(form, guard)
    return _receive_page(form, guard, at, unknown), answer or status(form)


@bp.route("/v/<village_code>/stock/lots/<uuid:lot_id>/write-off", methods=["GET", "POST"])
def write_off(village_code: str, lot_id: UUID) -> ResponseReturnValue:
    """Write off so many of one lot, with a reason."""
    guard, form, at = keeper(village_code), WriteOffForm(), now()
    with reading() as session:
        lot = queries.lot(session, guard, lot_id)
    expired = is_expired(lot.expires_on, village_date(at))
    if request.method == "GET" and expired:
        form.quantity.data, form.why.data = lot.quantity, words("过期")
    answer = 0
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.write_off(
                    session,
                    guard,
                    key=form.key_id,
                    lot_id=lot_id,
                    quantity=form.quantity.data or 0,
                    reason=form.reason,
                    at=at,
                )
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(
                _(
                    "已报损：%(title)s %(count)s %(unit)s，账上记下了。",
                    title=lot.title,
                    count=form.quantity.data,
                    unit=lot.unit_name,
                ),
                "good",
            )
            return redirect(url_for(".card", good_id=lot.good_id))
    return render_template("stock/write_off.html", form=form, lot=lot, expired=expired), answer or status(form)


@bp.route("/v/<village_code>/stock/goods/<uuid:good_id>/take-back/<int:number>", methods=["GET", "POST"])
def take_back(village_code: str, good_id: UUID, number: int) -> ResponseReturnValue:
    """Ask once, then take back a receipt or a write-off that was a mistake."""
    guard, form = keeper(village_code), TakeBackForm()
    with reading() as session:
        card = queries.stock_card(session, guard, good_id, before=number + 1, limit=1)
    line = next((line for line in card.lines if line.number == number), None)
    if line is None:
        raise NoSuchGood(words("这张库存卡上没有第 {number} 笔。"), number=number)
    answer = 0
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.take_back(session, guard, number, reason=form.reason.data or "", at=now(), key=form.key_id)
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(_("已冲正第 %(number)d 笔，两笔都留在账上。", number=number), "good")
            return redirect(url_for(".card", good_id=good_id))
    return render_template("stock/take_back.html", form=form, good=card.good, line=line), answer or status(form)


@bp.get("/v/<village_code>/stock/watch")
def watch(village_code: str) -> str:
    """What to buy, what to hand out first, what to write off."""
    guard, at = keeper(village_code), now()
    with reading() as session:
        expired, near = queries.lots_by_expiry(session, guard, at=at)
        low = [one for one in queries.shelf(session, guard, at=at) if one.low]
    return render_template("stock/watch.html", low=low, near=near, expired=expired, today=village_date(at))


def _meant(session: Session, guard: Guard, text: str) -> GoodRecord:
    """Return the one good that was scanned or typed; raise ``NoSuchGood`` or ``GoodInvalid``."""
    found: Sequence[GoodRecord] = queries.find_goods(session, guard, text)
    if not found:
        raise NoSuchGood(words("“{text}”还没有登记。请先登记这样商品，再入库。"), text=text)
    if len(found) > 1:
        titles = "、".join(one.title for one in found[:4])
        raise GoodInvalid(words("“{text}”有好几样：{titles}。请写全名称和规格。"), text=text, titles=titles)
    return found[0]


def _facts(form: ReceiveForm, good_id: UUID) -> service.LotFacts:
    return {
        "good_id": good_id,
        "quantity": form.quantity.data or 0,
        "source": form.source.data,
        "source_name": form.source_name.data or "",
        "lot_no": form.lot_no.data or "",
        "expires_on": form.expires_on.data,
        "unit_cost_fen": form.unit_cost.data or 0,
    }


def _begin(form: ReceiveForm, guard: Guard) -> None:
    """Fill in what the lot before it had in common, and the good that a link asked for."""
    form.source.data = "donated" if request.args.get("source") == "donated" else "bought"
    form.source_name.data = request.args.get("source_name", "")
    wanted = request.args.get("good", type=UUID)
    if wanted is not None:
        with reading() as session:
            form.code.data = queries.good(session, guard, wanted).title


def _receive_page(form: ReceiveForm, guard: Guard, at: datetime, unknown: str) -> str:
    with reading() as session:
        return render_template(
            "stock/receive.html",
            form=form,
            goods=queries.shelf(session, guard, at=at),
            tracked={one.id for one in queries.goods(session, guard) if one.tracks_expiry},
            costs=queries.latest_costs(session, guard),
            today_lots=queries.lots_received_on(session, guard, village_date(at)),
            unknown=unknown,
        )
