"""What a crew has to do, found fast, and forms that were sent later than they were filled in: each counts once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_AT_WORK = "status IN ('open', 'in_progress')"


def upgrade() -> None:
    op.create_table(
        "sent_forms",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_sent_forms_created_at", "sent_forms", ["created_at"])
    with op.get_context().autocommit_block():
        for name, column in (("department", "department"), ("crew", "crew"), ("person", "assignee_id")):
            op.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_service_requests_work_of_{name}"
                f" ON service_requests ({column}, due_on, id) WHERE {_AT_WORK}"
            )


def downgrade() -> None:
    for name in ("department", "crew", "person"):
        op.drop_index(f"ix_service_requests_work_of_{name}", "service_requests")
    op.drop_table("sent_forms")
