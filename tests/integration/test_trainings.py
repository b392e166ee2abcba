"""A training that was asked for is begun once, where the models are, and its end is noted whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.review.trainings import GONE_AFTER, Stage, UnderWayError, ask, take_asked
from bot.db.session import transaction
from bot.db.tables import Training
from bot.settings import settings
from bot.worker.teaching import begin_trainings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NOW = datetime.now(UTC)


async def asked(stage: Stage = Stage.ASKED, now: datetime = NOW) -> None:
    async with transaction() as session:
        await ask(session, "staff:ana", stage, 1, now)


async def stages() -> list[str]:
    async with transaction() as session:
        return list(await session.scalars(select(Training.state).order_by(Training.id)))


@pytest.fixture
def a_model(data_folder: Path) -> Iterator[Path]:
    """So that this machine has models; no training gets so far as to look into it."""
    model = data_folder / "models" / "some.tar.gz"
    model.parent.mkdir(exist_ok=True)
    model.write_bytes(b"")
    yield model
    model.unlink()


async def test_one_at_a_time_is_asked_for_and_one_worker_takes_it() -> None:
    await asked()
    with pytest.raises(UnderWayError):
        await asked(Stage.BACK_ASKED)
    async with transaction() as first, transaction() as second:
        assert await take_asked(first, NOW) == (1, Stage.ASKED)
        assert await take_asked(second, NOW) is None


async def test_one_whose_process_was_ended_holds_up_no_other_for_long() -> None:
    await asked()
    async with transaction() as session:
        await take_asked(session, NOW)
    await asked(now=NOW + GONE_AFTER * 1.01)
    assert await stages() == [Stage.FAILED, Stage.ASKED]


async def test_a_machine_without_models_leaves_it_to_another_one() -> None:
    await asked()
    assert await begin_trainings(settings(), NOW) is None
    assert await stages() == [Stage.ASKED]


@pytest.mark.usefixtures("a_model")
@pytest.mark.parametrize("stage", [Stage.ASKED, Stage.BACK_ASKED])
async def test_what_cannot_be_done_ends_as_failed_and_not_as_under_way(stage: Stage) -> None:
    assert await begin_trainings(settings(), NOW) is None
    await asked(stage)
    process = await begin_trainings(settings(), NOW)
    assert process is not None
    # Nothing is accepted, and there is no model to go back to.
    assert await process.wait() != 0
    assert await stages() == [Stage.FAILED]
    assert await begin_trainings(settings(), NOW) is None
