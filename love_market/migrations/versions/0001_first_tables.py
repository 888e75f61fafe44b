"""The first tables, and the triggers that keep entries and legs as they were written."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SAYS = "entries and legs are append-only: correct by a reversing entry"
_ON_SQLITE = [
    f"CREATE TRIGGER tr_{table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    for table in ("entry", "leg")
    for act in ("UPDATE", "DELETE")
]
_ON_POSTGRESQL = [
    (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
    ),
    *(
        f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("entry", "leg")
    ),
]


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "market",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("notice_days", sa.SmallInteger(), nullable=False),
        sa.Column("voucher_valid_days", sa.SmallInteger(), nullable=False),
        sa.Column("vouchers_in_denominations", sa.Boolean(), nullable=False),
        sa.Column("vouchers_a_sheet", sa.SmallInteger(), nullable=False),
        sa.Column("minimum_redemption_points", sa.SmallInteger(), nullable=False),
        sa.Column("quarter_budget_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("minimum_redemption_points >= 1", name=op.f("ck_market_minimum_redemption")),
        sa.CheckConstraint("notice_days BETWEEN 3 AND 30", name=op.f("ck_market_notice_days")),
        sa.CheckConstraint("quarter_budget_points >= 0", name=op.f("ck_market_quarter_budget")),
        sa.CheckConstraint("voucher_valid_days BETWEEN 30 AND 1100", name=op.f("ck_market_voucher_valid_days")),
        sa.CheckConstraint("vouchers_a_sheet IN (6, 8)", name=op.f("ck_market_vouchers_a_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market")),
    )
    op.create_table(
        "place",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("market_id", Id(), nullable=True),
        sa.CheckConstraint("level IN ('county', 'township', 'village', 'community')", name=op.f("ck_place_level")),
        sa.ForeignKeyConstraint(["parent_code"], ["place.code"], name="fk_place_parent"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index("ix_place_market", ["market_id"], unique=False)
        batch_op.create_index("ix_place_parent", ["parent_code", "code"], unique=False)

    op.create_table(
        "sign_in_throttle",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("wait_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_throttle")),
    )
    op.create_table(
        "staff",
        sa.Column("id", Id(), nullable=False),
        sa.Column("sign_in_name", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("sign_in_name", name="uq_staff_sign_in_name"),
    )
    op.create_table(
        "book",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_book_market")),
        sa.PrimaryKeyConstraint("market_id", name=op.f("pk_book")),
    )
    op.create_table(
        "good",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("spec", sa.String(length=40), nullable=False),
        sa.Column("unit_name", sa.String(length=10), nullable=False),
        sa.Column("barcode", sa.String(length=14), nullable=True),
        sa.Column("points_price", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("low_stock_quantity", sa.Integer(), nullable=False),
        sa.Column("tracks_expiry", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("low_stock_quantity >= 0", name=op.f("ck_good_low_stock_quantity")),
        sa.CheckConstraint("points_price > 0", name=op.f("ck_good_points_price")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_good_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_good")),
        sa.UniqueConstraint("market_id", "barcode", name="uq_good_barcode"),
        sa.UniqueConstraint("market_id", "name", "spec", name="uq_good_name"),
    )
    op.create_table(
        "household",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("head_name", sa.String(length=60), nullable=False),
        sa.Column("group_name", sa.String(length=30), nullable=False),
        sa.Column("grid_name", sa.String(length=30), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("member_count", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("card_key", sa.String(length=32), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("member_count >= 1", name=op.f("ck_household_member_count")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_household_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_household_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_household")),
        sa.UniqueConstraint("market_id", "card_key", name="uq_household_card"),
        sa.UniqueConstraint("market_id", "village_code", "number", name="uq_household_number"),
    )
    op.create_table(
        "redemption",
        sa.Column("entry_number", sa.BigInteger(), nullable=False),
        sa.Column("clerk_id", Id(), nullable=False),
        sa.Column("redeemed_at", Instant(), nullable=False),
        sa.Column("total_points", sa.Integer(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_reason", sa.String(length=200), nullable=False),
        sa.Column("undo_entry_number", sa.BigInteger(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["clerk_id"], ["staff.id"], name=op.f("fk_redemption_staff")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_redemption_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("market_id", "entry_number", name="uq_redemption_entry"),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_at", ["market_id", "redeemed_at"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("staff_id", Id(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_role_grant_place")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_role_grant_staff")),
        sa.PrimaryKeyConstraint("staff_id", "place_code", "role", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_role_grant_place", ["place_code", "role"], unique=False)

    op.create_table(
        "rule_version",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("adopted_at", Instant(), nullable=False),
        sa.Column("adopted_by", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_rule_version_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_rule_version_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("market_id", "village_code", "number", name="uq_rule_version_number"),
    )
    op.create_table(
        "signing_key",
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(length=200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_signing_key_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", Id(), nullable=False),
        sa.Column("staff_id", Id(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index("ix_staff_session_staff", ["staff_id", "ended_at"], unique=False)

    op.create_table(
        "stocktake",
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("supervisor_name", sa.String(length=60), nullable=False),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'dropped')", name=op.f("ck_stocktake_state")),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_stocktake_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_stocktake")),
    )
    op.create_table(
        "voucher_batch",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(length=60), nullable=False),
        sa.Column("entry_number", sa.BigInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_voucher_batch_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_voucher_batch")),
    )
    with op.batch_alter_table("voucher_batch", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_batch_quarter", ["market_id", "village_code", "quarter"], unique=False)

    op.create_table(
        "account",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("owner", Id(), nullable=False),
        sa.Column("unit", Id(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("floor IS NULL OR balance >= floor", name=op.f("ck_account_floor")),
        sa.ForeignKeyConstraint(["market_id"], ["book.market_id"], name=op.f("fk_account_book")),
        sa.PrimaryKeyConstraint("market_id", "kind", "owner", "unit", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index("ix_account_unit", ["market_id", "unit", "kind"], unique=False)

    op.create_table(
        "appraisal",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("rule_version_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("budget_points", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("notice_begins_at", Instant(), nullable=True),
        sa.Column("notice_ends_at", Instant(), nullable=True),
        sa.Column("head_number", sa.BigInteger(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=60), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint(
            "state IN ('scoring', 'deliberating', 'decided', 'notice', 'confirmed')", name=op.f("ck_appraisal_state")
        ),
        sa.CheckConstraint("budget_points >= 0", name=op.f("ck_appraisal_budget_points")),
        sa.ForeignKeyConstraint(
            ["market_id", "rule_version_id"],
            ["rule_version.market_id", "rule_version.id"],
            name="fk_appraisal_rule_version",
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_appraisal_market")),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_appraisal_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("market_id", "village_code", "quarter", name="uq_appraisal_quarter"),
    )
    op.create_table(
        "entry",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("key", Id(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_entry_number")),
        sa.ForeignKeyConstraint(
            ["market_id", "reverses"], ["entry.market_id", "entry.number"], name="fk_entry_reverses"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["book.market_id"], name=op.f("fk_entry_book")),
        sa.PrimaryKeyConstraint("market_id", "number", name=op.f("pk_entry")),
        sa.UniqueConstraint("market_id", "key", name="uq_entry_key"),
        sa.UniqueConstraint("market_id", "reverses", name="uq_entry_reverses"),
    )
    op.create_table(
        "household_session",
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"],
            ["household.market_id", "household.id"],
            name="fk_household_session_household",
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_household_session_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_household_session")),
    )
    with op.batch_alter_table("household_session", schema=None) as batch_op:
        batch_op.create_index("ix_household_session_household", ["market_id", "household_id", "ended_at"], unique=False)

    op.create_table(
        "kinship",
        sa.Column("staff_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_kinship_household"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_kinship_market")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_kinship_staff")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_kinship")),
        sa.UniqueConstraint("market_id", "staff_id", "household_id", name="uq_kinship"),
    )
    op.create_table(
        "lot",
        sa.Column("good_id", Id(), nullable=False),
        sa.Column("lot_no", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_name", sa.String(length=80), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("unit_cost_fen", sa.Integer(), nullable=False),
        sa.Column("quantity_received", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("entry_number", sa.BigInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("source IN ('bought', 'donated')", name=op.f("ck_lot_source")),
        sa.CheckConstraint("quantity_received > 0", name=op.f("ck_lot_quantity_received")),
        sa.CheckConstraint("unit_cost_fen >= 0", name=op.f("ck_lot_unit_cost_fen")),
        sa.ForeignKeyConstraint(["market_id", "good_id"], ["good.market_id", "good.id"], name="fk_lot_good"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_lot_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_lot")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_good", ["market_id", "good_id", "expires_on"], unique=False)

    op.create_table(
        "member",
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_member_household"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_member_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint("market_id", "household_id", "position", name="uq_member_position"),
    )
    op.create_table(
        "rule",
        sa.Column("version_id", Id(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("unit_name", sa.String(length=20), nullable=False),
        sa.Column("cap_points", sa.SmallInteger(), nullable=True),
        sa.Column("cap_period", sa.String(length=10), nullable=True),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("cap_period IN ('quarter', 'year', 'event')", name=op.f("ck_rule_cap_period")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_rule_points")),
        sa.ForeignKeyConstraint(
            ["market_id", "version_id"], ["rule_version.market_id", "rule_version.id"], name="fk_rule_rule_version"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_rule_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_rule")),
        sa.UniqueConstraint("market_id", "version_id", "code", name="uq_rule_code"),
        sa.UniqueConstraint("market_id", "version_id", "position", name="uq_rule_position"),
    )
    op.create_table(
        "voucher",
        sa.Column("batch_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("signing_key_id", Id(), nullable=False),
        sa.Column("serial_no", sa.String(length=20), nullable=False),
        sa.Column("short_code", sa.String(length=9), nullable=False),
        sa.Column("face_points", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_reason", sa.String(length=200), nullable=False),
        sa.Column("state_changed_at", Instant(), nullable=False),
        sa.Column("handed_over_at", Instant(), nullable=True),
        sa.Column("handed_over_to", sa.String(length=60), nullable=False),
        sa.Column("reissue_of_id", Id(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'handed_over', 'frozen', 'spent', 'lapsed', 'void')", name=op.f("ck_voucher_state")
        ),
        sa.CheckConstraint("face_points > 0", name=op.f("ck_voucher_face_points")),
        sa.ForeignKeyConstraint(
            ["market_id", "batch_id"], ["voucher_batch.market_id", "voucher_batch.id"], name="fk_voucher_batch"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_voucher_household"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "reissue_of_id"], ["voucher.market_id", "voucher.id"], name="fk_voucher_reissue_of"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "signing_key_id"], ["signing_key.market_id", "signing_key.id"], name="fk_voucher_signing_key"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_voucher_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("market_id", "reissue_of_id", name="uq_voucher_reissue_of"),
        sa.UniqueConstraint("market_id", "serial_no", name="uq_voucher_serial_no"),
        sa.UniqueConstraint("market_id", "short_code", name="uq_voucher_short_code"),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_batch", ["market_id", "batch_id"], unique=False)
        batch_op.create_index("ix_voucher_household", ["market_id", "household_id", "state"], unique=False)

    op.create_table(
        "appraisal_row",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("appraisal_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("award_entry_number", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('listed', 'contested', 'held', 'confirmed')", name=op.f("ck_appraisal_row_state")
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_appraisal_row_points")),
        sa.ForeignKeyConstraint(
            ["market_id", "appraisal_id"], ["appraisal.market_id", "appraisal.id"], name="fk_appraisal_row_appraisal"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_appraisal_row_household"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_appraisal_row_market")),
        sa.PrimaryKeyConstraint("market_id", "appraisal_id", "household_id", name=op.f("pk_appraisal_row")),
    )
    op.create_table(
        "deed",
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("member_name", sa.String(length=60), nullable=False),
        sa.Column("rule_id", Id(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", Id(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("reviewed_by", Id(), nullable=True),
        sa.Column("reviewed_at", Instant(), nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("state IN ('claimed', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_deed_state")),
        sa.CheckConstraint("times > 0", name=op.f("ck_deed_times")),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_deed_household"
        ),
        sa.ForeignKeyConstraint(["market_id", "rule_id"], ["rule.market_id", "rule.id"], name="fk_deed_rule"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_deed_market")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_deed_staff")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["staff.id"], name="fk_deed_reviewer"),
        sa.ForeignKeyConstraint(["village_code"], ["place.code"], name=op.f("fk_deed_place")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_deed")),
    )
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.create_index("ix_deed_household", ["market_id", "household_id", "done_on"], unique=False)
        batch_op.create_index("ix_deed_village", ["market_id", "village_code", "state", "done_on"], unique=False)

    op.create_table(
        "leg",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("entry_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", Id(), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_owner", Id(), nullable=False),
        sa.Column("destination_kind", sa.String(length=12), nullable=False),
        sa.Column("destination_owner", Id(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_leg_amount")),
        sa.CheckConstraint(
            "source_kind <> destination_kind OR source_owner <> destination_owner", name=op.f("ck_leg_moves")
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "destination_kind", "destination_owner", "unit"],
            ["account.market_id", "account.kind", "account.owner", "account.unit"],
            name="fk_leg_destination",
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "entry_number"], ["entry.market_id", "entry.number"], name="fk_leg_entry"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "source_kind", "source_owner", "unit"],
            ["account.market_id", "account.kind", "account.owner", "account.unit"],
            name="fk_leg_source",
        ),
        sa.PrimaryKeyConstraint("market_id", "entry_number", "position", name=op.f("pk_leg")),
    )
    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.create_index(
            "ix_leg_destination", ["market_id", "destination_owner", "unit", "entry_number"], unique=False
        )
        batch_op.create_index("ix_leg_source", ["market_id", "source_owner", "unit", "entry_number"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("appraisal_id", Id(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place_name", sa.String(length=60), nullable=False),
        sa.Column("panel_count", sa.SmallInteger(), nullable=False),
        sa.Column("present_count", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "appraisal_id"], ["appraisal.market_id", "appraisal.id"], name="fk_meeting_appraisal"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_meeting_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("market_id", "appraisal_id", name="uq_meeting_appraisal"),
    )
    op.create_table(
        "objection",
        sa.Column("appraisal_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("raised_by", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.String(length=500), nullable=False),
        sa.Column("replied_by", sa.String(length=60), nullable=True),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name=op.f("ck_objection_state")),
        sa.ForeignKeyConstraint(
            ["market_id", "appraisal_id"], ["appraisal.market_id", "appraisal.id"], name="fk_objection_appraisal"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_objection_household"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_objection_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index("ix_objection_appraisal", ["market_id", "appraisal_id", "state"], unique=False)

    op.create_table(
        "redemption_good",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("good_id", Id(), nullable=False),
        sa.Column("lot_id", Id(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points_each", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_redemption_good_quantity")),
        sa.ForeignKeyConstraint(
            ["market_id", "good_id"], ["good.market_id", "good.id"], name="fk_redemption_good_good"
        ),
        sa.ForeignKeyConstraint(["market_id", "lot_id"], ["lot.market_id", "lot.id"], name="fk_redemption_good_lot"),
        sa.ForeignKeyConstraint(
            ["market_id", "redemption_id"],
            ["redemption.market_id", "redemption.id"],
            name="fk_redemption_good_redemption",
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_redemption_good_market")),
        sa.PrimaryKeyConstraint("market_id", "redemption_id", "position", name=op.f("pk_redemption_good")),
    )
    op.create_table(
        "redemption_voucher",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=False),
        sa.Column("voucher_id", Id(), nullable=False),
        sa.Column("amount_points", sa.Integer(), nullable=False),
        sa.Column("balance_after_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_points > 0", name=op.f("ck_redemption_voucher_amount_points")),
        sa.ForeignKeyConstraint(
            ["market_id", "redemption_id"],
            ["redemption.market_id", "redemption.id"],
            name="fk_redemption_voucher_redemption",
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "voucher_id"], ["voucher.market_id", "voucher.id"], name="fk_redemption_voucher_voucher"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_redemption_voucher_market")),
        sa.PrimaryKeyConstraint("market_id", "redemption_id", "voucher_id", name=op.f("pk_redemption_voucher")),
    )
    with op.batch_alter_table("redemption_voucher", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_voucher_voucher", ["market_id", "voucher_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("appraisal_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("rule_id", Id(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "appraisal_id"], ["appraisal.market_id", "appraisal.id"], name="fk_score_appraisal"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_score_household"
        ),
        sa.ForeignKeyConstraint(["market_id", "rule_id"], ["rule.market_id", "rule.id"], name="fk_score_rule"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_score_market")),
        sa.PrimaryKeyConstraint("market_id", "appraisal_id", "household_id", "rule_id", name=op.f("pk_score")),
    )
    op.create_table(
        "score_change",
        sa.Column("appraisal_id", Id(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("undone_by", Id(), nullable=True),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "appraisal_id"], ["appraisal.market_id", "appraisal.id"], name="fk_score_change_appraisal"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_score_change_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_score_change")),
        sa.UniqueConstraint("market_id", "appraisal_id", "revision", name="uq_score_change_revision"),
    )
    op.create_table(
        "stocktake_line",
        sa.Column("stocktake_id", Id(), nullable=False),
        sa.Column("lot_id", Id(), nullable=False),
        sa.Column("counted_quantity", sa.Integer(), nullable=False),
        sa.Column("book_quantity", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint("counted_quantity >= 0", name=op.f("ck_stocktake_line_counted_quantity")),
        sa.ForeignKeyConstraint(["market_id", "lot_id"], ["lot.market_id", "lot.id"], name="fk_stocktake_line_lot"),
        sa.ForeignKeyConstraint(
            ["market_id", "stocktake_id"], ["stocktake.market_id", "stocktake.id"], name="fk_stocktake_line_stocktake"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_stocktake_line_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_stocktake_line")),
        sa.UniqueConstraint("market_id", "stocktake_id", "lot_id", name="uq_stocktake_line"),
    )
    op.create_table(
        "attendance",
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("meeting_id", Id(), nullable=False),
        sa.Column("staff_id", Id(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id", "meeting_id"], ["meeting.market_id", "meeting.id"], name="fk_attendance_meeting"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_attendance_market")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_attendance_staff")),
        sa.PrimaryKeyConstraint("market_id", "meeting_id", "staff_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "deed_photo",
        sa.Column("deed_id", Id(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["market_id", "deed_id"], ["deed.market_id", "deed.id"], name="fk_deed_photo_deed"),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_deed_photo_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_deed_photo")),
        sa.UniqueConstraint("market_id", "deed_id", "position", name="uq_deed_photo_position"),
    )
    op.create_table(
        "resolution",
        sa.Column("meeting_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=True),
        sa.Column("recused_count", sa.SmallInteger(), nullable=False),
        sa.Column("votes_for", sa.SmallInteger(), nullable=False),
        sa.Column("votes_against", sa.SmallInteger(), nullable=False),
        sa.Column("votes_abstained", sa.SmallInteger(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("market_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND votes_abstained >= 0", name=op.f("ck_resolution_votes")
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "household_id"], ["household.market_id", "household.id"], name="fk_resolution_household"
        ),
        sa.ForeignKeyConstraint(
            ["market_id", "meeting_id"], ["meeting.market_id", "meeting.id"], name="fk_resolution_meeting"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_resolution_market")),
        sa.PrimaryKeyConstraint("market_id", "id", name=op.f("pk_resolution")),
    )

    for statement in _ON_SQLITE if op.get_bind().dialect.name == "sqlite" else _ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("resolution")
    op.drop_table("deed_photo")
    op.drop_table("attendance")
    op.drop_table("stocktake_line")
    op.drop_table("score_change")
    op.drop_table("score")
    with op.batch_alter_table("redemption_voucher", schema=None) as batch_op:
        batch_op.drop_index("ix_redemption_voucher_voucher")

    op.drop_table("redemption_voucher")
    op.drop_table("redemption_good")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index("ix_objection_appraisal")

    op.drop_table("objection")
    op.drop_table("meeting")
    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.drop_index("ix_leg_source")
        batch_op.drop_index("ix_leg_destination")

    op.drop_table("leg")
    with op.batch_alter_table("deed", schema=None) as batch_op:
        batch_op.drop_index("ix_deed_village")
        batch_op.drop_index("ix_deed_household")

    op.drop_table("deed")
    op.drop_table("appraisal_row")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_household")
        batch_op.drop_index("ix_voucher_batch")

    op.drop_table("voucher")
    op.drop_table("rule")
    op.drop_table("member")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_good")

    op.drop_table("lot")
    op.drop_table("kinship")
    with op.batch_alter_table("household_session", schema=None) as batch_op:
        batch_op.drop_index("ix_household_session_household")

    op.drop_table("household_session")
    op.drop_table("entry")
    op.drop_table("appraisal")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index("ix_account_unit")

    op.drop_table("account")
    with op.batch_alter_table("voucher_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_batch_quarter")

    op.drop_table("voucher_batch")
    op.drop_table("stocktake")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_session_staff")

    op.drop_table("staff_session")
    op.drop_table("signing_key")
    op.drop_table("rule_version")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index("ix_role_grant_place")

    op.drop_table("role_grant")
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.drop_index("ix_redemption_at")

    op.drop_table("redemption")
    op.drop_table("household")
    op.drop_table("good")
    op.drop_table("book")
    op.drop_table("staff")
    op.drop_table("sign_in_throttle")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index("ix_place_parent")
        batch_op.drop_index("ix_place_market")

    op.drop_table("place")
    op.drop_table("market")
    op.drop_table("installation")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change")
