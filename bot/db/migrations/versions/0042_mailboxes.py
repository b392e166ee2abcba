"""Mail to the mailboxes of departments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("request_id", sa.BigInteger(), sa.ForeignKey("service_requests.id"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("update_id", sa.BigInteger(), sa.ForeignKey("updates.id")),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.String(16)),
        sa.Column("detail", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("update_id", name="uq_mailbox_mails_update_id"),
    )
    op.create_index("ix_mailbox_mails_request_id", "mailbox_mails", ["request_id"])
    op.create_index(
        "ix_mailbox_mails_under_way",
        "mailbox_mails",
        ["next_try_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )


def downgrade() -> None:
    op.drop_table("mailbox_mails")
