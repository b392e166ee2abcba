"""What each turn was understood as."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a default: no row is written anew, and no turn waits for it.
    op.add_column("turns", sa.Column("understood", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("turns", "understood")
