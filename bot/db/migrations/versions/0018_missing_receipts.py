"""When a text without a receipt is asked about. What was sent before is left as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("receipt_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_messages_unconfirmed",
        "messages",
        ["receipt_due_at"],
        postgresql_where=sa.text("receipt_due_at IS NOT NULL AND state = 'sent'"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_unconfirmed", table_name="messages")
    op.drop_column("messages", "receipt_due_at")
