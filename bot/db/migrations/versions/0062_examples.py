"""What reviewers taught, and the trainings with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "examples",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id")),
        sa.Column("message_id", sa.BigInteger(), sa.ForeignKey("messages.id")),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("taken_for", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(80)),
        sa.Column("decided_at", _MOMENT),
        sa.Column("trained_at", _MOMENT),
    )
    op.create_index("ix_examples_conversation_id", "examples", ["conversation_id"])
    op.create_index("ix_examples_message_id", "examples", ["message_id"])
    op.create_index("ix_examples_state", "examples", ["state", "id"])
    op.create_table(
        "trainings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("report", JSONB()),
    )


def downgrade() -> None:
    op.drop_table("trainings")
    op.drop_table("examples")
