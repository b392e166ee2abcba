"""Staff who are named in a note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("update_id", sa.BigInteger(), sa.ForeignKey("updates.id"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("update_id", "staff_id", name="uq_mentions_update_id_staff_id"),
    )
    op.create_index("ix_mentions_of_staff", "mentions", ["staff_id", "id"])
    op.create_index(
        "ix_mentions_unseen", "mentions", ["staff_id"], postgresql_where=sa.text("seen_at IS NULL")
    )
    op.add_column("staff", sa.Column("wants_mentioned", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "wants_mentioned")
    op.drop_table("mentions")
