"""What staff put right of a request: what it is about in their words, and in its history what stood there before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service_requests", sa.Column("staff_description", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("updates", sa.Column("corrected", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column("updates", "corrected")
    op.drop_column("service_requests", "staff_description")
