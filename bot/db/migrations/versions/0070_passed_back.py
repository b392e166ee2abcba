"""A crew passes a request back: it is nobody's work until it is given to somebody again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_requests", sa.Column("passed_back_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("service_requests", "passed_back_at")
