"""The trainings with what reviewers accepted: asked for in the console, done by a machine that has the models, shown with what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.db.tables import Example, Training

SHOWN = 10
# No training takes so long: whoever did it was ended.
GONE_AFTER = timedelta(hours=2)


class Stage(StrEnum):
    ASKED = "asked"  # begins within a minute
    TRAINING = "training"
    MEASURING = "measuring"
    SWITCHED = "switched"  # served since
    KEPT = "kept"  # the model in use stays
    FAILED = "failed"
    BACK_ASKED = "back_asked"
    BACK = "back"  # an earlier model is served again


UNDER_WAY = frozenset({Stage.ASKED, Stage.TRAINING, Stage.MEASURING, Stage.BACK_ASKED})


class UnderWayError(RuntimeError):
    """A training is under way already."""


async def ask(session: AsyncSession, author: str, stage: Stage, examples: int, now: datetime) -> None:
    """Ask for a training, or for going back (`ASKED`, `BACK_ASKED`). Raises `UnderWayError`."""
    # Two who press at once; the table is small, and nobody else waits for it.
    await session.execute(text("LOCK TABLE trainings IN SHARE ROW EXCLUSIVE MODE"))
    await _end_gone(session, now)
    if await session.scalar(select(Training.id).where(Training.state.in_(UNDER_WAY)).limit(1)):
        raise UnderWayError
    session.add(Training(author=author, began_at=now, state=stage, examples=examples))
    record(session, author, f"bot.{stage}", "training", "")
    await session.flush()


async def take_asked(session: AsyncSession, now: datetime) -> tuple[int, Stage] | None:
    """The training that somebody asked for, taken by whoever calls; None where there is none."""
    await _end_gone(session, now)
    training = await session.scalar(
        select(Training)
        .where(or_(Training.state == Stage.ASKED, Training.state == Stage.BACK_ASKED))
        .order_by(Training.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if training is None:
        return None
    asked = Stage(training.state)
    training.state, training.began_at = str(Stage.TRAINING), now
    return training.id, asked


async def _end_gone(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        update(Training)
        .where(Training.state.in_(UNDER_WAY), Training.began_at < now - GONE_AFTER)
        .values(state=str(Stage.FAILED), ended_at=now)
    )


async def goes_on(session: AsyncSession, training_id: int, stage: Stage, examples: int) -> None:
    """Note how far it is."""
    training = await session.get_one(Training, training_id)
    training.state, training.examples = str(stage), examples


async def began(session: AsyncSession, author: str, examples: int, now: datetime) -> int:
    """Note that a training began; gives its number."""
    training = Training(author=author, began_at=now, state=str(Stage.TRAINING), examples=examples)
    session.add(training)
    await session.flush()
    return training.id


async def ended(
    session: AsyncSession,
    training_id: int,
    stage: Stage,
    now: datetime,
    model: str | None = None,
    report: dict[str, Any] | None = None,
) -> None:
    """Note how it ended."""
    training = await session.get_one(Training, training_id)
    training.state, training.ended_at, training.model, training.report = str(stage), now, model, report


async def learnt(session: AsyncSession, example_ids: Sequence[int], now: datetime) -> None:
    await session.execute(update(Example).where(Example.id.in_(example_ids)).values(trained_at=now))


async def newest_trainings(session: AsyncSession) -> list[Training]:
    return list(await session.scalars(select(Training).order_by(Training.id.desc()).limit(SHOWN)))
