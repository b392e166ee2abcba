"""Who has a request beside its department: a crew, a person; and in its history, who had it from when on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_requests", sa.Column("crew", sa.Text(), server_default="", nullable=False))
    op.add_column("service_requests", sa.Column("assignee_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_service_requests_assignee_id_staff"), "service_requests", "staff", ["assignee_id"], ["id"]
    )
    op.create_index(
        "ix_service_requests_assignee",
        "service_requests",
        ["assignee_id"],
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.add_column("updates", sa.Column("assignment", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column("updates", "assignment")
    op.drop_index("ix_service_requests_assignee", table_name="service_requests")
    op.drop_constraint(op.f("fk_service_requests_assignee_id_staff"), "service_requests")
    op.drop_column("service_requests", "assignee_id")
    op.drop_column("service_requests", "crew")
