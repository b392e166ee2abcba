"""What staff show of a request: a summary in their own words on its public page, and its line on the city's page.

Nothing is shown to begin with.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service_requests", sa.Column("public_summary", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("service_requests", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_service_requests_listed",
        "service_requests",
        ["id"],
        postgresql_where=sa.text("listed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_service_requests_fixed",
        "service_requests",
        ["ended_at"],
        postgresql_where=sa.text("resolution = 'fixed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_service_requests_fixed", "service_requests")
    op.drop_index("ix_service_requests_listed", "service_requests")
    op.drop_column("service_requests", "listed_at")
    op.drop_column("service_requests", "public_summary")
