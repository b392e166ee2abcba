"""Why and since when a contact cannot be texted, and which conversations told of danger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("opted_out_why", sa.String(length=16), nullable=True))
    op.add_column("contacts", sa.Column("disowned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contacts", sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contacts", sa.Column("unreachable_why", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("danger_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("conversations", "danger_at")
    for column in ("unreachable_why", "unreachable_at", "disowned_at", "opted_out_why"):
        op.drop_column("contacts", column)
