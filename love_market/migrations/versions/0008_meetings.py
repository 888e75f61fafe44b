"""A meeting kept as it goes: who chairs, votes by name, proposals, words beside the minutes, the signed copy."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = ("chaired_by", "written_by", "outcome", "closed_at", "closed_key", "household_count", "list_points")
_OUTCOME = "outcome IN ('carried', 'returned')"
_CLOSED = "(outcome IS NULL) = (closed_at IS NULL)"


def upgrade() -> None:
    _set_aside()
    with op.batch_alter_table("meeting") as meeting:
        meeting.add_column(sa.Column("chaired_by", Id(), nullable=True))
        meeting.add_column(sa.Column("written_by", Id(), nullable=True))
        meeting.add_column(sa.Column("outcome", sa.String(length=10), nullable=True))
        meeting.add_column(sa.Column("closed_at", Instant(), nullable=True))
        meeting.add_column(sa.Column("closed_key", Id(), nullable=True))
        meeting.add_column(sa.Column("household_count", sa.Integer(), nullable=True))
        meeting.add_column(sa.Column("list_points", sa.Integer(), nullable=True))
        meeting.drop_constraint("uq_meeting_appraisal", type_="unique")
        meeting.create_foreign_key("fk_meeting_chaired_by", "staff", ["chaired_by"], ["id"])
        meeting.create_foreign_key("fk_meeting_written_by", "staff", ["written_by"], ["id"])
    # Every meeting until now was written down when it was over and the list was carried.
    op.execute("UPDATE meeting SET outcome = 'carried', closed_at = recorded_at, closed_key = id")
    with op.batch_alter_table("meeting") as meeting:
        meeting.create_check_constraint(op.f("ck_meeting_outcome"), _OUTCOME)
        meeting.create_check_constraint(op.f("ck_meeting_closed"), _CLOSED)
        meeting.create_index("ix_meeting_appraisal", ["market_id", "appraisal_id"])
    _put_back()
    _new_tables()
    with op.batch_alter_table("resolution") as resolution:
        resolution.add_column(sa.Column("proposal_id", Id(), nullable=True))
        resolution.add_column(sa.Column("number", sa.SmallInteger(), nullable=True))
        resolution.add_column(sa.Column("voters", sa.JSON(), nullable=True))
        resolution.add_column(sa.Column("recused", sa.JSON(), nullable=True))
        resolution.add_column(sa.Column("voted_at", Instant(), nullable=True))
        resolution.create_foreign_key(
            "fk_resolution_proposal", "proposal", ["market_id", "proposal_id"], ["market_id", "id"]
        )
        resolution.create_index("ix_resolution_meeting", ["market_id", "meeting_id"])


def _new_tables() -> None:
    op.create_table(
        "proposal",
        sa.Column("meeting_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("rule_id", Id(), nullable=False),
        sa.Column("points_before", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("raised_by", Id(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        *_of_market("proposal"),
        _of_meeting("proposal"),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_proposal_household"
        ),
        sa.ForeignKeyConstraint(["market_id", "rule_id"], ["rule.market_id", "rule.id"], name="fk_proposal_rule"),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name="fk_proposal_raised_by"),
    )
    op.create_table(
        "meeting_note",
        sa.Column("meeting_id", Id(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("written_by", Id(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        *_of_market("meeting_note"),
        _of_meeting("meeting_note"),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name="fk_meeting_note_written_by"),
    )
    op.create_table(
        "signed_copy",
        sa.Column("meeting_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("kept_by", Id(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("taken_back_at", Instant(), nullable=True),
        sa.Column("taken_back_by", Id(), nullable=True),
        *_of_market("signed_copy"),
        _of_meeting("signed_copy"),
        sa.CheckConstraint("kind IN ('jpg', 'pdf')", name=op.f("ck_signed_copy_kind")),
        sa.ForeignKeyConstraint(["kept_by"], ["staff.id"], name="fk_signed_copy_kept_by"),
        sa.ForeignKeyConstraint(["taken_back_by"], ["staff.id"], name="fk_signed_copy_taken_back"),
    )
    for table in ("proposal", "meeting_note", "signed_copy"):
        op.create_index(f"ix_{table}_meeting", table, ["market_id", "meeting_id"])


def downgrade() -> None:
    with op.batch_alter_table("resolution") as resolution:
        resolution.drop_index("ix_resolution_meeting")
        resolution.drop_constraint("fk_resolution_proposal", type_="foreignkey")
        for column in ("proposal_id", "number", "voters", "recused", "voted_at"):
            resolution.drop_column(column)
    for table in ("signed_copy", "meeting_note", "proposal"):
        op.drop_table(table)
    _set_aside()
    with op.batch_alter_table("meeting") as meeting:
        meeting.drop_index("ix_meeting_appraisal")
        meeting.drop_constraint(op.f("ck_meeting_outcome"), type_="check")
        meeting.drop_constraint(op.f("ck_meeting_closed"), type_="check")
        meeting.drop_constraint("fk_meeting_chaired_by", type_="foreignkey")
        meeting.drop_constraint("fk_meeting_written_by", type_="foreignkey")
        for column in _COLUMNS:
            meeting.drop_column(column)
        meeting.create_unique_constraint("uq_meeting_appraisal", ["market_id", "appraisal_id"])
    _put_back()


def _of_market(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f(f"fk_{table}_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_meeting(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["market_id", "meeting_id"], ["meeting.market_id", "meeting.id"], name=f"fk_{table}_meeting"
    )


def _set_aside() -> None:
    """SQLite makes a table anew to change it, which it refuses while rows of others point at its rows."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE attendance_aside AS SELECT * FROM attendance")
        op.execute("DELETE FROM attendance")
        op.execute("CREATE TABLE resolution_aside AS SELECT * FROM resolution")
        op.execute("DELETE FROM resolution")


def _put_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO attendance SELECT * FROM attendance_aside")
        op.execute("DROP TABLE attendance_aside")
        op.execute("INSERT INTO resolution SELECT * FROM resolution_aside")
        op.execute("DROP TABLE resolution_aside")
