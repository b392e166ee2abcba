"""Erased contacts, the nightly sweep, what machines must have in common, and a throttle of logins that strangers cannot use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("contacts", sa.Column("erased_at", TIME, nullable=True))
    op.add_column("conversations", sa.Column("erasing_asked_at", TIME, nullable=True))
    op.add_column("conversations", sa.Column("forgotten_at", TIME, nullable=True))
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("secret_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("photo_store_id", sa.String(length=64), nullable=True),
        sa.Column("swept_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "login_throttles",
        sa.Column("bucket", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_until", TIME, nullable=True),
        sa.Column("last_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_login_throttles_staff_id_staff")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_login_throttles")),
    )
    op.create_index(op.f("ix_login_throttles_staff_id"), "login_throttles", ["staff_id"])
    op.create_index(op.f("ix_login_throttles_last_at"), "login_throttles", ["last_at"])
    op.drop_column("staff", "failed_logins")
    op.drop_column("staff", "locked_until")


def downgrade() -> None:
    op.add_column("staff", sa.Column("locked_until", TIME, nullable=True))
    op.add_column("staff", sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False))
    op.drop_table("login_throttles")
    op.drop_table("installation")
    op.drop_column("conversations", "forgotten_at")
    op.drop_column("conversations", "erasing_asked_at")
    op.drop_column("contacts", "erased_at")
