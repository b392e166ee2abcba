"""Where a contact reached us last, and sizes of files that pass 32 bits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("our_end", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.alter_column("media", "size", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade() -> None:
    """A file larger than the older column holds was refused for its size: the number goes, the row stays."""
    op.execute("UPDATE media SET size = NULL WHERE size > 2147483647")
    op.alter_column("media", "size", existing_type=sa.BigInteger(), type_=sa.Integer())
    op.drop_column("contacts", "our_end")
