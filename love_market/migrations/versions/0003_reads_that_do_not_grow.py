"""Indexes that end where a page ends, lots put aside once they are empty, and the rollup of a book's points."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVE = "state IN ('issued', 'handed_over', 'frozen')"
_INDEXES: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("ix_entry_kind", "entry", ["market_id", "kind", "number"], "kind <> 'redeem'"),
    ("ix_voucher_household", "voucher", ["market_id", "household_id", "state", "state_changed_at"], None),
    ("ix_voucher_live", "voucher", ["market_id", "expires_on"], _LIVE),
    ("ix_voucher_batch_quarter", "voucher_batch", ["market_id", "quarter", "village_code"], None),
    ("ix_voucher_batch_issued", "voucher_batch", ["market_id", "village_code", "issued_at", "id"], None),
    ("ix_lot_good", "lot", ["market_id", "good_id", "received_at", "id"], None),
    ("ix_lot_received", "lot", ["market_id", "received_at", "id"], None),
    ("ix_lot_left", "lot", ["market_id", "good_id", "expires_on"], "emptied_at IS NULL"),
    ("ix_stocktake_opened", "stocktake", ["market_id", "opened_at", "id"], None),
    ("ix_stocktake_open", "stocktake", ["market_id"], "state = 'open'"),
    ("ix_appraisal_recent", "appraisal", ["market_id", "quarter"], None),
    ("ix_deed_recorded", "deed", ["market_id", "village_code", "recorded_at", "id"], None),
    ("ix_deed_state", "deed", ["market_id", "village_code", "state", "recorded_at", "id"], None),
)
_BEFORE: tuple[tuple[str, str, list[str]], ...] = (
    # Nothing asks by unit alone any more, and a plan made for any market took this one to read all accounts of a kind.
    ("ix_account_unit", "account", ["market_id", "unit", "kind"]),
    ("ix_voucher_household", "voucher", ["market_id", "household_id", "state"]),
    ("ix_voucher_batch_quarter", "voucher_batch", ["market_id", "village_code", "quarter"]),
    ("ix_lot_good", "lot", ["market_id", "good_id", "expires_on"]),
)


def upgrade() -> None:
    op.create_table(
        "book_rollup",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.Column("awarded_points", sa.BigInteger(), nullable=False),
        sa.Column("issued_points", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_points", sa.BigInteger(), nullable=False),
        sa.Column("lapsed_points", sa.BigInteger(), nullable=False),
        sa.Column("void_points", sa.BigInteger(), nullable=False),
        sa.Column("redemptions", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_book_rollup_number")),
        sa.ForeignKeyConstraint(["market_id"], ["book.market_id"], name=op.f("fk_book_rollup_book")),
        sa.PrimaryKeyConstraint("market_id", name=op.f("pk_book_rollup")),
    )
    op.add_column("lot", sa.Column("emptied_at", Instant(), nullable=True))
    for name, table, _columns in _BEFORE:
        op.drop_index(name, table_name=table)
    for name, table, columns, where in _INDEXES:
        only = None if where is None else sa.text(where)
        op.create_index(name, table, columns, postgresql_where=only, sqlite_where=only)


def downgrade() -> None:
    for name, table, _columns, _where in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
    for name, table, columns in _BEFORE:
        op.create_index(name, table, columns)
    op.drop_column("lot", "emptied_at")
    op.drop_table("book_rollup")
