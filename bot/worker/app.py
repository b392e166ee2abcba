"""The Procrastinate application: every background task is registered here, under the name in `TaskName`."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import procrastinate
import psycopg
from procrastinate import jobs

from bot.conversation.dialogue import EngineUnavailableError
from bot.db.jobs import LATER_TRY, Queue, TaskName
from bot.db.session import CONNECTIONS, database_url
from bot.delivery.notices.pictures import before_and_after
from bot.delivery.notices.tell import tell
from bot.worker import dangers, deliveries, forgetting, media, reported_photos, syncing, turns
from bot.worker.job_ends import PatientEnds
from bot.worker.services import Services

# No work of a conversation is given up here: what fails by its own fault is parked, refused or failed on its row, and
# everything else is worth another try. The engine may be away for a night, and what a resident said stays.
LONGEST_WAIT = 60.0  # seconds
# An engine is ours and near: asking it costs little, and a resident waits for the answer. After an engine's restart
# nobody should wait much longer than the restart took.
LONGEST_WAIT_FOR_ENGINE = 4.0
FIRST_WAIT = 0.25

# Conversations or files that one worker has in hand at a time, by queue. A turn waits for the engine most of its life and a
# delivery for a provider; reading a picture takes a core and much memory.
SLOTS = {Queue.TURNS: 24, Queue.UPDATES: 4, Queue.DELIVERIES: 16, Queue.MEDIA: 3, Queue.SYNC: 4}


class PatientRetry(procrastinate.BaseRetryStrategy):
    """Doubling waits with jitter up to a longest one, for ever; an exception that says `seconds` wins.

    A job keeps its lock while it waits, and so the order of its conversation; what is said meanwhile goes before it, since
    a job takes whatever waits.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> procrastinate.RetryDecision | None:
        asked = getattr(exception, "seconds", None)
        longest = LONGEST_WAIT_FOR_ENGINE if isinstance(exception, EngineUnavailableError) else LONGEST_WAIT
        # 2 ** 16 quarter seconds are hours: a larger exponent would only overflow.
        backoff = min(longest, FIRST_WAIT * 2 ** min(job.attempts, 16)) * random.uniform(0.8, 1.2)  # noqa: S311
        seconds = backoff if asked is None else float(asked)
        return procrastinate.RetryDecision(retry_in={"milliseconds": int(seconds * 1000)}, priority=LATER_TRY)


async def _each_query_alone(connection: psycopg.AsyncConnection) -> None:
    """Each query of the queue is a whole: a transaction around it would only be one more thing to be stopped in."""
    await connection.set_autocommit(True)


def make_app(services: Services) -> procrastinate.App:
    """An application whose tasks use `services`, on the database of this process."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=database_url(),
            min_size=2,
            max_size=CONNECTIONS,
            configure=_each_query_alone,
        )
    )
    app.job_manager = PatientEnds(app.connector)

    async def take_turn(conversation_id: int) -> None:
        await turns.take_turn(services, conversation_id)

    async def tell_notices(conversation_id: int) -> None:
        await tell(conversation_id, before_and_after(services.photos), now=datetime.now(UTC))

    async def deliver(conversation_id: int, channel: str) -> None:
        await deliveries.deliver(services, conversation_id, channel)

    async def bring_in(media_id: int, channel: str) -> None:
        await media.bring_in(services, media_id, channel)

    async def bring_in_reported(reported_id: int) -> None:
        await reported_photos.bring_in(services.photos, reported_id)

    async def delete_provider_media(channel: str, provider_ref: str) -> None:
        await media.delete_provider_media(services, channel, provider_ref)

    async def answer_button(channel: str, callback_id: str) -> None:
        await deliveries.answer_button(services, channel, callback_id)

    async def delete_photo_files(sha256: list[str]) -> None:
        await forgetting.delete_photo_files(services, sha256)

    async def forget_goodbye(conversation_id: int) -> None:
        await forgetting.forget_goodbye(conversation_id)

    async def exchange(request_id: int) -> None:
        await syncing.exchange(services, request_id)

    async def escalate_danger(danger_id: int) -> None:
        await dangers.escalate_danger(services, danger_id)

    for name, task in (
        (TaskName.TAKE_TURN, take_turn),
        (TaskName.TELL_NOTICES, tell_notices),
        (TaskName.DELIVER, deliver),
        (TaskName.BRING_IN, bring_in),
        (TaskName.BRING_IN_REPORTED, bring_in_reported),
        (TaskName.DELETE_PROVIDER_MEDIA, delete_provider_media),
        (TaskName.DELETE_PHOTO_FILES, delete_photo_files),
        (TaskName.FORGET_GOODBYE, forget_goodbye),
        (TaskName.ANSWER_BUTTON, answer_button),
        (TaskName.EXCHANGE, exchange),
        (TaskName.ESCALATE_DANGER, escalate_danger),
    ):
        app.task(name=name, retry=PatientRetry())(task)
    return app
