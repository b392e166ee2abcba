"""A second step of the login, its recovery codes, and logins that their owner can tell apart and end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_recovery_codes_staff_id_staff"),
        sa.UniqueConstraint("staff_id", "code_hash", name="uq_recovery_codes_staff_id_code_hash"),
    )
    # The table holds the logins of a day: it is rewritten in no time.
    op.add_column("staff_sessions", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False))
    op.create_unique_constraint("uq_staff_sessions_id", "staff_sessions", ["id"])
    op.add_column(
        "staff_sessions", sa.Column("browser", sa.String(length=60), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("staff_sessions", "browser")
    op.drop_constraint("uq_staff_sessions_id", "staff_sessions")
    op.drop_column("staff_sessions", "id")
    op.drop_table("recovery_codes")
    op.drop_column("staff", "totp_step")
    op.drop_column("staff", "totp_secret")
