"""Penalties with their hearing, their photos, and a market's days to answer one and to show one."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STAFF = ["staff.id"]
_UNCOUNTED = sa.text("state = 'stands' AND counted_in IS NULL")


def upgrade() -> None:
    # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
    for name, most in (("penalty_reply_days", "3 AND 30"), ("penalty_public_days", "1 AND 365")):
        op.execute(
            f"ALTER TABLE market ADD COLUMN {name} SMALLINT CONSTRAINT ck_market_{name} CHECK ({name} BETWEEN {most})"
        )
    op.create_table(
        "penalty",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("rule_id", Id(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("noted_by", Id(), nullable=True),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.Column("recorded_by", Id(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("told_to", sa.String(length=60), nullable=False),
        sa.Column("told_by", Id(), nullable=True),
        sa.Column("reply_ends_at", Instant(), nullable=True),
        sa.Column("reply", sa.String(length=500), nullable=False),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.Column("replied_by", Id(), nullable=True),
        sa.Column("decided_by", Id(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_points", sa.SmallInteger(), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("counted_in", sa.String(length=6), nullable=True),
        sa.CheckConstraint(
            "state IN ('noted', 'recorded', 'told', 'replied', 'stands', 'withdrawn')", name=op.f("ck_penalty_state")
        ),
        sa.CheckConstraint("times > 0", name=op.f("ck_penalty_times")),
        sa.CheckConstraint("points < 0", name=op.f("ck_penalty_points")),
        sa.CheckConstraint("decided_points BETWEEN points AND -1", name=op.f("ck_penalty_decided_points")),
        sa.CheckConstraint("(told_at IS NULL) = (reply_ends_at IS NULL)", name=op.f("ck_penalty_told")),
        sa.CheckConstraint(
            "state <> 'stands' OR (told_at IS NOT NULL AND decided_points IS NOT NULL)", name=op.f("ck_penalty_stands")
        ),
        sa.CheckConstraint("counted_in IS NULL OR state = 'stands'", name=op.f("ck_penalty_counted_in")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_penalty_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_penalty_place")),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_penalty_household"
        ),
        sa.ForeignKeyConstraint(["market_id", "rule_id"], ["rule.market_id", "rule.id"], name="fk_penalty_rule"),
        sa.ForeignKeyConstraint(["noted_by"], _STAFF, name="fk_penalty_noter"),
        sa.ForeignKeyConstraint(["recorded_by"], _STAFF, name="fk_penalty_recorder"),
        sa.ForeignKeyConstraint(["told_by"], _STAFF, name="fk_penalty_teller"),
        sa.ForeignKeyConstraint(["replied_by"], _STAFF, name="fk_penalty_replier"),
        sa.ForeignKeyConstraint(["decided_by"], _STAFF, name="fk_penalty_decider"),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_penalty")),
    )
    op.create_index("ix_penalty_household", "penalty", ["market_id", "household_id", "noted_at"])
    op.create_index("ix_penalty_state", "penalty", ["market_id", "village_code", "state", "noted_at", "id"])
    op.create_index(
        "ix_penalty_uncounted",
        "penalty",
        ["market_id", "village_code"],
        postgresql_where=_UNCOUNTED,
        sqlite_where=_UNCOUNTED,
    )
    op.create_table(
        "penalty_photo",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("penalty_id", Id(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_penalty_photo_market")),
        sa.ForeignKeyConstraint(
            ["market_id", "penalty_id"], ["penalty.market_id", "penalty.id"], name="fk_penalty_photo_penalty"
        ),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_penalty_photo")),
        sa.UniqueConstraint("market_id", "penalty_id", "position", name="uq_penalty_photo_position"),
    )


def downgrade() -> None:
    op.drop_table("penalty_photo")
    op.drop_table("penalty")
    op.drop_column("market", "penalty_public_days")
    op.drop_column("market", "penalty_reply_days")
