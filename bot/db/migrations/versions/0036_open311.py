"""Keys of other systems, what they file by Open311, and additions that came by no conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036"
down_revision = "0034"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rights", JSONB(), nullable=False),
        sa.Column("media_hosts", JSONB(), server_default="[]", nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("minute", _MOMENT, nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
        sa.UniqueConstraint("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_table(
        "open311_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_open311_reports"),
        sa.UniqueConstraint("request_id", name="uq_open311_reports_request_id"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name="fk_open311_reports_request_id_service_requests"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name="fk_open311_reports_key_id_api_keys"),
    )
    op.create_index("ix_open311_reports_same", "open311_reports", ["key_id", "content_hash"])
    op.create_index("ix_open311_reports_email", "open311_reports", ["email"])
    op.create_index("ix_open311_reports_phone", "open311_reports", ["phone"])
    op.create_table(
        "open311_photos",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("refusal", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_open311_photos"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_requests.id"], name="fk_open311_photos_request_id_service_requests"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name="fk_open311_photos_key_id_api_keys"),
    )
    op.create_index("ix_open311_photos_request_id", "open311_photos", ["request_id"])
    op.create_index(
        "ix_open311_photos_waiting",
        "open311_photos",
        ["created_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_updates_created_at", "updates", ["created_at"])
    op.alter_column("additions", "conversation_id", nullable=True)
    op.add_column("additions", sa.Column("key_id", sa.BigInteger(), nullable=True))
    op.add_column("additions", sa.Column("idempotency_key", sa.Text(), nullable=True))
    op.create_foreign_key("fk_additions_key_id_api_keys", "additions", "api_keys", ["key_id"], ["id"])
    op.create_unique_constraint("uq_additions_idempotency_key", "additions", ["idempotency_key"])


def downgrade() -> None:
    # Without its key nobody could tell whose words they are.
    op.execute("DELETE FROM additions WHERE conversation_id IS NULL")
    op.drop_constraint("uq_additions_idempotency_key", "additions")
    op.drop_constraint("fk_additions_key_id_api_keys", "additions")
    op.drop_column("additions", "idempotency_key")
    op.drop_column("additions", "key_id")
    op.alter_column("additions", "conversation_id", nullable=False)
    op.drop_index("ix_updates_created_at", "updates")
    op.drop_table("open311_photos")
    op.drop_table("open311_reports")
    op.drop_table("api_keys")
