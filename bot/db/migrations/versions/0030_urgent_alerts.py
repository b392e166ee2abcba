"""Whether a known problem is told at night, and who ended it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("urgent", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("alerts", sa.Column("ended_by", sa.String(80)))


def downgrade() -> None:
    op.drop_column("alerts", "ended_by")
    op.drop_column("alerts", "urgent")
