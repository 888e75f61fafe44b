"""Reading goods: one, all, and the shelf as the counter and the clerk see it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.people.rules import Guard
from love_market.stock.models import Good
from love_market.stock.queries.left import LotLeft, lots_left
from love_market.stock.rules import BarcodeWrong, NoSuchGood, is_expired, is_near_expiry, read_barcode, tidy


@dataclass(frozen=True, slots=True)
class GoodRecord:
    """A good (商品): ``picture`` is a drawn one's key, or ``photo:`` and a SHA-256."""

    id: UUID
    name: str
    spec: str
    unit_name: str
    barcode: str | None
    points_price: int
    picture: str
    low_stock_quantity: int
    tracks_expiry: bool
    withdrawn: bool

    @property
    def title(self) -> str:
        """The good as a list names it: 陈醋 800毫升."""
        return f"{self.name} {self.spec}".strip()


@dataclass(frozen=True, slots=True)
class ShelfGood:
    """A good with what is left of it.

    ``quantity`` is what may be handed out: without ``expired_quantity``. ``nearest_expiry`` is the first date among
    the lots that may be handed out; ``near_expiry_quantity`` is what of them keeps 30 days at most. ``low`` says that
    no more is left than ``low_stock_quantity``.
    """

    id: UUID
    name: str
    spec: str
    unit_name: str
    barcode: str | None
    points_price: int
    picture: str
    quantity: int
    nearest_expiry: date | None
    low: bool
    low_stock_quantity: int = 0
    near_expiry_quantity: int = 0
    expired_quantity: int = 0
    tracks_expiry: bool = False
    withdrawn: bool = False

    @property
    def title(self) -> str:
        """The good as a list names it: 陈醋 800毫升."""
        return f"{self.name} {self.spec}".strip()


def good(session: Session, guard: Guard, good_id: UUID) -> GoodRecord:
    """Return one good; raise ``NoSuchGood``."""
    row = session.get(Good, (guard.market_id, good_id))
    if row is None:
        raise NoSuchGood(words("没有这样商品。"))
    return good_record(row)


def goods(session: Session, guard: Guard, *, with_withdrawn: bool = False) -> Sequence[GoodRecord]:
    """Return the market's goods in the order of the shelf."""
    query = select(Good).where(Good.market_id == guard.market_id).order_by(Good.position, Good.name, Good.spec)
    if not with_withdrawn:
        query = query.where(Good.withdrawn_at.is_(None))
    return [good_record(row) for row in session.scalars(query)]


def find_goods(session: Session, guard: Guard, text: str) -> Sequence[GoodRecord]:
    """Return the goods that a scanned code or a typed name means: by barcode, else by whole name, else by part of it.

    Raises ``BarcodeWrong`` for digits that are no barcode. Withdrawn goods are found too.
    """
    everything, wanted = goods(session, guard, with_withdrawn=True), tidy(text)
    by_name = [one for one in everything if wanted in {one.name, one.title}]
    if by_name:
        return by_name
    try:
        code = read_barcode(text)
    except BarcodeWrong:
        if wanted.isascii() and wanted.isdecimal():
            raise
        code = None
    by_code = [one for one in everything if code is not None and one.barcode == code]
    return by_code or [one for one in everything if wanted and wanted in one.title]


def shelf(
    session: Session,
    guard: Guard,
    *,
    at: datetime,
    with_withdrawn: bool = False,
    lots: Sequence[LotLeft] | None = None,
) -> Sequence[ShelfGood]:
    """Return the goods on the shelf in their order, each with what is left; ``lots``, if they were read already."""
    today = village_date(at)
    by_good = defaultdict[UUID, list[LotLeft]](list)
    for lot in lots_left(session, guard) if lots is None else lots:
        by_good[lot.good_id].append(lot)
    return [_on_shelf(one, by_good[one.id], today) for one in goods(session, guard, with_withdrawn=with_withdrawn)]


def good_record(row: Good) -> GoodRecord:
    """Return a good's frozen form."""
    return GoodRecord(
        id=row.id,
        name=row.name,
        spec=row.spec,
        unit_name=row.unit_name,
        barcode=row.barcode,
        points_price=row.points_price,
        picture=row.picture,
        low_stock_quantity=row.low_stock_quantity,
        tracks_expiry=row.tracks_expiry,
        withdrawn=row.withdrawn_at is not None,
    )


def _on_shelf(one: GoodRecord, lots: Sequence[LotLeft], today: date) -> ShelfGood:
    fresh = [lot for lot in lots if not is_expired(lot.expires_on, today)]
    quantity = sum(lot.quantity for lot in fresh)
    return ShelfGood(
        id=one.id,
        name=one.name,
        spec=one.spec,
        unit_name=one.unit_name,
        barcode=one.barcode,
        points_price=one.points_price,
        picture=one.picture,
        quantity=quantity,
        nearest_expiry=min((lot.expires_on for lot in fresh if lot.expires_on), default=None),
        low=quantity <= one.low_stock_quantity,
        low_stock_quantity=one.low_stock_quantity,
        near_expiry_quantity=sum(lot.quantity for lot in fresh if is_near_expiry(lot.expires_on, today)),
        expired_quantity=sum(lot.quantity for lot in lots) - quantity,
        tracks_expiry=one.tracks_expiry,
        withdrawn=one.withdrawn,
    )
