"""What is counted for managers, by day and month, and what it is counted from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None

_WITHIN = {
    "turns": ("1", "2", "3", "4", "5", "6", "7", "8", "later"),
    "minutes": ("1", "2", "3", "5", "10", "30", "60", "1440", "later"),
    "word": ("1", "2", "4", "8", "24", "48", "72", "168", "336", "720", "later"),
    "end": ("4", "8", "24", "48", "72", "120", "168", "336", "720", "1440", "later"),
}
_COUNTS = (
    *("filed", "by_text", "with_photo", "service_corrected", "place_corrected"),
    *(f"{name}_{most}" for name in ("turns", "minutes", "word") for most in _WITHIN[name]),
    *("done", "ended_otherwise", "promised", "kept", "reopened"),
    *(f"end_{most}" for most in _WITHIN["end"]),
    *("fixed", "not_fixed", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"),
)


def upgrade() -> None:
    op.add_column("turns", sa.Column("open_question", sa.String(80)))
    op.add_column("messages", sa.Column("segments", sa.Integer()))
    op.add_column("messages", sa.Column("pictures", sa.Integer()))
    op.create_table(
        "request_figures",
        sa.Column("span", sa.String(5), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("service_code", sa.String(64), primary_key=True),
        sa.Column("neighborhood", sa.Text(), primary_key=True),
        sa.Column("department", sa.Text(), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTS),
    )
    op.create_table(
        "talk_figures",
        sa.Column("span", sa.String(5), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "place_figures",
        sa.Column("span", sa.String(5), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("service_code", sa.String(64), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("column", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "figures_counted",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False, server_default="1"),
        sa.Column("through", sa.Date()),
        sa.Column("today_at", sa.DateTime(timezone=True)),
        sa.Column("counted_ids", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("seen_ids", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def downgrade() -> None:
    for name in ("figures_counted", "place_figures", "talk_figures", "request_figures"):
        op.drop_table(name)
    op.drop_column("messages", "pictures")
    op.drop_column("messages", "segments")
    op.drop_column("turns", "open_question")
