"""Danger that was told, who acknowledged it, whom it was mailed to, and who wants to hear it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

SOUNDS = ("wants_danger", "hears_danger", "hears_waiting")


def upgrade() -> None:
    op.create_table(
        "dangers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.BigInteger(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), sa.ForeignKey("turns.id"), nullable=False),
        sa.Column("crisis", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_by", sa.BigInteger(), sa.ForeignKey("staff.id")),
        sa.Column("escalated_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_dangers_conversation_id", "dangers", ["conversation_id"])
    nobodys = sa.text("acknowledged_at IS NULL")
    op.create_index("uq_dangers_open", "dangers", ["conversation_id"], unique=True, postgresql_where=nobodys)
    op.create_index("ix_dangers_told_at", "dangers", ["told_at"], postgresql_where=nobodys)
    op.create_table(
        "danger_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("danger_id", sa.BigInteger(), sa.ForeignKey("dangers.id"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.String(16)),
        sa.Column("detail", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("danger_id", "staff_id", name="uq_danger_mails_danger_id_staff_id"),
    )
    op.create_index(
        "ix_danger_mails_under_way",
        "danger_mails",
        ["next_try_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    for name in SOUNDS:
        op.add_column("staff", sa.Column(name, sa.Boolean(), server_default="true", nullable=False))
    op.execute(
        "CREATE FUNCTION cityline_changed_danger() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN PERFORM cityline_changed((SELECT array_agg(DISTINCT topic) FROM ("
        "SELECT 'd' AS topic UNION ALL SELECT 'c' || conversation_id FROM changed) AS told)); RETURN NULL; END $$"
    )
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER cityline_changed_{event.lower()} AFTER {event} ON dangers "
            "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cityline_changed_danger()"
        )


def downgrade() -> None:
    for name in SOUNDS:
        op.drop_column("staff", name)
    op.drop_table("danger_mails")
    op.drop_table("dangers")
    op.execute("DROP FUNCTION cityline_changed_danger()")
