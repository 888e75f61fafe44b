"""Deeds that households claim and two people review, looks of photos, informants, grid workers' grids."""

import sqlalchemy as sa
from alembic import op

from love_market.db import Id, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TELLER = "(recorded_by IS NULL) <> (claimant_id IS NULL)"


def upgrade() -> None:
    op.add_column("household", sa.Column("is_informant", sa.Boolean(), nullable=True))
    op.add_column("role_grant", sa.Column("grid_name", sa.String(length=30), nullable=True))
    _put_photos_aside()
    with op.batch_alter_table("deed") as deed:
        deed.alter_column("recorded_by", existing_type=Id(), nullable=True)
        deed.add_column(sa.Column("claimant_id", Id(), nullable=True))
        deed.add_column(sa.Column("again_of", Id(), nullable=True))
        deed.add_column(sa.Column("sound_sha256", sa.String(length=64), nullable=True))
        deed.add_column(sa.Column("sound_kind", sa.String(length=5), nullable=True))
        deed.add_column(sa.Column("first_reviewed_by", Id(), nullable=True))
        deed.add_column(sa.Column("first_reviewed_at", Instant(), nullable=True))
        deed.create_check_constraint(op.f("ck_deed_teller"), _TELLER)
        deed.create_foreign_key("fk_deed_claimant", "household", ["market_id", "claimant_id"], ["market_id", "id"])
        deed.create_foreign_key("fk_deed_again_of", "deed", ["market_id", "again_of"], ["market_id", "id"])
        deed.create_foreign_key("fk_deed_first_reviewer", "staff", ["first_reviewed_by"], ["id"])
    op.create_index("ix_deed_claimant", "deed", ["market_id", "claimant_id", "recorded_at"])
    _take_photos_back()
    op.add_column("deed_photo", sa.Column("looks", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("deed_photo", "looks")
    _put_photos_aside()
    op.drop_index("ix_deed_claimant", "deed")
    with op.batch_alter_table("deed") as deed:
        deed.drop_constraint("fk_deed_first_reviewer", type_="foreignkey")
        deed.drop_constraint("fk_deed_again_of", type_="foreignkey")
        deed.drop_constraint("fk_deed_claimant", type_="foreignkey")
        deed.drop_constraint(op.f("ck_deed_teller"), type_="check")
        for name in (
            "first_reviewed_at", "first_reviewed_by", "sound_kind", "sound_sha256", "again_of", "claimant_id"
        ):  # fmt: skip
            deed.drop_column(name)
        deed.alter_column("recorded_by", existing_type=Id(), nullable=False)
    _take_photos_back()
    op.drop_column("role_grant", "grid_name")
    op.drop_column("household", "is_informant")


def _put_photos_aside() -> None:
    """While SQLite makes the table of deeds anew, no row may point at it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TEMPORARY TABLE photos_aside AS SELECT * FROM deed_photo")
        op.execute("DELETE FROM deed_photo")


def _take_photos_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO deed_photo SELECT * FROM photos_aside")
        op.execute("DROP TABLE photos_aside")
