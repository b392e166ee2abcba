"""One change of several requests in one go, with what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("chosen", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("key", name="uq_batches_key"),
    )
    op.create_table(
        "batch_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column(
            "batch_id", sa.BigInteger(), sa.ForeignKey("batches.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("request_id", sa.BigInteger(), sa.ForeignKey("service_requests.id"), nullable=False),
        sa.Column("update_id", sa.BigInteger()),
        sa.Column("before", JSONB(), server_default="{}", nullable=False),
        sa.Column("problem", sa.String(32), server_default="", nullable=False),
        sa.Column("undone", sa.String(32), server_default="", nullable=False),
        sa.UniqueConstraint("batch_id", "request_id", name="uq_batch_steps_batch_id_request_id"),
    )


def downgrade() -> None:
    op.drop_table("batch_steps")
    op.drop_table("batches")
