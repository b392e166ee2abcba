"""Reminders of what is not answered, follow-ups of what ended long ago, and requests a resident does not want to hear of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("update_id", sa.BigInteger(), sa.ForeignKey("updates.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("update_id", "conversation_id"),
    )
    op.create_index(None, "reminders", ["conversation_id"])
    op.add_column(
        "conversations", sa.Column("report_open", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index(
        "ix_conversations_report_open",
        "conversations",
        ["last_message_at"],
        postgresql_where=sa.text("report_open"),
    )
    op.add_column("subscribers", sa.Column("muted_at", sa.DateTime(timezone=True)))
    op.add_column(
        "service_requests",
        sa.Column("follow_up_of_id", sa.BigInteger(), sa.ForeignKey("service_requests.id")),
    )
    op.create_index(None, "service_requests", ["follow_up_of_id"])


def downgrade() -> None:
    op.drop_column("service_requests", "follow_up_of_id")
    op.drop_column("subscribers", "muted_at")
    op.drop_index("ix_conversations_report_open", "conversations")
    op.drop_column("conversations", "report_open")
    op.drop_table("reminders")
