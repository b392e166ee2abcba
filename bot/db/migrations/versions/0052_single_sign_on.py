"""Who of staff logs in by the city's identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("oidc_subject", sa.String(length=255), nullable=True))
    op.create_unique_constraint("uq_staff_oidc_subject", "staff", ["oidc_subject"])


def downgrade() -> None:
    op.drop_constraint("uq_staff_oidc_subject", "staff")
    op.drop_column("staff", "oidc_subject")
