"""The meeting that adopts a version of the rules, families of awards, vetoes, and model rules."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MEETING = ("representatives", "present", "votes_for", "votes_against", "votes_abstained")
# Each check stands with the last column it needs, and the last columns are added last.
_CHECKS = {
    "present": "CONSTRAINT ck_rule_version_quorum CHECK (present * 3 >= representatives * 2)",
    "votes_for": "CONSTRAINT ck_rule_version_carried CHECK (votes_for * 2 > present)",
    "votes_abstained": "CONSTRAINT ck_rule_version_votes CHECK (votes_for + votes_against + votes_abstained = present)",
}


def upgrade() -> None:
    op.add_column("rule", sa.Column("family", sa.String(length=20), nullable=True))
    op.add_column("rule_version", sa.Column("held_on", sa.Date(), nullable=True))
    op.add_column("rule_version", sa.Column("knowingly", sa.JSON(), nullable=True))
    for column in _MEETING:
        # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
        op.execute(f"ALTER TABLE rule_version ADD COLUMN {column} SMALLINT {_CHECKS.get(column, '')}")
    op.create_table(
        "rule_version_minutes",
        sa.Column("version_id", Id(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "version_id"],
            ["rule_version.market_id", "rule_version.id"],
            name="fk_rule_version_minutes_version",
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_rule_version_minutes_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_rule_version_minutes")),
        sa.UniqueConstraint("market_id", "version_id", "position", name="uq_rule_version_minutes_position"),
    )
    _vetoes()
    _model_rules()


def _vetoes() -> None:
    op.create_table(
        "veto_rule",
        sa.Column("version_id", Id(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_veto_rule_days")),
        sa.ForeignKeyConstraint(
            ["market_id", "version_id"],
            ["rule_version.market_id", "rule_version.id"],
            name="fk_veto_rule_rule_version",
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_veto_rule_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_veto_rule")),
        sa.UniqueConstraint("market_id", "version_id", "code", name="uq_veto_rule_code"),
        sa.UniqueConstraint("market_id", "version_id", "position", name="uq_veto_rule_position"),
    )
    op.create_table(
        "veto",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("rule_id", Id(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", Id(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("judged_by", Id(), nullable=True),
        sa.Column("judged_at", Instant(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("lifted_by", Id(), nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("ends_on > found_on", name=op.f("ck_veto_ends_on")),
        sa.CheckConstraint("(judged_by IS NULL) = (judged_at IS NULL)", name=op.f("ck_veto_judged")),
        sa.CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name=op.f("ck_veto_lifted")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_veto_place")),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_veto_household"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "rule_id"], ["veto_rule.market_id", "veto_rule.id"], name="fk_veto_veto_rule"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name="fk_veto_recorder"),
        sa.ForeignKeyConstraint(["judged_by"], ["staff.id"], name="fk_veto_judge"),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name="fk_veto_lifter"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_veto_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_veto")),
    )
    op.create_index("ix_veto_village", "veto", ["market_id", "village_code", "ends_on"])


def _model_rules() -> None:
    op.create_table(
        "model_catalogue",
        sa.Column("id", Id(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", Id(), nullable=False),
        sa.Column("knowingly", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_model_catalogue_place")),
        sa.ForeignKeyConstraint(["published_by"], ["staff.id"], name=op.f("fk_model_catalogue_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_catalogue")),
        sa.UniqueConstraint("place_code", "number", name="uq_model_catalogue_number"),
    )
    op.create_table(
        "model_rule",
        sa.Column("catalogue_id", Id(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("unit_name", sa.String(length=20), nullable=False),
        sa.Column("cap_points", sa.SmallInteger(), nullable=True),
        sa.Column("cap_period", sa.String(length=10), nullable=True),
        sa.Column("family", sa.String(length=20), nullable=True),
        sa.Column("veto_days", sa.SmallInteger(), nullable=True),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["catalogue_id"], ["model_catalogue.id"], name=op.f("fk_model_rule_model_catalogue")),
        sa.PrimaryKeyConstraint("catalogue_id", "position", name=op.f("pk_model_rule")),
        sa.UniqueConstraint("catalogue_id", "code", name="uq_model_rule_code"),
    )


def downgrade() -> None:
    for table in ("model_rule", "model_catalogue", "veto", "veto_rule", "rule_version_minutes"):
        op.drop_table(table)
    for column in reversed(_MEETING):
        op.drop_column("rule_version", column)
    op.drop_column("rule_version", "knowingly")
    op.drop_column("rule_version", "held_on")
    op.drop_column("rule", "family")
