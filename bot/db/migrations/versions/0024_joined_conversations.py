"""Conversations of one person, and the one-time codes that join them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
    )
    op.add_column("conversations", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_conversations_person_id_persons", "conversations", "persons", ["person_id"], ["id"]
    )
    op.create_index("ix_conversations_person_id", "conversations", ["person_id"])
    op.create_table(
        "link_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_link_codes_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_codes"),
        sa.UniqueConstraint("code_hash", name="uq_link_codes_code_hash"),
    )
    op.create_index("ix_link_codes_conversation_id", "link_codes", ["conversation_id"])
    op.create_index("ix_link_codes_expires_at", "link_codes", ["expires_at"])
    op.create_table(
        "link_tries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_link_tries_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_tries"),
        sa.UniqueConstraint("conversation_id", "turn_id", name="uq_link_tries_conversation_id_turn_id"),
    )
    op.create_index("ix_link_tries_of_conversation", "link_tries", ["conversation_id", "at"])
    op.create_index("ix_link_tries_at", "link_tries", ["at"])


def downgrade() -> None:
    op.drop_table("link_tries")
    op.drop_table("link_codes")
    op.drop_index("ix_conversations_person_id", "conversations")
    op.drop_constraint("fk_conversations_person_id_persons", "conversations")
    op.drop_column("conversations", "person_id")
    op.drop_table("persons")
