"""Slips of the blackout pad that wait: as many as there are, however many there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('again', 'once', 'differs', 'waiting')")


def upgrade() -> None:
    op.create_index("ix_slip_open", "slip", ["market_id", "number"], postgresql_where=_OPEN, sqlite_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_slip_open", table_name="slip")
