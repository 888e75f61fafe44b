"""The boards: a village's rule of stars, each year's published list, and the warning board's switch."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_STAFF = ["staff.id"]
_STANDING = sa.text("withdrawn_at IS NULL")
_RISES = "three_points BETWEEN 1 AND four_points - 1 AND four_points < five_points"


def _of_village(name: str) -> list[sa.schema.SchemaItem]:
    """Return the columns and keys that each of these tables begins with."""
    return [
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f(f"fk_{name}_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f(f"fk_{name}_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f(f"pk_{name}")),
    ]


def _points(name: str) -> list[sa.schema.SchemaItem]:
    columns = [
        sa.Column(column, sa.Integer(), nullable=False) for column in ("three_points", "four_points", "five_points")
    ]
    return [*columns, sa.CheckConstraint(_RISES, name=op.f(f"ck_{name}_rises"))]


def upgrade() -> None:
    op.create_table(
        "star_rule",
        *_of_village("star_rule"),
        *_points("star_rule"),
        sa.Column("set_by", Id(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], _STAFF, name="fk_star_rule_setter"),
    )
    op.create_index("ix_star_rule_village", "star_rule", ["market_id", "village_code", "set_at"])
    op.create_table(
        "star_list",
        *_of_village("star_list"),
        *_points("star_list"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("entry_number", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("published_by", Id(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("withdrawn_by", Id(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_star_list_withdrawn")),
        sa.ForeignKeyConstraint(["published_by"], _STAFF, name="fk_star_list_publisher"),
        sa.ForeignKeyConstraint(["withdrawn_by"], _STAFF, name="fk_star_list_withdrawer"),
    )
    op.create_index(
        "uq_star_list_standing",
        "star_list",
        ["market_id", "village_code", "year"],
        unique=True,
        postgresql_where=_STANDING,
        sqlite_where=_STANDING,
    )
    op.create_table(
        "warning_switch",
        *_of_village("warning_switch"),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("turned_by", Id(), nullable=False),
        sa.Column("turned_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["turned_by"], _STAFF, name="fk_warning_switch_turner"),
    )
    op.create_index("ix_warning_switch_village", "warning_switch", ["market_id", "village_code", "turned_at"])


def downgrade() -> None:
    op.drop_table("warning_switch")
    op.drop_table("star_list")
    op.drop_table("star_rule")
