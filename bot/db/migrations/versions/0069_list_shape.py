"""How somebody of staff wants the list of requests to look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("list_shape", ARRAY(sa.String(16)), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "list_shape")
