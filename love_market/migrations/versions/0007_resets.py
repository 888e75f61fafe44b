"""Clearing points that were not spent: when in the year, and each clearing with its announcement."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
    for column, low, high in (("reset_month", 0, 12), ("reset_day", 1, 28)):
        op.execute(
            f"ALTER TABLE market ADD COLUMN {column} SMALLINT "
            f"CONSTRAINT ck_market_{column} CHECK ({column} BETWEEN {low} AND {high})"
        )
    op.create_table(
        "points_reset",
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.Column("announced_by", Id(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("vouchers", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name=op.f("ck_points_reset_ended_once")),
        sa.ForeignKeyConstraint(["announced_by"], ["staff.id"], name="fk_points_reset_announcer"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_points_reset_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_points_reset")),
    )
    op.create_index("ix_points_reset_day", "points_reset", ["market_id", "falls_on"])


def downgrade() -> None:
    op.drop_table("points_reset")
    op.drop_column("market", "reset_day")
    op.drop_column("market", "reset_month")
