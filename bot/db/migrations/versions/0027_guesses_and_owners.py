"""Wrong link codes outlive the conversation that sent them, for the day in which they count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("link_tries", "conversation_id", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM link_tries WHERE conversation_id IS NULL")
    op.alter_column("link_tries", "conversation_id", existing_type=sa.BigInteger(), nullable=False)
