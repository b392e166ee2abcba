"""Why a message did not go out, until when an attempt may still be under way, and receipts of its parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("failure", sa.String(length=16), nullable=True))
    op.add_column("messages", sa.Column("faults", sa.Integer(), server_default="0", nullable=False))
    op.add_column("messages", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("receipts", sa.Column("provider_id", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("receipts", "provider_id")
    for column in ("lease_until", "queued_at", "faults", "failure"):
        op.drop_column("messages", column)
