"""Whether staff have cleared a resident's photo for the public page of its request. Nothing is cleared to begin with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "request_photos",
        sa.Column("cleared", sa.Boolean(), server_default="false", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("request_photos", "cleared")
