"""When a resident first said of a request that it cannot wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_requests", sa.Column("urgent_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("service_requests", "urgent_at")
