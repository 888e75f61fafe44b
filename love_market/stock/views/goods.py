"""Pages of goods: the shelf, one good with its stock card, adding and changing, the list as a workbook."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.stock import papers, queries, service
from love_market.stock.forms import PICTURES, AskForm, GoodForm
from love_market.stock.queries import ShelfGood
from love_market.stock.rules import PHOTO_PREFIX, tidy
from love_market.stock.views.room import bp, instance, keeper, say, status
from love_market.web.clock import now
from love_market.web.previews import send_workbook

_SHOWN: dict[str, Callable[[ShelfGood], bool]] = {
    "all": lambda one: not one.withdrawn,
    "low": lambda one: one.low and not one.withdrawn,
    "expiry": lambda one: bool(one.near_expiry_quantity or one.expired_quantity),
    "withdrawn": lambda one: one.withdrawn,
}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@bp.get("/v/<village_code>/stock")
def index(village_code: str) -> str:
    """The shelf: every good with its price and what is left."""
    guard = keeper(village_code)
    wanted, show = tidy(request.args.get("q", "")), request.args.get("show", "all")
    with reading() as session:
        everything = queries.shelf(session, guard, at=now(), with_withdrawn=True)
        stocktake = queries.open_stocktake(session, guard)
    chosen = [one for one in everything if _SHOWN.get(show, _SHOWN["all"])(one)]
    return render_template(
        "stock/shelf.html",
        goods=[one for one in chosen if not wanted or wanted in one.title or wanted == one.barcode],
        counts={name: sum(map(belongs, everything)) for name, belongs in _SHOWN.items()},
        value_points=sum(one.quantity * one.points_price for one in everything if not one.withdrawn),
        show=show,
        wanted=wanted,
        stocktake=stocktake,
    )


@bp.get("/v/<village_code>/stock/goods.xlsx")
def export(village_code: str) -> Response:
    """The goods list as a workbook, for paper and for WPS, and to be taken in again."""
    guard, at = keeper(village_code), now()
    with reading() as session:
        goods = queries.shelf(session, guard, at=at, with_withdrawn=True)
        village = places.village(session, village_code)
    name = f"{village.market_name}商品清单{village_date(at):%Y%m%d}"
    return send_workbook(papers.goods_list(village.market_name, goods, at), name)


@bp.route("/v/<village_code>/stock/goods/new", methods=["GET", "POST"])
def add_good(village_code: str) -> ResponseReturnValue:
    """Add a good; from the receiving page with its barcode, and back there after."""
    guard, form = keeper(village_code), GoodForm()
    answer = 0
    if form.validate_on_submit():
        try:
            picture = _picture(form, guard)
            with transaction() as session:
                good_id = service.add_good(session, guard, key=form.key_id, at=now(), **_facts(form, picture))
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(_("“%(name)s”已经登记。现在可以入库了。", name=form.name.data), "good")
            return redirect(url_for(".receive", good=good_id))
    elif request.method == "GET":
        form.barcode.data = request.args.get("barcode", "")
    return render_template("stock/good_form.html", form=form, good=None), answer or status(form)


@bp.route("/v/<village_code>/stock/goods/<uuid:good_id>/edit", methods=["GET", "POST"])
def change_good(village_code: str, good_id: UUID) -> ResponseReturnValue:
    """Change a good's name, price or picture; a new price counts from the next redemption on."""
    guard = keeper(village_code)
    with reading() as session:
        good = queries.good(session, guard, good_id)
    form = GoodForm(obj=good)
    answer = 0
    if form.validate_on_submit():
        try:
            picture = _picture(form, guard)
            with transaction() as session:
                service.change_good(session, guard, good_id, at=now(), **_facts(form, picture))
        except LoveMarketError as error:
            answer = say(form, error)
        else:
            flash(_("改好了。新的积分价从下一次兑换算起。"), "good")
            return redirect(url_for(".card", good_id=good_id))
    return render_template("stock/good_form.html", form=form, good=good), answer or status(form)


@bp.get("/v/<village_code>/stock/goods/<uuid:good_id>")
def card(village_code: str, good_id: UUID) -> str:
    """One good: what it is, its lots, and its stock card."""
    guard, at = keeper(village_code), now()
    before = request.args.get("before", type=int)
    with reading() as session:
        card_ = queries.stock_card(session, guard, good_id, before=before)
        everything = queries.shelf(session, guard, at=at, with_withdrawn=True)
        lots = queries.lots_on_shelf(session, guard, [good_id])
    here = next(one for one in everything if one.id == good_id)
    return render_template(
        "stock/card.html", card=card_, good=here, lots=lots, today=village_date(at), before=before, form=AskForm()
    )


@bp.post("/v/<village_code>/stock/goods/<uuid:good_id>/withdraw")
def withdraw_good(village_code: str, good_id: UUID) -> ResponseReturnValue:
    """Take a good off the shelf; a button puts it back."""
    return _shift(village_code, good_id, _("已下架：兑换台不再出现，也不能入库。随时可以重新上架。"), _withdraw)


@bp.post("/v/<village_code>/stock/goods/<uuid:good_id>/return")
def return_good(village_code: str, good_id: UUID) -> ResponseReturnValue:
    """Put a withdrawn good back on the shelf."""
    return _shift(village_code, good_id, _("已重新上架。"), _return)


@bp.get("/goods/<sha256>.jpg")
def photo(sha256: str) -> Response:
    """A photo of a good, for anybody and on pages of no village too: it never changes under its name."""
    path = service.find_photo(instance(), sha256) if _SHA256.fullmatch(sha256) else None
    if path is None:
        abort(404)
    response = send_file(path, mimetype="image/jpeg", conditional=True, max_age=31_536_000)
    response.cache_control.immutable = True
    return response


def _withdraw(session: Session, guard: Guard, good_id: UUID) -> None:
    service.withdraw_good(session, guard, good_id, at=now())


def _return(session: Session, guard: Guard, good_id: UUID) -> None:
    service.return_good(session, guard, good_id, at=now())


def _shift(
    village_code: str, good_id: UUID, done: str, write: Callable[[Session, Guard, UUID], None]
) -> ResponseReturnValue:
    guard = keeper(village_code)
    with transaction() as session:
        write(session, guard, good_id)
    flash(done, "good")
    return redirect(url_for(".card", good_id=good_id))


def _facts(form: GoodForm, picture: str) -> service.GoodFacts:
    return {
        "name": form.name.data or "",
        "spec": form.spec.data or "",
        "unit_name": form.unit_name.data or "",
        "points_price": form.points_price.data or 0,
        "barcode": form.barcode.data,
        "low_stock_quantity": form.low_stock_quantity.data or 0,
        "tracks_expiry": bool(form.tracks_expiry.data),
        "picture": picture,
    }


def _picture(form: GoodForm, guard: Guard) -> str:
    """Return the picture that was chosen, keeping the photo where one was sent; raise ``NotAPhoto``."""
    sent = request.files.get("photo")
    if sent is not None and sent.filename:
        return service.keep_photo(instance(), guard, sent.read())
    chosen = str(form.picture.data or "")
    return chosen if chosen in PICTURES or _is_kept(chosen, guard) else "other"


def _is_kept(picture: str, guard: Guard) -> bool:
    sha256 = picture.removeprefix(PHOTO_PREFIX)
    known = picture.startswith(PHOTO_PREFIX) and _SHA256.fullmatch(sha256) is not None
    return known and service.photo_path(instance(), guard.market_id, sha256).is_file()
