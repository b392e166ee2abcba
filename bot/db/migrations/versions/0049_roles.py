"""Five roles, accounts that see their own department alone, and whose a photo is without reading the table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff", sa.Column("own_department_only", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute("UPDATE staff SET role = 'reviewer' WHERE role = 'viewer'")
    with op.get_context().autocommit_block():
        for table in ("media", "request_photos"):
            op.create_index(
                f"ix_{table}_photo_id", table, ["photo_id"], postgresql_concurrently=True, if_not_exists=True
            )


def downgrade() -> None:
    for table in ("media", "request_photos"):
        op.drop_index(f"ix_{table}_photo_id", table)
    # Those who may change less than an agent may only read again.
    op.execute("UPDATE staff SET role = 'viewer' WHERE role IN ('reviewer', 'crew')")
    op.execute("UPDATE staff SET role = 'agent' WHERE role = 'manager'")
    op.drop_column("staff", "own_department_only")
