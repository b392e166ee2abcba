"""Requests and their records in other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("system", sa.String(16), nullable=False),
        sa.Column("request_id", sa.BigInteger(), sa.ForeignKey("service_requests.id"), nullable=False),
        sa.Column("remote_id", sa.Text()),
        sa.Column("remote_number", sa.Text(), server_default="", nullable=False),
        sa.Column("record_count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("pending_since", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("agreed", JSONB(), server_default="{}", nullable=False),
        sa.Column("pushed", JSONB(), server_default="{}", nullable=False),
        sa.Column("seen", JSONB(), server_default="{}", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("failure", sa.String(16)),
        sa.Column("exchanged_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("system", "request_id", name="uq_sync_links_system_request_id"),
        sa.UniqueConstraint("system", "remote_id", name="uq_sync_links_system_remote_id"),
    )
    op.create_index("ix_sync_links_request_id", "sync_links", ["request_id"])
    op.create_index(
        "ix_sync_links_pending",
        "sync_links",
        ["pending_since"],
        postgresql_where=sa.text("pending_since IS NOT NULL"),
    )
    op.create_table(
        "sync_systems",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("read_until", JSONB(), server_default="{}", nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.String(16)),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sync_systems")
    op.drop_table("sync_links")
