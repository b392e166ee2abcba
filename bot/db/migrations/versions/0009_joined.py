"""Joins the two ends of the chain, which both follow 0003. Goes as soon as they follow each other."""

from __future__ import annotations

revision = "0009_joined"
down_revision = ("0004", "0009")
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: both ends stand by themselves."""


def downgrade() -> None:
    """Nothing."""
