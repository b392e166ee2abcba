"""A worker that is stopped in the middle of sending and goes on later: real processes, and each message comes once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.conversation.states import OutboundState
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Photo
from bot.photos.store import PhotoStore
from bot.worker.app import SLOTS
from tests.standin import Asked, Standin
from tests.standin import Reply as Answer

pytestmark = [pytest.mark.integration, pytest.mark.faults]

SHA = "ab" * 32
PATIENCE = 240.0  # seconds; quiet machines need 50


@contextmanager
def worker(
    database: EmbeddedDatabase, telegram: Standin, photos: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process, which writes to `log`."""
    out = log.open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "worker"],
        env={
            **os.environ,
            "DATABASE_URL": database.url(),
            "TELEGRAM_BOT_TOKEN": "123456:AAE-not-a-real-token",
            "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-no-use",
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_API_BASE_URL": telegram.url,
            "CITYLINE_PHOTO_STORE": f"file://{photos}",
            "PUBLIC_URL": "https://311.example.gov",
        },
        stdout=out,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        out.close()


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)


async def states() -> list[str]:
    async with transaction() as session:
        return list(
            await session.scalars(
                select(Message.state).where(Message.direction == "out").order_by(Message.id)
            )
        )


async def photo_message() -> Message:
    async with transaction() as session:
        query = select(Message).where(Message.direction == "out").order_by(Message.id).limit(1)
        return (await session.scalars(query)).one()


async def workers() -> int:
    """One for every queue."""
    async with transaction() as session:
        return await session.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0


async def queue_photo_and_words() -> None:
    async with transaction() as session:
        said = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "700:1", "700", text="Hello")
        conversation_id = (await receive(session, said)).conversation_id
        await session.execute(text("DELETE FROM procrastinate_jobs"))  # no engine runs here to take its turn
        conversation = await session.get_one(Conversation, conversation_id)
        photo = Photo(sha256=SHA, width=1, height=1, size=4)
        session.add(photo)
        await session.flush()
        await queue_replies(session, conversation, [Reply("Fixed!", photo_ids=(photo.id,)), Reply("Thanks!")])


def shown(telegram: Standin) -> list[str]:
    """What came to the chat."""
    sent = [asked for asked in telegram.requests if asked.path.rpartition("/")[2].startswith("send")]
    return [asked.fields().get("caption") or asked.fields()["text"] for asked in sent]


async def test_a_stopped_worker_that_goes_on_sends_nothing_that_another_has_sent(
    database: EmbeddedDatabase, tmp_path: Path
) -> None:
    """The first is stopped while it reads the photo, which nothing times out; the second takes over.

    What the first does with a lease that is over is held in tests/unit/channels/test_lease.py.
    """
    file = Path(PhotoStore(f"file://{tmp_path}").path(SHA))
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    async with Standin() as telegram:
        telegram.on(r"/bot.*", lambda asked: answer(asked, telegram))
        with ExitStack() as held:
            first = held.enter_context(worker(database, telegram, tmp_path, tmp_path / "first.log"))
            await eventually(lambda: _is(workers, len(SLOTS)))
            await queue_photo_and_words()
            await eventually(lambda: _is(states, [OutboundState.SENDING, OutboundState.QUEUED]))
            pipe = await asyncio.to_thread(os.open, file, os.O_WRONLY)  # it waits at the other end
            first.send_signal(signal.SIGSTOP)
            lease_until = (await photo_message()).lease_until
            replace_by_file(file)
            held.enter_context(worker(database, telegram, tmp_path, tmp_path / "second.log"))
            await eventually(lambda: _is(states, [OutboundState.SENT] * 2))
            assert shown(telegram) == ["Fixed!", "Thanks!"]
            again = await photo_message()
            assert again.attempts >= 2
            # By the database's clock: nothing of the first attempt could still come when the second began.
            assert again.sending_at > lease_until
            first.send_signal(signal.SIGCONT)
            os.write(pipe, b"JPEG")
            os.close(pipe)
            first.terminate()
            await asyncio.to_thread(first.wait, 30)
            assert shown(telegram) == ["Fixed!", "Thanks!"]
            assert await states() == [OutboundState.SENT] * 2


def replace_by_file(pipe: Path) -> None:
    """The same name leads to a photo; who has the pipe open goes on waiting."""
    pipe.unlink()
    pipe.write_bytes(b"JPEG")


async def _is(read: Callable[[], Awaitable[object]], wanted: object) -> bool:
    return await read() == wanted


def answer(asked: Asked, telegram: Standin) -> Answer:
    """Telegram takes everything, and finds nothing of what was not sent."""
    method = asked.path.rpartition("/")[2]
    if method == "getWebhookInfo":
        webhook = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        return Answer(200, {"ok": True, "result": webhook})
    if method == "getUpdates":
        return Answer(200, {"ok": True, "result": []})
    if method.startswith("edit"):
        words = "Bad Request: message to edit not found"
        return Answer(400, {"ok": False, "error_code": 400, "description": words})
    chat = {"id": 700, "type": "private", "first_name": "Ana"}
    message = {"message_id": 10 + len(telegram.requests), "date": 1_795_000_000, "chat": chat, "text": "x"}
    return Answer(200, {"ok": True, "result": message})
