"""Which of the city's questions a turn asked, so that staff see what people want to know and what has no answer yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("asked", sa.String(length=64), nullable=True))
    op.create_index("ix_turns_asked", "turns", ["finished_at"], postgresql_where=sa.text("asked IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_turns_asked", "turns")
    op.drop_column("turns", "asked")
