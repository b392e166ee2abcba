"""Whether somebody of staff wants mail of what residents say is not fixed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("wants_not_fixed", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "wants_not_fixed")
