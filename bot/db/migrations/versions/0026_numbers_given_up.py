"""Numbers that their owner gave up: since when, and which days' lists of them were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("uq_contacts_channel_address", "contacts")
    op.create_index(
        "uq_contacts_address",
        "contacts",
        ["channel", "address"],
        unique=True,
        postgresql_where=sa.text("given_up_at IS NULL"),
    )
    op.create_table(
        "number_lists",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.String(length=16), nullable=True),
        sa.Column("given_up", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("day", name="pk_number_lists"),
    )


def downgrade() -> None:
    op.drop_table("number_lists")
    op.drop_index("uq_contacts_address", "contacts")
    # An address is one contact's again: that of a number which was given up leads to nobody, and nobody is texted there.
    op.execute(
        "UPDATE contacts SET address = 'given-up:' || id, opted_out_at = coalesce(opted_out_at, given_up_at), "
        "opted_out_why = coalesce(opted_out_why, 'blocked') WHERE given_up_at IS NOT NULL"
    )
    op.create_unique_constraint("uq_contacts_channel_address", "contacts", ["channel", "address"])
    op.drop_column("contacts", "given_up_at")
