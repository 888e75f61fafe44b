"""What travels between the counter's devices and the books, and how it is made from what the books say."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from flask import url_for
from pydantic import Field

from love_market.counter.queries import Receipt
from love_market.counter.rules import MOST_LINES, MOST_OF_ONE, BasketLine
from love_market.stock.queries import GoodRecord, ShelfGood
from love_market.stock.rules import LARGEST_PRICE_POINTS, PHOTO_PREFIX
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import (
    LONGEST_PROXY_NAME,
    LONGEST_SIGNATURE,
    RELATIONS,
    SIGNATURE,
    Proxy,
    proxy_of,
)
from love_market.web.api import WHOLE, Given, Sent, Text
from love_market.web.assets import asset, static_dir
from love_market.web.filters import full_day

MOST_VOUCHERS = 40
MOST_POINTS = 2**31 - 1
Points = Annotated[int, Field(ge=0, le=MOST_POINTS), WHOLE]
Quantity = Annotated[int, Field(ge=1, le=MOST_OF_ONE), WHOLE]


class VoucherGiven(Given):
    """A voucher as the counter shows it: the name masked, what is left on it, its last valid day."""

    id: UUID
    serial_no: str
    masked_name: str
    group_name: str
    face_points: int
    balance_points: int
    expires_on: date
    expires: str
    state: str


class GoodShown(Given):
    """A good with today's price."""

    id: UUID
    name: str
    spec: str
    unit_name: str
    barcode: str
    points_price: int
    picture: str


class GoodGiven(GoodShown):
    """A good on the shelf, and how many may be handed out today."""

    quantity: int


class Line(Sent):
    """So many of a good, at the price in points each that was shown."""

    good_id: UUID
    quantity: Quantity
    points_each: Annotated[int, Field(ge=1, le=LARGEST_PRICE_POINTS), WHOLE]

    def line(self) -> BasketLine:
        """Return the line as the counter's rules know it."""
        return BasketLine(self.good_id, self.quantity, self.points_each)


Basket = Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]


class ProxySent(Sent):
    """Who brought the vouchers for somebody else, and signed: on the screen, or with null on paper.

    ``signature`` are the strokes on a field of 400 by 160, as the path of an SVG picture.
    """

    name: Annotated[Text, Field(min_length=1, max_length=LONGEST_PROXY_NAME)]
    relation: Annotated[str, Field(pattern=f"^({'|'.join(RELATIONS)})$")]
    signature: Annotated[str, Field(max_length=LONGEST_SIGNATURE, pattern=SIGNATURE.pattern)] | None = None

    def proxy(self) -> Proxy:
        """Return who it is as the rules know it; raise ``ProxyUnclear``."""
        return proxy_of(self.name, self.relation, self.signature or "")


class ProxyGiven(Given):
    """Who acted for somebody else."""

    name: str
    relation: str


class PaidGiven(Given):
    """A voucher that paid: how much, and what was left on it."""

    id: UUID
    serial_no: str
    masked_name: str
    amount_points: int
    balance_after_points: int


class HandedGiven(Given):
    """A good that was handed out."""

    good_id: UUID
    name: str
    spec: str
    unit_name: str
    quantity: int
    points_each: int


class ReceiptGiven(Given):
    """A redemption as it is booked; ``page`` is where its slip is shown and printed."""

    id: UUID
    entry_number: int
    entry_hash: str
    redeemed_at: datetime
    total_points: int
    left_points: int
    goods: tuple[HandedGiven, ...]
    vouchers: tuple[PaidGiven, ...]
    undone_at: datetime | None
    undone_reason: str
    proxy: ProxyGiven | None
    page: str


def face_given(voucher: VoucherFace) -> VoucherGiven:
    """Return a voucher as devices read it."""
    return VoucherGiven(
        id=voucher.id,
        serial_no=voucher.serial_no,
        masked_name=voucher.masked_name,
        group_name=voucher.group_name,
        face_points=voucher.face_points,
        balance_points=voucher.balance_points,
        expires_on=voucher.expires_on,
        expires=full_day(voucher.expires_on),
        state=voucher.state.value,
    )


def good_given(one: ShelfGood) -> GoodGiven:
    """Return a good as devices read it."""
    return GoodGiven(**good_shown(one), quantity=one.quantity)


def good_shown(one: ShelfGood | GoodRecord) -> dict[str, Any]:
    """Return the fields of ``GoodShown``."""
    told = {name: getattr(one, name) for name in ("id", "name", "spec", "unit_name", "points_price")}
    return told | {"barcode": one.barcode or "", "picture": picture_url(one.picture)}


def receipt_given(receipt: Receipt, village_code: str) -> ReceiptGiven:
    """Return a receipt as devices read it."""
    return ReceiptGiven(
        id=receipt.id,
        entry_number=receipt.entry_number,
        entry_hash=receipt.entry_hash,
        redeemed_at=receipt.redeemed_at,
        total_points=receipt.total_points,
        left_points=receipt.left_points,
        goods=tuple(
            HandedGiven(
                good_id=one.good_id,
                name=one.name,
                spec=one.spec,
                unit_name=one.unit_name,
                quantity=one.quantity,
                points_each=one.points_each,
            )
            for one in receipt.goods
        ),
        vouchers=tuple(
            PaidGiven(
                id=one.voucher_id,
                serial_no=one.serial_no,
                masked_name=one.masked_name,
                amount_points=one.amount_points,
                balance_after_points=one.balance_after_points,
            )
            for one in receipt.vouchers
        ),
        undone_at=receipt.undone_at,
        undone_reason=receipt.undone_reason,
        proxy=ProxyGiven(name=receipt.proxy.name, relation=receipt.proxy.relation) if receipt.proxy else None,
        page=f"/v/{village_code}/counter/redemptions/{receipt.id}",
    )


def picture_url(picture: str) -> str:
    """Return the address of a good's picture: a drawn one by its key, or a photo."""
    if picture.startswith(PHOTO_PREFIX):
        return url_for("stock.photo", sha256=picture.removeprefix(PHOTO_PREFIX))
    name = f"stock/goods/{picture}.svg"
    drawn = picture.replace("_", "").isalnum() and (static_dir() / name).is_file()
    return asset(name if drawn else "stock/goods/other.svg")
