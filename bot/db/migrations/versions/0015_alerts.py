"""Known outages and works in an area, told to who has reported there and to who reports there next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("service_codes", JSONB(), server_default="[]", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("radius", sa.Integer()),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index(None, "alerts", ["until"])
    op.add_column("service_requests", sa.Column("alert_id", sa.BigInteger(), sa.ForeignKey("alerts.id")))
    op.create_index(None, "service_requests", ["alert_id"])


def downgrade() -> None:
    op.drop_column("service_requests", "alert_id")
    op.drop_table("alerts")
