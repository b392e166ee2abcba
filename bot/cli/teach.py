"""`cityline train --with-reviewed` and `--back`: the bot learns what reviewers accepted, or unlearns it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich.table import Table

from bot.cli.errors import CommandError
from bot.cli.output import console
from bot.conversation.review.examples import Kind, accepted
from bot.conversation.review.lessons import write_lessons
from bot.conversation.review.trainings import Stage, began, ended, goes_on, learnt
from bot.db.session import transaction
from bot.db.tables import Example
from bot.settings import ROOT, settings
from bot.supervisor.announce import Announcer
from bot.supervisor.engine_environment import EngineEnvironmentError
from bot.supervisor.teaching import (
    Comparison,
    MeasuringError,
    NothingBeforeError,
    compare,
    next_folder,
    switch_back,
    switch_in,
    train_candidate,
)
from bot.supervisor.training import TrainingError, newest_model

SHOWN = 12  # confusions of a set
ON_THE_COMMAND_LINE = "system"  # who asked, where nobody of staff did in the console


async def train_with_reviewed(*, yes: bool, training_id: int | None) -> None:
    """Train, compare, ask, switch in; `training_id` is that of who asked in the console. Raises `CommandError`."""
    announcer, now = Announcer(), datetime.now(UTC)
    async with transaction() as session:
        examples = await accepted(session)
        if training_id is None:
            training_id = await began(session, ON_THE_COMMAND_LINE, 0, now)
    try:
        count, in_use = _prepared(examples)
        await _now(training_id, Stage.TRAINING, count)
        candidate = await _trained(announcer, count)
        await _now(training_id, Stage.MEASURING, count)
        with announcer.step("Measuring both models"):
            comparison = await compare(ROOT, in_use, candidate.path)
        _show(comparison)
        switched = _is_wanted(comparison, announcer, yes=yes)
        if switched:
            switch_in(ROOT, _models(), candidate.path)
    except BaseException as error:
        async with transaction() as session:
            await ended(session, training_id, Stage.FAILED, datetime.now(UTC))
        if isinstance(error, TrainingError | MeasuringError | EngineEnvironmentError):
            raise CommandError(str(error)) from None
        raise
    report = {"sets": list(comparison.sets), "worse": list(comparison.worse)}
    async with transaction() as session:
        stage = Stage.SWITCHED if switched else Stage.KEPT
        await ended(session, training_id, stage, datetime.now(UTC), candidate.path.name, report)
        if switched:
            learning = [one.id for one in examples if one.kind != Kind.PLACE]
            await learnt(session, learning, datetime.now(UTC))
    announcer.note(_AFTER[switched])


_AFTER = {
    True: "Switched in: engines that run take it within seconds, without losing a turn. cityline train --back undoes it.",
    False: "Not switched in: the model in use stays.",
}


def _models() -> Any:
    return settings().data.absolute() / "models"


def _prepared(examples: Sequence[Example]) -> tuple[int, Any]:
    """Write down what is to be learnt; how much it is, and the model in use. Raises `CommandError`."""
    in_use = newest_model(_models())
    if in_use is None:
        raise CommandError("There is no model to compare with yet. Run: cityline train")
    if not examples:
        raise CommandError("Nobody has accepted an example yet: see Teach the bot in the console")
    shutil.rmtree(next_folder(), ignore_errors=True)
    return write_lessons(next_folder(), examples), in_use.path


async def _now(training_id: int, stage: Stage, count: int) -> None:
    async with transaction() as session:
        await goes_on(session, training_id, stage, count)


async def _trained(announcer: Announcer, count: int) -> Any:
    with announcer.step(f"Training with {count} examples of reviewers") as step:
        log = settings().data.absolute() / "logs" / "train.log"
        candidate = await train_candidate(ROOT, _models(), log, step.show)
        step.done = f"Model {candidate.path.name} trained"
    return candidate


def _is_wanted(comparison: Comparison, announcer: Announcer, *, yes: bool) -> bool:
    if comparison.worse:
        announcer.warn(f"It is worse than the model in use on: {', '.join(comparison.worse)}.")
        return not yes and typer.confirm("Switch it in all the same?", default=False)
    return yes or typer.confirm("Switch it in?", default=True)


def _show(comparison: Comparison) -> None:
    table = Table("texts", "", "right before", "right after", "dangers missed", box=None)
    for one in comparison.sets:
        missed = f"{one['missed_before']} → {one['missed_after']}"
        table.add_row(one["set"], str(one["texts"]), _share(one, "before"), _share(one, "after"), missed)
    console().print(table)
    for one in comparison.sets:
        for label, answered, before, after in one["confusions"][:SHOWN]:
            console().print(f"  {one['set']}: {label} taken for {answered}, {before} → {after} times")


def _share(one: dict[str, Any], when: str) -> str:
    return f"{one[when]} ({one[when] / one['texts']:.1%})" if one["texts"] else "-"


async def go_back(*, training_id: int | None) -> None:
    """Serve the model before the last switch again. Raises `CommandError`."""
    async with transaction() as session:
        if training_id is None:
            training_id = await began(session, ON_THE_COMMAND_LINE, 0, datetime.now(UTC))
    try:
        model = switch_back(ROOT, _models())
    except NothingBeforeError:
        async with transaction() as session:
            await ended(session, training_id, Stage.FAILED, datetime.now(UTC))
        raise CommandError("There is no model before this one, or nothing was taught since") from None
    async with transaction() as session:
        await ended(session, training_id, Stage.BACK, datetime.now(UTC), model.name)
    console().print(f"Back to {model.name}: engines that run take it within seconds.")


def run(*, back: bool, yes: bool, training_id: int | None) -> None:
    """The command. Raises `CommandError`."""
    work = go_back(training_id=training_id) if back else train_with_reviewed(yes=yes, training_id=training_id)
    asyncio.run(work)
