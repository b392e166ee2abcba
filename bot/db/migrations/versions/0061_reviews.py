"""What staff search conversations by, what they reviewed, and their notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "installation", sa.Column("facts_upto", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_table(
        "conversation_facts",
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("question", sa.String(32)),
        sa.Column("service", sa.String(64)),
        sa.Column("marks", ARRAY(sa.Text()), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("look_again_at", _MOMENT),
        sa.Column("reviewed_upto", sa.BigInteger()),
        sa.Column("reviewed_at", _MOMENT),
        sa.Column("reviewed_by", sa.BigInteger(), sa.ForeignKey("staff.id")),
        sa.Column("flagged_at", _MOMENT),
        sa.Column("flagged_by", sa.BigInteger(), sa.ForeignKey("staff.id")),
        sa.Column("tags", ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    # The worker fills it by and by (bot.conversation.review.facts): nothing waits for that here.
    op.create_index("ix_conversation_facts_last", "conversation_facts", ["last_at", "conversation_id"])
    op.create_index("ix_conversation_facts_marks", "conversation_facts", ["marks"], postgresql_using="gin")
    op.create_index(
        "ix_conversation_facts_worth",
        "conversation_facts",
        ["score", "last_at", "conversation_id"],
        postgresql_where=sa.text("score > 0"),
    )
    op.create_index(
        "ix_conversation_facts_again",
        "conversation_facts",
        ["look_again_at"],
        postgresql_where=sa.text("look_again_at IS NOT NULL"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_reviews_conversation_id", "reviews", ["conversation_id"])
    op.create_index("ix_reviews_at", "reviews", ["at"])
    op.create_table(
        "review_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("message_id", sa.BigInteger(), sa.ForeignKey("messages.id")),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_review_notes_conversation_id", "review_notes", ["conversation_id"])
    # Residents answer while it is made.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_feedback_conversation_id",
            "feedback",
            ["conversation_id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_feedback_conversation_id", "feedback")
    op.drop_table("review_notes")
    op.drop_table("reviews")
    op.drop_table("conversation_facts")
    op.drop_column("installation", "facts_upto")
