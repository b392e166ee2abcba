"""Mail to staff: where they want it and what of, and each mail with what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("staff", sa.Column("language", sa.String(length=8), nullable=True))
    for name in ("wants_late", "wants_week"):
        op.add_column("staff", sa.Column(name, sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "staff_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=16), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_mails_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_mails"),
        sa.UniqueConstraint("staff_id", "topic", "day", name="uq_staff_mails_staff_id_topic_day"),
    )
    op.create_index(
        "ix_staff_mails_under_way",
        "staff_mails",
        ["next_try_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )


def downgrade() -> None:
    op.drop_table("staff_mails")
    for name in ("wants_week", "wants_late", "language", "email"):
        op.drop_column("staff", name)
