"""Whether what a resident added is a question to staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("additions", sa.Column("asks", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("additions", "asks")
