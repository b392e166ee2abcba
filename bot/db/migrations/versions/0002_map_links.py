"""Map links: one-tap pages on which a resident puts the pin of a report right."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_map_links_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_map_links_token_hash")),
    )
    op.create_index(op.f("ix_map_links_conversation_id"), "map_links", ["conversation_id"], unique=False)


def downgrade() -> None:
    op.drop_table("map_links")
