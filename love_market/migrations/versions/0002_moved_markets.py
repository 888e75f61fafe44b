"""A market that moved to another database says where to, and its book here stands still."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("market", sa.Column("moved_to", sa.String(length=200), nullable=True))
    # Spelled out, because SQLite adds a column with its check in place and would copy the table for anything else.
    op.execute(
        "ALTER TABLE book ADD COLUMN closed_number BIGINT "
        "CONSTRAINT ck_book_closed CHECK (closed_number IS NULL OR head_number = closed_number)"
    )


def downgrade() -> None:
    op.drop_column("book", "closed_number")
    op.drop_column("market", "moved_to")
