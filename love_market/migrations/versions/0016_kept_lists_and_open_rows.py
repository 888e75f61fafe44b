"""Star lists keep their households as they were printed; quarters and rows that wait are found by indexes of their own.

A list says which list it corrects and why.
"""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SAYS = "a published list is append-only: publish a correction"
_OPEN = sa.text("state <> 'confirmed'")


def upgrade() -> None:
    for table, column in (("appraisal", "quarter"), ("appraisal_row", "appraisal_id")):
        columns = ["market_id", column]
        op.create_index(f"ix_{table}_open", table, columns, postgresql_where=_OPEN, sqlite_where=_OPEN)
    with op.batch_alter_table("star_list") as star_list:
        star_list.add_column(sa.Column("household_count", sa.Integer(), nullable=True))
        star_list.add_column(sa.Column("corrects_id", Id(), nullable=True))
        star_list.add_column(sa.Column("reason", sa.String(length=200), nullable=True))
        star_list.create_foreign_key(
            "fk_star_list_corrects", "star_list", ["market_id", "corrects_id"], ["market_id", "id"]
        )
    op.create_table(
        "star_list_row",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("star_list_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("masked_name", sa.String(length=20), nullable=False),
        sa.Column("group_name", sa.String(length=30), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 3 AND 5", name=op.f("ck_star_list_row_stars")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_star_list_row_market")),
        sa.ForeignKeyConstraint(
            ["market_id", "star_list_id"], ["star_list.market_id", "star_list.id"], name="fk_star_list_row_list"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_star_list_row_household"
        ),
        sa.PrimaryKeyConstraint("market_id", "star_list_id", "household_id", name=op.f("pk_star_list_row")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER tr_star_list_row_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON star_list_row "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_resetting()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER tr_star_list_row_no_{act.lower()} BEFORE {act} ON star_list_row "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )


def downgrade() -> None:
    op.drop_index("ix_appraisal_row_open", table_name="appraisal_row")
    op.drop_index("ix_appraisal_open", table_name="appraisal")
    op.drop_table("star_list_row")
    with op.batch_alter_table("star_list") as star_list:
        star_list.drop_constraint("fk_star_list_corrects", type_="foreignkey")
        star_list.drop_column("reason")
        star_list.drop_column("corrects_id")
        star_list.drop_column("household_count")
