"""Indexes of what is counted by day. They are made beside the work: nobody's text waits for them.

By itself, since nothing takes it back where it is cut off: it can be run again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

# name, table, columns, and what else PostgreSQL is told
_INDEXES: tuple[tuple[str, str, list[str], dict[str, Any]], ...] = (
    ("ix_turns_created_at", "turns", ["created_at"], {}),
    ("ix_messages_created_at", "messages", ["created_at"], {}),
    ("ix_service_requests_filed", "service_requests", ["created_at"], {}),
    (
        "ix_service_requests_ended",
        "service_requests",
        ["ended_at"],
        {"postgresql_where": sa.text("ended_at IS NOT NULL")},
    ),
    ("ix_feedback_created_at", "feedback", ["created_at"], {}),
    (
        "ix_feedback_comments",
        "feedback",
        ["created_at", "id"],
        {"postgresql_where": sa.text("comment IS NOT NULL")},
    ),
    (
        "ix_audit_person_asked",
        "audit",
        ["at"],
        {"postgresql_where": sa.text("action = 'conversation.person_asked'")},
    ),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table, columns, more in _INDEXES:
            # What was cut off halfway is made anew: PostgreSQL leaves such an index behind, and never uses it.
            op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=True, **more)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
