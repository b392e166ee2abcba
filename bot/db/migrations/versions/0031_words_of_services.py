"""Words of staff for requests of one service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wordings", sa.Column("service_code", sa.String(64), server_default="", nullable=False))
    op.drop_index("ix_wordings_newest", "wordings")
    op.create_index("ix_wordings_newest", "wordings", ["key", "language", "service_code", "id"])


def downgrade() -> None:
    # Without the column they would be said of everything.
    op.execute("DELETE FROM wordings WHERE service_code <> ''")
    op.drop_index("ix_wordings_newest", "wordings")
    op.create_index("ix_wordings_newest", "wordings", ["key", "language", "id"])
    op.drop_column("wordings", "service_code")
