"""The blackout pad: pads of numbered slips, and what was typed of each slip afterwards."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATES = "state IN ('again', 'once', 'differs', 'waiting', 'booked', 'spoiled')"


def upgrade() -> None:
    op.create_table(
        "slip_pad",
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("first_number >= 1 AND last_number >= first_number", name=op.f("ck_slip_pad_numbers")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_slip_pad_staff")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_slip_pad_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_slip_pad")),
        sa.UniqueConstraint("market_id", "first_number", name="uq_slip_pad_first_number"),
    )
    op.create_table(
        "slip",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pad_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_reason", sa.String(length=200), nullable=False),
        sa.Column("state_by", Id(), nullable=False),
        sa.Column("state_at", Instant(), nullable=False),
        sa.Column("first_typing", sa.JSON(), nullable=True),
        sa.Column("first_by", Id(), nullable=True),
        sa.Column("first_at", Instant(), nullable=True),
        sa.Column("second_typing", sa.JSON(), nullable=True),
        sa.Column("second_by", Id(), nullable=True),
        sa.Column("second_at", Instant(), nullable=True),
        sa.Column("agreed", sa.JSON(), nullable=True),
        sa.Column("settled_by", Id(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("redemption_key", Id(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_slip_state")),
        sa.CheckConstraint("(state = 'booked') = (redemption_id IS NOT NULL)", name=op.f("ck_slip_booked")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_slip_market")),
        sa.ForeignKeyConstraint(["market_id", "pad_id"], ["slip_pad.market_id", "slip_pad.id"], name="fk_slip_pad"),
        sa.ForeignKeyConstraint(
            ["market_id", "redemption_id"], ["redemption.market_id", "redemption.id"], name="fk_slip_redemption"
        ),
        *(
            sa.ForeignKeyConstraint([column], ["staff.id"], name=f"fk_slip_{column}")
            for column in ("state_by", "first_by", "second_by", "settled_by")
        ),
        sa.PrimaryKeyConstraint("market_id", "number", name=op.f("pk_slip")),
    )


def downgrade() -> None:
    op.drop_table("slip")
    op.drop_table("slip_pad")
