"""Who acted for whom: a market's daily limit, and each act of a proxy."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_UNSEEN = sa.text("over_limit AND seen_at IS NULL")


def upgrade() -> None:
    # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
    op.execute(
        "ALTER TABLE market ADD COLUMN proxy_daily_households SMALLINT "
        "CONSTRAINT ck_market_proxy_daily_households CHECK (proxy_daily_households BETWEEN 0 AND 100)"
    )
    op.create_table(
        "proxy_act",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("household_id", Id(), nullable=True),
        sa.Column("voucher_id", Id(), nullable=True),
        sa.Column("redemption_id", Id(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.Column("signed_on", sa.String(length=6), nullable=False),
        sa.Column("signature", sa.String(length=4000), nullable=False),
        sa.Column("acted_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("over_limit", sa.Boolean(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("seen_by", sa.String(length=60), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'collect' AND voucher_id IS NOT NULL AND redemption_id IS NULL)"
            " OR (kind = 'redeem' AND voucher_id IS NULL AND redemption_id IS NOT NULL)",
            name=op.f("ck_proxy_act_what_for"),
        ),
        sa.CheckConstraint("signed_on IN ('paper', 'screen')", name=op.f("ck_proxy_act_signed_on")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_proxy_act_market")),
        *(
            sa.ForeignKeyConstraint(
                ["market_id", f"{table}_id"], [f"{table}.market_id", f"{table}.id"], name=f"fk_proxy_act_{table}"
            )
            for table in ("household", "voucher", "redemption")
        ),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_proxy_act")),
    )
    op.create_index("ix_proxy_act_at", "proxy_act", ["market_id", "acted_at"])
    op.create_index("ix_proxy_act_household", "proxy_act", ["market_id", "household_id", "acted_at"])
    op.create_index("ix_proxy_act_redemption", "proxy_act", ["market_id", "redemption_id"])
    op.create_index(
        "ix_proxy_act_unseen", "proxy_act", ["market_id", "acted_at"], postgresql_where=_UNSEEN, sqlite_where=_UNSEEN
    )


def downgrade() -> None:
    op.drop_table("proxy_act")
    op.drop_column("market", "proxy_daily_households")
