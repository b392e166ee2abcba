"""Whether an index can serve a query, whatever the database has counted lately and however few rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from bot.db.session import transaction

_OTHERS = text(
    "SELECT indexname FROM pg_indexes WHERE tablename = (SELECT tablename FROM pg_indexes WHERE indexname = :name) "
    "AND indexname <> :name AND indexname NOT IN (SELECT conname FROM pg_constraint)"
)


async def plan_with(index: str, query: str, values: Mapping[str, Any] | None = None) -> str:
    """How a query is answered where its table has no index but this one and its keys, and nothing is sorted or read as a whole in vain.

    Which of two indexes is the cheaper one hangs on what was counted last; whether this one can serve does not.
    """
    async with transaction() as session:
        for other in (await session.scalars(_OTHERS, {"name": index})).all():
            await session.execute(text(f'DROP INDEX "{other}"'))
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL enable_sort = off"))
        rows = await session.execute(text(f"EXPLAIN {query}"), values or {})
        plan = "\n".join(row[0] for row in rows)
        await session.rollback()
    return plan
