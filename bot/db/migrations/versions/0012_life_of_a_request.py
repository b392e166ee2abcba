"""How requests end, by when they are promised, and which updates residents are told of.

Requests that had ended get a resolution: the work of resolved ones was done, also where they were closed after that; other closed
ones were joined with another or declined, which is what "closed" meant until now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Literal, as in the query that uses it: see bot/cases/duplicates.py.
ACTIVE = "status IN ('open', 'in_progress', 'waiting', 'on_hold') AND lat IS NOT NULL"
ACTIVE_BEFORE = "status IN ('open', 'in_progress', 'on_hold') AND lat IS NOT NULL"


def upgrade() -> None:
    _add_to_requests()
    op.add_column("updates", sa.Column("resolution", sa.String(length=16), nullable=True))
    op.add_column("updates", sa.Column("referred_to", sa.Text(), server_default="", nullable=False))
    op.add_column("updates", sa.Column("due_on", sa.Date(), nullable=True))
    op.execute(
        """
        UPDATE service_requests SET
            resolution = CASE WHEN status = 'resolved' THEN 'fixed'
                              WHEN merged_into_id IS NOT NULL THEN 'duplicate'
                              WHEN 'resolved' = (
                                  SELECT u.from_status FROM updates u
                                  WHERE u.request_id = service_requests.id AND u.to_status = 'closed'
                                    AND u.from_status IS DISTINCT FROM u.to_status
                                  ORDER BY u.id DESC LIMIT 1
                              ) THEN 'fixed' ELSE 'will_not_do' END,
            ended_at = updated_at
        WHERE status IN ('resolved', 'closed')
        """
    )
    op.execute(
        """
        UPDATE updates u SET
            resolution = CASE WHEN u.to_status = 'resolved' THEN 'fixed'
                              WHEN r.merged_into_id IS NOT NULL THEN 'duplicate'
                              WHEN u.from_status = 'resolved' THEN 'fixed' ELSE 'will_not_do' END
        FROM service_requests r
        WHERE r.id = u.request_id AND u.to_status IN ('resolved', 'closed')
          AND u.from_status IS DISTINCT FROM u.to_status
        """
    )
    op.create_check_constraint(
        op.f("ck_service_requests_end_has_resolution"),
        "service_requests",
        "(status IN ('resolved', 'closed')) = (resolution IS NOT NULL)",
    )
    _index_near(ACTIVE)
    op.create_index(
        "ix_service_requests_due",
        "service_requests",
        ["due_on"],
        postgresql_where=sa.text("status IN ('open', 'in_progress') AND due_on IS NOT NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_notices_update_id_updates")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_notices_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_notices_turn_id_turns")),
        sa.UniqueConstraint(
            "update_id", "conversation_id", name=op.f("uq_notices_update_id_conversation_id")
        ),
    )
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["conversation_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_notices_turn_id"), "notices", ["turn_id"])


def downgrade() -> None:
    """What waits for the resident is on hold to the older schema; updates that were still to be told are not told."""
    op.drop_table("notices")
    op.drop_index("ix_service_requests_due", table_name="service_requests")
    op.execute("UPDATE service_requests SET status = 'on_hold' WHERE status = 'waiting'")
    op.execute("UPDATE updates SET to_status = 'on_hold' WHERE to_status = 'waiting'")
    op.execute("UPDATE updates SET from_status = 'on_hold' WHERE from_status = 'waiting'")
    _index_near(ACTIVE_BEFORE)
    op.drop_constraint(op.f("ck_service_requests_end_has_resolution"), "service_requests")
    for column in ("due_on", "referred_to", "resolution"):
        op.drop_column("updates", column)
    for column in ("late_told_at", "due_on", "ended_at", "resolution"):
        op.drop_column("service_requests", column)


def _add_to_requests() -> None:
    op.add_column("service_requests", sa.Column("resolution", sa.String(length=16), nullable=True))
    op.add_column("service_requests", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_requests", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("service_requests", sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True))


def _index_near(predicate: str) -> None:
    op.drop_index("ix_service_requests_near", table_name="service_requests")
    op.create_index(
        "ix_service_requests_near",
        "service_requests",
        [sa.text("point(lon, lat)")],
        postgresql_using="gist",
        postgresql_where=sa.text(predicate),
    )
