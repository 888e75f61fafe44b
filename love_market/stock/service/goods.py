"""Writing goods: add, change, withdraw, return, and the thirty that a shop begins with."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.db import new_id
from love_market.errors import words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people.rules import Guard
from love_market.stock.intake import LONGEST
from love_market.stock.models import Good, Lot
from love_market.stock.rules import (
    LARGEST_PRICE_POINTS,
    LARGEST_QUANTITY,
    BarcodeTaken,
    GoodInvalid,
    GoodNameTaken,
    NoSuchGood,
    UnitFixed,
    read_barcode,
    tidy,
)

_LEAST = {"name": 1, "spec": 0, "unit_name": 1}
_ASKED = {"name": words("名称"), "spec": words("规格"), "unit_name": words("单位")}


class GoodFacts(TypedDict):
    """What is said of a good: ``picture`` is a drawn one's key or ``photo:`` and a SHA-256."""

    name: str
    unit_name: str
    points_price: int
    spec: NotRequired[str]
    barcode: NotRequired[str | None]
    picture: NotRequired[str]
    low_stock_quantity: NotRequired[int]
    tracks_expiry: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class TypicalGood:
    """A good as the shops of the county usually keep it (domain.md §4), with what one usually costs."""

    name: str
    spec: str
    unit_name: str
    points_price: int
    typical_cost_fen: int
    picture: str
    tracks_expiry: bool
    low_stock_quantity: int


def add_good(session: Session, guard: Guard, *, key: UUID, at: datetime, **facts: Unpack[GoodFacts]) -> UUID:
    """Add a good at the end of the shelf; return its id, which is ``key``.

    Raises ``GoodInvalid``, ``BarcodeWrong``, ``GoodNameTaken``, ``BarcodeTaken``, and ``KeyReused`` for the same key
    with another name.
    """
    lock_book(session, guard.market_id)
    values = _checked(facts)
    before = session.get(Good, (guard.market_id, key))
    if before is not None:
        if (before.name, before.spec) != (values["name"], values.get("spec", "")):
            raise KeyReused
        return key
    _refuse_taken(session, guard, values, None)
    last = session.scalar(select(func.max(Good.position)).where(Good.market_id == guard.market_id))
    session.add(Good(market_id=guard.market_id, id=key, position=(last or 0) + 1, created_at=at, **values))
    session.flush()
    return key


def change_good(session: Session, guard: Guard, good_id: UUID, *, at: datetime, **facts: Unpack[GoodFacts]) -> None:
    """Change what is said of a good; a new price counts for later redemptions only.

    Raises what ``add_good`` raises, ``NoSuchGood``, and ``UnitFixed`` once the books count in its unit.
    """
    lock_book(session, guard.market_id)
    row = _good(session, guard, good_id)
    values = _checked(facts)
    _refuse_taken(session, guard, values, good_id)
    if values["unit_name"] != row.unit_name and _was_received(session, guard, good_id):
        raise UnitFixed(
            words("{name}已经按“{unit_name}”入过库，单位不能改。要换单位，请登记成一样新商品。"),
            name=row.name,
            unit_name=row.unit_name,
        )
    if values["points_price"] != row.points_price:
        row.priced_at = at
    row.changed_at = at
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def withdraw_good(session: Session, guard: Guard, good_id: UUID, *, at: datetime) -> None:
    """Take a good off the shelf (下架): it can be neither received nor redeemed. Raises ``NoSuchGood``."""
    row = _good(session, guard, good_id)
    row.withdrawn_at, row.changed_at = row.withdrawn_at or at, at
    session.flush()


def return_good(session: Session, guard: Guard, good_id: UUID, *, at: datetime) -> None:
    """Put a withdrawn good back on the shelf (上架). Raises ``NoSuchGood``."""
    row = _good(session, guard, good_id)
    row.withdrawn_at, row.changed_at = None, at
    session.flush()


def typical_goods() -> Sequence[TypicalGood]:
    """Return the thirty goods of domain.md §4, in the order of the shelf."""
    with resources.files("love_market.stock").joinpath("data/goods.csv").open(encoding="utf-8") as file:
        return [
            TypicalGood(
                name=row["name"],
                spec=row["spec"],
                unit_name=row["unit_name"],
                points_price=int(row["points_price"]),
                typical_cost_fen=int(row["typical_cost_fen"]),
                picture=row["picture"],
                tracks_expiry=row["tracks_expiry"] == "1",
                low_stock_quantity=int(row["low_stock_quantity"]),
            )
            for row in csv.DictReader(file)
        ]


def load_goods(session: Session, guard: Guard, *, at: datetime) -> int:
    """Add the typical goods that the shop does not have yet; return how many were new."""
    known = {
        (name, spec)
        for name, spec in session.execute(select(Good.name, Good.spec).where(Good.market_id == guard.market_id))
    }
    fresh = [one for one in typical_goods() if (one.name, one.spec) not in known]
    for one in fresh:
        add_good(
            session,
            guard,
            key=new_id(),
            at=at,
            name=one.name,
            spec=one.spec,
            unit_name=one.unit_name,
            points_price=one.points_price,
            picture=one.picture,
            low_stock_quantity=one.low_stock_quantity,
            tracks_expiry=one.tracks_expiry,
        )
    return len(fresh)


def _good(session: Session, guard: Guard, good_id: UUID) -> Good:
    row = session.get(Good, (guard.market_id, good_id))
    if row is None:
        raise NoSuchGood(words("没有这样商品。"))
    return row


def _was_received(session: Session, guard: Guard, good_id: UUID) -> bool:
    lots = select(Lot.id).where(Lot.market_id == guard.market_id, Lot.good_id == good_id).limit(1)
    return session.scalar(lots) is not None


def _checked(facts: GoodFacts) -> GoodFacts:
    values = facts.copy()
    values["name"], values["unit_name"] = tidy(facts["name"]), tidy(facts["unit_name"])
    values["spec"] = tidy(facts.get("spec", ""))
    for name in ("name", "spec", "unit_name"):
        least, most = _LEAST[name], LONGEST[name]
        if not least <= len(str(values[name])) <= most:
            sentence = words("{what}要填，最多 {most} 个字。") if least else words("{what}最多 {most} 个字。")
            raise GoodInvalid(sentence, what=_ASKED[name], most=most)
    if not 1 <= facts["points_price"] <= LARGEST_PRICE_POINTS:
        raise GoodInvalid(words("积分价要是 1 到 {most} 的整数。"), most=LARGEST_PRICE_POINTS)
    if not 0 <= facts.get("low_stock_quantity", 0) <= LARGEST_QUANTITY:
        raise GoodInvalid(words("低库存线要是 0 到 {most} 的整数。"), most=LARGEST_QUANTITY)
    if "barcode" in facts:
        values["barcode"] = read_barcode(facts["barcode"] or "")
    return values


def _refuse_taken(session: Session, guard: Guard, values: GoodFacts, good_id: UUID | None) -> None:
    others = select(Good).where(Good.market_id == guard.market_id)
    if good_id is not None:
        others = others.where(Good.id != good_id)
    same = session.scalar(others.where(Good.name == values["name"], Good.spec == values.get("spec", "")))
    if same is not None:
        sentence = (
            words("“{title}”以前有过，现在下架了。请把它重新上架，或把规格写得不一样。")
            if same.withdrawn_at
            else words("已经有“{title}”了。请改它，或把规格写得不一样。")
        )
        raise GoodNameTaken(sentence, title=same.title)
    barcode = values.get("barcode")
    holder = session.scalar(others.where(Good.barcode == barcode)) if barcode else None
    if holder is not None:
        raise BarcodeTaken(
            words("条形码 {barcode} 已经是“{title}”的了。请看看是不是同一样东西。"),
            barcode=barcode,
            title=holder.title,
        )
