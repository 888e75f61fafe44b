"""Tills, their invitations, each market's lease, what was made at a till, and disputes."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_WHERE = {"postgresql_where": _OPEN, "sqlite_where": _OPEN}
_TILL = ["till.market_id", "till.id"]


def upgrade() -> None:
    # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
    op.execute(
        "ALTER TABLE market ADD COLUMN lease_hours SMALLINT "
        "CONSTRAINT ck_market_lease_hours CHECK (lease_hours BETWEEN 1 AND 336)"
    )
    op.execute(
        "ALTER TABLE market ADD COLUMN offline_new_points SMALLINT "
        "CONSTRAINT ck_market_offline_new_points CHECK (offline_new_points BETWEEN 0 AND 1000)"
    )
    op.add_column("good", sa.Column("priced_at", Instant(), nullable=True))
    op.add_column("good", sa.Column("changed_at", Instant(), nullable=True))
    op.create_table(
        "till",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=65), nullable=False),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.Column("enrolled_by", sa.String(length=60), nullable=False),
        sa.Column("cut_off_at", Instant(), nullable=True),
        sa.Column("cut_off_by", sa.String(length=60), nullable=True),
        sa.Column("last_request", sa.BigInteger(), nullable=False),
        sa.Column("last_redemption", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=True),
        sa.Column("knows_at", Instant(), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_request >= 0", name=op.f("ck_till_last_request")),
        sa.CheckConstraint("last_redemption >= 0", name=op.f("ck_till_last_redemption")),
        sa.CheckConstraint("unsent >= 0", name=op.f("ck_till_unsent")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_till_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_till_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_till")),
    )
    op.create_table(
        "till_invitation",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("till_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_till_invitation_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_till_invitation_place")),
        sa.ForeignKeyConstraint(["market_id", "till_id"], _TILL, name="fk_till_invitation_till"),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_till_invitation")),
        sa.UniqueConstraint("market_id", "code_hash", name="uq_till_invitation_code"),
    )
    op.create_table(
        "lease",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("till_id", Id(), nullable=True),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("wanted_at", Instant(), nullable=True),
        sa.Column("shared_until", Instant(), nullable=True),
        sa.CheckConstraint("term >= 0", name=op.f("ck_lease_term")),
        sa.CheckConstraint("(till_id IS NULL) = (ends_at IS NULL)", name=op.f("ck_lease_held")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_lease_market")),
        sa.ForeignKeyConstraint(["market_id", "till_id"], _TILL, name="fk_lease_till"),
        sa.PrimaryKeyConstraint("market_id", name=op.f("pk_lease")),
    )
    op.create_table(
        "till_redemption",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=False),
        sa.Column("till_id", Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_till_redemption_number")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_till_redemption_market")),
        sa.ForeignKeyConstraint(
            ["market_id", "redemption_id"],
            ["redemption.market_id", "redemption.id"],
            name="fk_till_redemption_redemption",
        ),
        sa.ForeignKeyConstraint(["market_id", "till_id"], _TILL, name="fk_till_redemption_till"),
        sa.PrimaryKeyConstraint("market_id", "redemption_id", name=op.f("pk_till_redemption")),
    )
    op.create_index("ix_till_redemption_till", "till_redemption", ["market_id", "till_id", "number"])
    op.create_table(
        "dispute",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=True),
        sa.Column("settle_entry_number", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'charged', 'corrected', 'undone')", name=op.f("ck_dispute_state")
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_dispute_market")),
        sa.ForeignKeyConstraint(
            ["market_id", "redemption_id"], ["redemption.market_id", "redemption.id"], name="fk_dispute_redemption"
        ),
        sa.PrimaryKeyConstraint("market_id", "redemption_id", name=op.f("pk_dispute")),
    )
    op.create_index(
        "ix_dispute_open", "dispute", ["market_id", "opened_at"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )


def downgrade() -> None:
    for table in ("dispute", "till_redemption", "lease", "till_invitation", "till"):
        op.drop_table(table)
    op.drop_column("good", "changed_at")
    op.drop_column("good", "priced_at")
    op.drop_column("market", "offline_new_points")
    op.drop_column("market", "lease_hours")
