"""The audit trail: written in the transaction of the act, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Audit


def record(
    session: AsyncSession, actor: str, action: str, subject_kind: str, subject_id: str | int, **detail: Any
) -> None:
    """Note that `actor` ("resident", "system", "staff:<username>") did `action` to a record."""
    session.add(
        Audit(
            actor=actor, action=action, subject_kind=subject_kind, subject_id=str(subject_id), detail=detail
        )
    )
