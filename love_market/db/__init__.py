"""The database: exact types, tables, the two ways in, and statements that travel together."""

from love_market.db.doors import db, reading, retrying, transaction
from love_market.db.engines import engine_options, prepare_engine
from love_market.db.prepared import Prepared, Rows, ask
from love_market.db.tables import Base, new_id, within_market
from love_market.db.types import Id, Instant

__all__ = [
    "Base",
    "Id",
    "Instant",
    "Prepared",
    "Rows",
    "ask",
    "db",
    "engine_options",
    "new_id",
    "prepare_engine",
    "reading",
    "retrying",
    "transaction",
    "within_market",
]
