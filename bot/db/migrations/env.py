"""Alembic's entry: runs on the connection that `bot.db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from bot.db.tables import Table


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Only our own tables: Procrastinate's and the tracker's look after themselves."""
    return kind != "table" or name in Table.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    include_name=_ours,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
