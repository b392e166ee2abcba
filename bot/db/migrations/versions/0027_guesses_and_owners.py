"""Wrong link codes outlive the conversation that sent them, for the day in which they count; whose number is still theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("link_tries", "conversation_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("contacts", sa.Column("still_theirs_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("contacts", "still_theirs_at")
    op.execute("DELETE FROM link_tries WHERE conversation_id IS NULL")
    op.alter_column("link_tries", "conversation_id", existing_type=sa.BigInteger(), nullable=False)
