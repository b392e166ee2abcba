"""What staff changed of the city's pack and of some settings, with all that was there before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_edits",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("file", sa.String(32), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("patch", JSONB(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("edited_by", sa.String(80), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_city_edits"),
    )
    op.create_index("ix_city_edits_newest", "city_edits", ["file", "entry", "id"])


def downgrade() -> None:
    op.drop_table("city_edits")
