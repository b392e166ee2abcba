"""What residents add after the filing as entries of their own, and joins that can be undone.

What was added until now stands below the first description, where nothing tells which line came when: it stays there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "additions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additions")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name=op.f("fk_additions_request_id_service_requests")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_additions_conversation_id_conversations")
        ),
    )
    op.create_index(op.f("ix_additions_request_id"), "additions", ["request_id"])
    op.create_index(op.f("ix_additions_conversation_id"), "additions", ["conversation_id"])
    op.add_column("request_photos", sa.Column("turn_id", sa.BigInteger(), nullable=True))
    op.add_column("notices", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    _create_joins()


def downgrade() -> None:
    """Words that were added go below those that were told first, where the older release keeps them."""
    op.execute(
        """
        UPDATE service_requests r SET description = concat_ws(E'\\n', nullif(r.description, ''), more.words)
        FROM (
            SELECT a.request_id, a.conversation_id, string_agg(a.words, E'\\n' ORDER BY a.created_at, a.id) AS words
            FROM additions a WHERE a.words <> '' GROUP BY a.request_id, a.conversation_id
        ) more
        WHERE more.request_id = r.id AND more.conversation_id = r.conversation_id
        """
    )
    op.execute(
        """
        UPDATE subscribers s SET words = concat_ws(E'\\n', nullif(s.words, ''), more.words)
        FROM (
            SELECT a.request_id, a.conversation_id, string_agg(a.words, E'\\n' ORDER BY a.created_at, a.id) AS words
            FROM additions a WHERE a.words <> '' GROUP BY a.request_id, a.conversation_id
        ) more
        WHERE more.request_id = s.request_id AND more.conversation_id = s.conversation_id AND s.origin <> 'filed'
        """
    )
    op.drop_table("joins")
    op.drop_column("notices", "held_until")
    op.drop_column("request_photos", "turn_id")
    op.drop_table("additions")


def _create_joins() -> None:
    op.create_table(
        "joins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joins")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["service_requests.id"], name=op.f("fk_joins_source_id_service_requests")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["service_requests.id"], name=op.f("fk_joins_target_id_service_requests")
        ),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_joins_update_id_updates")),
    )
    op.create_index(op.f("ix_joins_source_id"), "joins", ["source_id"])
