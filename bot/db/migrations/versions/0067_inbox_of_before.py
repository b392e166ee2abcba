"""The inbox knows what was there before it: filled in by batches, each its own transaction, so that nobody waits; then its indexes.

Newer messages are noted by the triggers meanwhile. Safe to begin again where it was cut off.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

BATCH = 5_000  # rows: about a second

# name, table, columns, and what else PostgreSQL is told
_INDEXES: tuple[tuple[str, str, list[str], dict[str, Any]], ...] = (
    ("ix_service_requests_stems", "service_requests", ["stems"], {"postgresql_using": "gin"}),
    ("ix_service_requests_department", "service_requests", ["department", "status"], {}),
    ("ix_service_requests_neighborhood", "service_requests", ["neighborhood", "status"], {}),
    ("ix_service_requests_channel", "service_requests", ["channel", "status"], {}),
    ("ix_service_requests_language", "service_requests", ["language", "status"], {}),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _by_batches(
            "service_requests",
            "SELECT cityline_note_request(id) FROM service_requests WHERE id > :after AND id <= :until AND stems IS NULL",
        )
        _by_batches(
            "messages",
            "INSERT INTO message_stems (message_id, conversation_id, stems) "
            "SELECT id, conversation_id, cityline_stems(left(body, 20000)) FROM messages "
            "WHERE id > :after AND id <= :until AND author <> 'bot' AND body <> '' ON CONFLICT DO NOTHING",
        )
        for name, table, columns, more in _INDEXES:
            # What was cut off halfway is made anew: PostgreSQL leaves such an index behind, and never uses it.
            op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=True, **more)


def _by_batches(table: str, statement: str) -> None:
    connection = op.get_bind()
    last = connection.scalar(sa.text(f"SELECT max(id) FROM {table}")) or 0  # noqa: S608 - a name of ours
    for after in range(0, last, BATCH):
        connection.execute(sa.text(statement), {"after": after, "until": after + BATCH})


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
