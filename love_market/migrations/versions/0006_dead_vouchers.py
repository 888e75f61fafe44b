"""An index of the vouchers that are used up or void while their paper still looks good."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DEAD = text("state IN ('spent', 'lapsed', 'void')")


def upgrade() -> None:
    op.create_index(
        "ix_voucher_dead", "voucher", ["market_id", "expires_on"], postgresql_where=_DEAD, sqlite_where=_DEAD
    )


def downgrade() -> None:
    op.drop_index("ix_voucher_dead", "voucher", postgresql_where=_DEAD, sqlite_where=_DEAD)
