"""What the counter's page asks for in JSON: whose voucher a scan is, what the shelf holds, and the redemption."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for

from love_market.counter import service
from love_market.counter.rules import BasketLine, BasketUnclear
from love_market.db import reading, transaction
from love_market.errors import Invalid, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard, Role
from love_market.stock import queries as stock
from love_market.stock.queries import ShelfGood
from love_market.stock.rules import PHOTO_PREFIX
from love_market.vouchers import keys
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import VoucherFace
from love_market.web.assets import asset, static_dir
from love_market.web.clock import now
from love_market.web.errors import answer, sentence_of, status_of
from love_market.web.filters import full_day

bp = Blueprint("api", __name__)
LONGEST_SCAN = 400
_KEYRING = keys.Keyring()


@bp.post("/v/<village_code>/counter/lookup")
def lookup(village_code: str) -> Response:
    """Say whose voucher a scanned code or typed short code is, what is left, until when; or why it cannot be used.

    ``{"scan": text}`` → ``{"voucher": face}``, or the refusal's status and words, with the face where it is known.
    """
    guard = staff_guard(village_code, Role.CLERK)
    text = _asked().get("scan")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_SCAN:
        raise Invalid(words("没有扫到券。请对准券上的方码再扫一次，或输短码。"))
    with reading() as session:
        found = vouchers.from_scan(session, guard, text, at=now())
    if found.refusal is None:
        return jsonify(voucher=face_of(found))
    refusal = answer(status_of(found.refusal), sentence_of(found.refusal), type(found.refusal).__name__)
    refused = jsonify({**refusal.get_json(), "voucher": face_of(found)})
    refused.status_code = refusal.status_code
    return refused


@bp.get("/v/<village_code>/counter/shelf")
def shelf(village_code: str) -> Response:
    """Give the goods on the shelf with today's prices and quantities: ``{"goods": […]}``."""
    guard = staff_guard(village_code, Role.CLERK)
    return jsonify(goods=goods_of(guard))


@bp.post("/v/<village_code>/counter/redeem")
def redeem(village_code: str) -> Response:
    """Redeem a basket, once for each key however often it is asked.

    ``{"key", "voucher_ids": […], "basket": [{"good_id", "quantity", "points_each"}, …]}`` →
    ``{"id", "url", "total_points", "left_points"}``, or the refusal's status and words: then nothing was booked.
    With ``"tokens": […]``, the scanned token of each voucher (None for one that was typed) has to vouch for it.
    """
    guard = staff_guard(village_code, Role.CLERK)
    asked = _asked()
    key, voucher_ids, basket = _id(asked.get("key")), _ids(asked.get("voucher_ids")), _basket(asked.get("basket"))
    _check_tokens(guard, voucher_ids, asked.get("tokens"))
    with transaction() as session:
        receipt = service.redeem(session, guard, key=key, voucher_ids=voucher_ids, basket=basket, at=now())
    return jsonify(
        id=str(receipt.id),
        url=url_for("counter.redemption", redemption_id=receipt.id),
        total_points=receipt.total_points,
        left_points=receipt.left_points,
    )


def goods_of(guard: Guard) -> list[dict[str, object]]:
    """Return the shelf as the page's scripts read it."""
    with reading() as session:
        return [_good(one) for one in stock.shelf(session, guard, at=now())]


def face_of(voucher: VoucherFace) -> dict[str, object]:
    """Return a voucher as the page's scripts read it: the name masked."""
    return {
        "id": str(voucher.id),
        "serial_no": voucher.serial_no,
        "masked_name": voucher.masked_name,
        "group_name": voucher.group_name,
        "face_points": voucher.face_points,
        "balance_points": voucher.balance_points,
        "expires_on": voucher.expires_on.isoformat(),
        "expires": full_day(voucher.expires_on),
        "state": voucher.state.value,
    }


def picture_url(picture: str) -> str:
    """Return the address of a good's picture: a drawn one by its key, or a photo."""
    if picture.startswith(PHOTO_PREFIX):
        return url_for("stock.photo", sha256=picture.removeprefix(PHOTO_PREFIX))
    name = f"stock/goods/{picture}.svg"
    drawn = picture.replace("_", "").isalnum() and (static_dir() / name).is_file()
    return asset(name if drawn else "stock/goods/other.svg")


def _good(one: ShelfGood) -> dict[str, object]:
    return {
        "id": str(one.id),
        "name": one.name,
        "spec": one.spec,
        "unit_name": one.unit_name,
        "barcode": one.barcode or "",
        "points_price": one.points_price,
        "quantity": one.quantity,
        "picture": picture_url(one.picture),
    }


def _check_tokens(guard: Guard, voucher_ids: Sequence[UUID], tokens: object) -> None:
    """Refuse tokens that the market did not sign for exactly these vouchers."""
    if tokens is None:
        return
    if not isinstance(tokens, list) or len(tokens) != len(voucher_ids):
        raise _unclear()

    def load() -> Mapping[UUID, bytes]:
        with reading() as session:
            return keys.public_keys(session, guard.market_id)

    for voucher_id, token in zip(voucher_ids, tokens, strict=True):
        if token is not None and (
            not isinstance(token, str) or _KEYRING.claims(token, guard.market_id, load).voucher_id != voucher_id
        ):
            raise _unclear()


def _asked() -> Mapping[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise _unclear()
    return asked


def _id(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _unclear() from error


def _ids(values: object) -> list[UUID]:
    if not isinstance(values, list):
        raise _unclear()
    return [_id(value) for value in values]


def _basket(lines: object) -> list[BasketLine]:
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _unclear()
    basket = [BasketLine(_id(line.get("good_id")), line.get("quantity"), line.get("points_each")) for line in lines]
    if any(type(line.quantity) is not int or type(line.points_each) is not int for line in basket):
        raise _unclear()
    return basket


def _unclear() -> LoveMarketError:
    return BasketUnclear(words("这一篮没有传清楚，什么都没有记账。请刷新页面再来一次。"))
