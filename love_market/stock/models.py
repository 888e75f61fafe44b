"""Tables of stock: goods, lots, stocktakes. Quantities are in the ledger; here is what the things are."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, within_market
from love_market.places.models import OfMarket

LEFT = text("emptied_at IS NULL")
OPEN = text("state = 'open'")


class Good(OfMarket, Base):
    """A good on the shelf (商品): its id is its unit in the ledger, its price is in points each.

    ``priced_at`` is when the price was changed last, ``changed_at`` when anything that is said of it was, if ever.
    """

    __tablename__ = "good"
    name: Mapped[str] = mapped_column(String(60))
    spec: Mapped[str] = mapped_column(String(40), default="")
    unit_name: Mapped[str] = mapped_column(String(10))
    barcode: Mapped[str | None] = mapped_column(String(14))
    points_price: Mapped[int]
    priced_at: Mapped[datetime | None]
    picture: Mapped[str] = mapped_column(String(80), default="other")
    low_stock_quantity: Mapped[int] = mapped_column(default=0)
    tracks_expiry: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("market_id", "barcode", name="uq_good_barcode"),
        UniqueConstraint("market_id", "name", "spec", name="uq_good_name"),
        CheckConstraint("points_price > 0", name="points_price"),
        CheckConstraint("low_stock_quantity >= 0", name="low_stock_quantity"),
    )

    @property
    def title(self) -> str:
        """The good as a list names it: 陈醋 800毫升."""
        return f"{self.name} {self.spec}".strip()


class Lot(OfMarket, Base):
    """A lot (批次) received at once: who from, until when it keeps, what one cost. What is left is in the books.

    ``emptied_at`` is set some days after it ran out (see ``service.put_aside``), so that what reads the shelf need not
    pass all lots that ever were; it says that nothing is left, never the other way round.
    """

    __tablename__ = "lot"
    good_id: Mapped[UUID]
    lot_no: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(10))
    source_name: Mapped[str] = mapped_column(String(80), default="")
    expires_on: Mapped[date | None]
    unit_cost_fen: Mapped[int] = mapped_column(Integer, default=0)
    quantity_received: Mapped[int]
    received_at: Mapped[datetime]
    entry_number: Mapped[int] = mapped_column(BigInteger)
    emptied_at: Mapped[datetime | None]
    __table_args__ = (
        within_market("good_id", "good", "fk_lot_good"),
        Index("ix_lot_good", "market_id", "good_id", "received_at", "id"),
        Index("ix_lot_received", "market_id", "received_at", "id"),
        Index("ix_lot_left", "market_id", "good_id", "expires_on", postgresql_where=LEFT, sqlite_where=LEFT),
        CheckConstraint("source IN ('bought', 'donated')", name="source"),
        CheckConstraint("quantity_received > 0", name="quantity_received"),
        CheckConstraint("unit_cost_fen >= 0", name="unit_cost_fen"),
    )


class Stocktake(OfMarket, Base):
    """A count of the shelf (盘点), open until it is closed into the ledger; at most one is open."""

    __tablename__ = "stocktake"
    state: Mapped[str] = mapped_column(String(10))
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    supervisor_name: Mapped[str] = mapped_column(String(60), default="")
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None]
    entry_number: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'dropped')", name="state"),
        Index("ix_stocktake_opened", "market_id", "opened_at", "id"),
        Index("ix_stocktake_open", "market_id", postgresql_where=OPEN, sqlite_where=OPEN),
    )


class StocktakeLine(OfMarket, Base):
    """What was counted of one lot, and what the book said just then: shown to nobody before the stocktake closes."""

    __tablename__ = "stocktake_line"
    stocktake_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    counted_quantity: Mapped[int]
    book_quantity: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(120), default="")
    __table_args__ = (
        within_market("stocktake_id", "stocktake", "fk_stocktake_line_stocktake"),
        within_market("lot_id", "lot", "fk_stocktake_line_lot"),
        UniqueConstraint("market_id", "stocktake_id", "lot_id", name="uq_stocktake_line"),
        CheckConstraint("counted_quantity >= 0", name="counted_quantity"),
    )
