"""The trainings with what reviewers accepted, for the console to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import Example, Training

SHOWN = 10


async def began(session: AsyncSession, author: str, examples: int, now: datetime) -> int:
    """Note that a training began; gives its number."""
    training = Training(author=author, began_at=now, state="training", examples=examples)
    session.add(training)
    await session.flush()
    return training.id


async def ended(
    session: AsyncSession,
    training_id: int,
    state: str,
    now: datetime,
    model: str | None = None,
    report: dict[str, Any] | None = None,
) -> None:
    """`state`: switched, kept (the model in use stays) or failed."""
    training = await session.get_one(Training, training_id)
    training.state, training.ended_at, training.model, training.report = state, now, model, report


async def learnt(session: AsyncSession, example_ids: Sequence[int], now: datetime) -> None:
    await session.execute(update(Example).where(Example.id.in_(example_ids)).values(trained_at=now))


async def went_back(session: AsyncSession, model: str, now: datetime) -> None:
    """Note that an earlier model is served again."""
    session.add(Training(author="staff", began_at=now, ended_at=now, state="back", examples=0, model=model))


async def newest_trainings(session: AsyncSession) -> list[Training]:
    return list(await session.scalars(select(Training).order_by(Training.id.desc()).limit(SHOWN)))
