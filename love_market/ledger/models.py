"""The books' four tables: book, account, entry, leg. Entries and legs are append-only, by privilege and by trigger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id

RARE = text("kind <> 'redeem'")


class Book(Base):
    """A market's book: its head. Locking this row is what makes a market's writes come one after another.

    ``closed_number`` is the head of a book that moved to another database: this one stands still from there on.
    """

    __tablename__ = "book"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("market.id"), primary_key=True)
    head_number: Mapped[int] = mapped_column(BigInteger)
    head_hash: Mapped[str] = mapped_column(String(64))
    closed_number: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("closed_number IS NULL OR head_number = closed_number", name="closed"),)


class Account(Base):
    """A place where value of one unit rests, with its maintained balance and the floor it may not go below."""

    __tablename__ = "account"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("book.market_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    owner: Mapped[UUID] = mapped_column(Id, primary_key=True)
    unit: Mapped[UUID] = mapped_column(Id, primary_key=True)
    floor: Mapped[int | None] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("floor IS NULL OR balance >= floor", name="floor"),)


class Entry(Base):
    """What happened (分录), numbered without gaps and chained by hash."""

    __tablename__ = "entry"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("book.market_id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(200))
    key: Mapped[UUID]
    input_hash: Mapped[str] = mapped_column(String(64))
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("market_id", "key", name="uq_entry_key"),
        UniqueConstraint("market_id", "reverses", name="uq_entry_reverses"),
        ForeignKeyConstraint(["market_id", "reverses"], ["entry.market_id", "entry.number"], name="fk_entry_reverses"),
        CheckConstraint("number >= 1", name="number"),
        # The kinds that are few, found without reading past the many redemptions; a redemption writes nothing here.
        Index("ix_entry_kind", "market_id", "kind", "number", postgresql_where=RARE, sqlite_where=RARE),
    )


class LegRow(Base):
    """A positive whole amount of one unit that moved from a source account to a destination account."""

    __tablename__ = "leg"
    market_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    entry_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    unit: Mapped[UUID]
    source_kind: Mapped[str] = mapped_column(String(12))
    source_owner: Mapped[UUID]
    destination_kind: Mapped[str] = mapped_column(String(12))
    destination_owner: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        ForeignKeyConstraint(["market_id", "entry_number"], ["entry.market_id", "entry.number"], name="fk_leg_entry"),
        ForeignKeyConstraint(
            ["market_id", "source_kind", "source_owner", "unit"],
            ["account.market_id", "account.kind", "account.owner", "account.unit"],
            name="fk_leg_source",
        ),
        ForeignKeyConstraint(
            ["market_id", "destination_kind", "destination_owner", "unit"],
            ["account.market_id", "account.kind", "account.owner", "account.unit"],
            name="fk_leg_destination",
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source_kind <> destination_kind OR source_owner <> destination_owner", name="moves"),
        Index("ix_leg_source", "market_id", "source_owner", "unit", "entry_number"),
        Index("ix_leg_destination", "market_id", "destination_owner", "unit", "entry_number"),
    )


class BookRollup(Base):
    """What the points of a market's book came to up to one of its entries: counted up beside the book, never by it.

    Each column is what went one way less what came back; ``redemptions`` are those that stand. Made anew from the legs
    it is the same, so it may be thrown away at any time.
    """

    __tablename__ = "book_rollup"
    market_id: Mapped[UUID] = mapped_column(Id, ForeignKey("book.market_id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[datetime]
    awarded_points: Mapped[int] = mapped_column(BigInteger)
    issued_points: Mapped[int] = mapped_column(BigInteger)
    redeemed_points: Mapped[int] = mapped_column(BigInteger)
    lapsed_points: Mapped[int] = mapped_column(BigInteger)
    void_points: Mapped[int] = mapped_column(BigInteger)
    redemptions: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)
