"""What failed and why stands on the row; what the engine took; what could not be stored; a queue for each kind of work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Work that was waiting under the one queue of older releases.
MOVED = """
DO $$ BEGIN
    IF to_regclass('procrastinate_jobs') IS NOT NULL THEN
        UPDATE procrastinate_jobs
        SET queue_name = CASE task_name WHEN 'take_turn' THEN 'turns' WHEN 'deliver' THEN 'deliveries' ELSE 'media' END
        WHERE queue_name = 'conversations';
    END IF;
END $$
"""


def upgrade() -> None:
    for table in ("turns", "media"):
        op.add_column(table, sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("failure", sa.String(length=16), nullable=True))
        op.add_column(table, sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("turns", sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_turns_parked", "turns", ["parked_at"], postgresql_where=sa.text("parked_at IS NOT NULL")
    )
    op.add_column("media", sa.Column("turn_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_media_turn_id_turns"), "media", "turns", ["turn_id"], ["id"])
    op.add_column("conversations", sa.Column("wants_person_why", sa.String(length=16), nullable=True))
    op.create_table(
        "taken_turns",
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("replies", postgresql.JSONB(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", "turn_id", name=op.f("pk_taken_turns")),
    )
    op.create_index(op.f("ix_taken_turns_taken_at"), "taken_turns", ["taken_at"])
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.execute(MOVED)


def downgrade() -> None:
    op.drop_table("set_aside")
    op.drop_table("taken_turns")
    op.drop_column("conversations", "wants_person_why")
    op.drop_column("media", "turn_id")
    op.drop_column("turns", "parked_at")
    for table in ("turns", "media"):
        for column in ("reason", "failure", "attempts"):
            op.drop_column(table, column)
