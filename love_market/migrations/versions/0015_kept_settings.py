"""Changes of a market's settings, kept for good; the boards' own settings are kept as surely."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SAYS = "what was set and when is append-only: set it anew"
_KEPT = ("setting_change", "star_rule", "warning_switch")


def upgrade() -> None:
    op.create_table(
        "setting_change",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_key", Id(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("from_value", sa.Integer(), nullable=False),
        sa.Column("to_value", sa.Integer(), nullable=False),
        sa.Column("changed_by", Id(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("from_value <> to_value", name=op.f("ck_setting_change_changed")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_setting_change_market")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name="fk_setting_change_changer"),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_setting_change")),
        sa.UniqueConstraint("market_id", "change_key", "name", name="uq_setting_change_key"),
    )
    op.create_index("ix_setting_change_recent", "setting_change", ["market_id", "changed_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_resetting() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        for table in _KEPT:
            op.execute(
                f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_resetting()"
            )
        return
    for table in _KEPT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _KEPT:
            op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
        op.execute("DROP FUNCTION refuse_resetting()")
    else:
        for table in _KEPT:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER tr_{table}_no_{act}")
    op.drop_table("setting_change")
