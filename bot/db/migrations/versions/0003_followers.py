"""Followers of a request, requests joined into one, and requests that are nowhere on the map."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Literal, as in the query that uses it: see bot/cases/duplicates.py.
ACTIVE = "status IN ('open', 'in_progress', 'on_hold') AND lat IS NOT NULL"


def upgrade() -> None:
    op.alter_column("service_requests", "lat", existing_type=sa.Float(), nullable=True)
    op.alter_column("service_requests", "lon", existing_type=sa.Float(), nullable=True)
    op.alter_column("service_requests", "location_kind", existing_type=sa.String(length=16), nullable=True)
    op.add_column("service_requests", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_service_requests_merged_into_id_service_requests"),
        "service_requests",
        "service_requests",
        ["merged_into_id"],
        ["id"],
    )
    op.create_index(
        "ix_service_requests_near",
        "service_requests",
        [sa.text("point(lon, lat)")],
        postgresql_using="gist",
        postgresql_where=sa.text(ACTIVE),
    )
    op.create_index(
        "ix_service_requests_merged",
        "service_requests",
        ["merged_into_id"],
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.add_column(
        "subscribers", sa.Column("origin", sa.String(length=16), server_default="filed", nullable=False)
    )
    op.add_column("subscribers", sa.Column("words", sa.Text(), server_default="", nullable=False))
    op.add_column("subscribers", sa.Column("place_text", sa.Text(), server_default="", nullable=False))
    op.add_column("subscribers", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("subscribers", sa.Column("lat", sa.Float(), nullable=True))
    op.add_column("subscribers", sa.Column("lon", sa.Float(), nullable=True))
    op.add_column("request_photos", sa.Column("conversation_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_request_photos_conversation_id_conversations"),
        "request_photos",
        "conversations",
        ["conversation_id"],
        ["id"],
    )


def downgrade() -> None:
    """A request that is nowhere goes back to the null island: the older schema has no word for it."""
    op.drop_column("request_photos", "conversation_id")
    for column in ("lon", "lat", "address", "place_text", "words", "origin"):
        op.drop_column("subscribers", column)
    op.drop_index("ix_service_requests_merged", table_name="service_requests")
    op.drop_index("ix_service_requests_near", table_name="service_requests")
    op.drop_column("service_requests", "merged_into_id")
    op.execute("UPDATE service_requests SET lat = 0, lon = 0, location_kind = 'pin' WHERE lat IS NULL")
    for column in ("lat", "lon"):
        op.alter_column("service_requests", column, existing_type=sa.Float(), nullable=False)
    op.alter_column("service_requests", "location_kind", existing_type=sa.String(length=16), nullable=False)
