"""Photos that staff turned, or on which they covered faces and plates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photos", sa.Column("covered_by_id", sa.BigInteger()))
    op.add_column("photos", sa.Column("edit", JSONB()))
    # No row has one yet, so nothing is read while the table is locked.
    op.execute(
        "ALTER TABLE photos ADD CONSTRAINT fk_photos_covered_by_id_photos"
        " FOREIGN KEY (covered_by_id) REFERENCES photos (id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE photos VALIDATE CONSTRAINT fk_photos_covered_by_id_photos")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_photos_covered_by"
            " ON photos (covered_by_id) WHERE covered_by_id IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_column("photos", "edit")
    op.drop_column("photos", "covered_by_id")
