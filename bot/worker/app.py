"""The Procrastinate application: every background task is registered here, under the name in `TaskName`."""

from __future__ import annotations

import random

import procrastinate
from procrastinate import jobs

from bot.conversation.dialogue import EngineUnavailableError
from bot.db.jobs import QUEUE, TaskName
from bot.db.session import database_url
from bot.delivery.deliver import DeliveryPostponedError
from bot.worker import deliveries, forgetting, turns
from bot.worker.services import Services
from bot.worker.turns import TurnPostponedError

# No work of a conversation is given up: the engine may be away for a night, and what a resident said stays.
LONGEST_WAIT = 60.0  # seconds
# An engine is ours and near: asking it costs little, and a resident waits for the answer. After an engine's restart
# nobody should wait much longer than the restart took.
LONGEST_WAIT_FOR_ENGINE = 4.0
FIRST_WAIT = 0.25


class PatientRetry(procrastinate.BaseRetryStrategy):
    """Doubling waits with jitter up to a longest one, for ever; a provider's own "come back in" wins.

    A job keeps its lock while it waits, and so the order of its conversation.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> procrastinate.RetryDecision | None:
        asked = (
            exception.seconds if isinstance(exception, DeliveryPostponedError | TurnPostponedError) else None
        )
        longest = LONGEST_WAIT_FOR_ENGINE if isinstance(exception, EngineUnavailableError) else LONGEST_WAIT
        # 2 ** 16 quarter seconds are hours: a larger exponent would only overflow.
        backoff = min(longest, FIRST_WAIT * 2 ** min(job.attempts, 16)) * random.uniform(0.8, 1.2)  # noqa: S311
        seconds = backoff if asked is None else asked
        return procrastinate.RetryDecision(retry_in={"milliseconds": int(seconds * 1000)})


def make_app(services: Services) -> procrastinate.App:
    """An application whose tasks use `services`, on the database of this process."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=database_url(), min_size=2, max_size=8)
    )

    async def take_turn(conversation_id: int) -> None:
        await turns.take_turn(services, conversation_id)

    async def deliver(conversation_id: int, channel: str) -> None:
        await deliveries.deliver(services, conversation_id, channel)

    async def delete_provider_media(channel: str, provider_ref: str) -> None:
        await deliveries.delete_provider_media(services, channel, provider_ref)

    async def delete_photo_files(sha256: list[str]) -> None:
        await forgetting.delete_photo_files(services, sha256)

    async def forget_goodbye(conversation_id: int) -> None:
        await forgetting.forget_goodbye(conversation_id)

    for name, task in (
        (TaskName.TAKE_TURN, take_turn),
        (TaskName.DELIVER, deliver),
        (TaskName.DELETE_PROVIDER_MEDIA, delete_provider_media),
        (TaskName.DELETE_PHOTO_FILES, delete_photo_files),
        (TaskName.FORGET_GOODBYE, forget_goodbye),
    ):
        app.task(name=name, queue=QUEUE, retry=PatientRetry())(task)
    return app
