"""Whether somebody of staff wants mail of what residents added to requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("wants_added", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "wants_added")
