"""Trainings that somebody asked for in the console, begun where the models are."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from datetime import datetime

import structlog

from bot.conversation.review.trainings import Stage, take_asked
from bot.db.session import transaction
from bot.settings import Settings

log = structlog.get_logger(__name__)

BEHIND_EVERYTHING = 15  # niceness: residents are answered meanwhile


async def begin_trainings(config: Settings, now: datetime) -> Process | None:
    """Begin what was asked for, as a process of its own that goes on by itself; None where there was nothing.

    A machine without models leaves it to another one. The process notes its end, whatever becomes of this one.
    """
    if not await asyncio.to_thread(_has_models, config):
        return None
    async with transaction() as session:
        asked = await take_asked(session, now)
    if asked is None:
        return None
    training_id, stage = asked
    what = ("--back",) if stage is Stage.BACK_ASKED else ("--with-reviewed", "--yes")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "train", *what, "--training", str(training_id)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_behind_everything,
    )
    log.info("training.began", training_id=training_id)
    return process


def _has_models(config: Settings) -> bool:
    return any((config.data.absolute() / "models").glob("*.tar.gz"))


def _behind_everything() -> None:
    os.nice(BEHIND_EVERYTHING)
