"""A disk that has no room for photos: words are answered, the photo waits, who runs the machine is told, and nothing is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.cli.checks import CHECKS, Outcome
from bot.conversation.outbox import Reply
from bot.conversation.photos import WORTH_ASKING
from bot.conversation.texts import gateway_text
from bot.db.session import transaction
from bot.db.tables import Media, Message
from bot.photos.store import PhotoStore
from bot.settings import settings
from tests.console import PASSWORD, Browser, fresh_client
from tests.gateway import Gateway, said
from tests.photos import jpeg

pytestmark = pytest.mark.integration

WORDS = "pothole at Pico and 4th"
FullDisk = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["no room for bytes", "no room for names"])
def full_disk(request: pytest.FixtureRequest) -> FullDisk:
    """The operating system says what it says then: when bytes are to reach the disk, or when a file is to be made."""

    make = Path.mkdir

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def no_folder(path: Path, *arguments: Any, **named: Any) -> None:
        if "photos" in path.parts:
            no_room()
        make(path, *arguments, **named)

    @contextmanager
    def full() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patched:
            if request.param == "no room for bytes":
                patched.setattr("bot.photos.store.os.fsync", no_room)
            else:
                patched.setattr(Path, "mkdir", no_folder)
            yield

    return full


@pytest.fixture
def store(gateway: Gateway, tmp_path: Path) -> PhotoStore:
    gateway.store = PhotoStore(f"file://{tmp_path}/photos")
    gateway.engine = lambda turn: [Reply("Shall I send it?")]
    return gateway.store


async def later(gateway: Gateway, by: timedelta) -> None:
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - by))
    await gateway.take_turns()


async def files() -> list[tuple[str, str | None]]:
    async with transaction() as session:
        return [(row.state, row.reason) for row in await session.scalars(select(Media))]


async def test_words_go_on_and_the_photo_follows_when_there_is_room(
    gateway: Gateway, store: PhotoStore, full_disk: FullDisk
) -> None:
    with full_disk():
        with pytest.raises(Exception, match="PhotoStoreAwayError"):  # so that its job is tried again
            await gateway.mms(WORDS, ("image/jpeg", jpeg()))
        gateway.files, waiting = {}, gateway.files  # it is not that job's time yet
        await later(gateway, timedelta(seconds=5))
        assert [turn.message for turn in gateway.turns] == [WORDS]
        assert gateway.turns[0].metadata["photos"] == []
        assert await said() == ["Shall I send it?"]
    ((state, reason),) = await files()
    assert state == "waiting"
    assert reason is not None
    assert reason.startswith("PhotoStoreAwayError at bot/photos/store.py")
    gateway.files = waiting
    await gateway.take_turns()
    assert [state for state, _ in await files()] == ["kept"]
    assert len(gateway.turns[-1].metadata["photos"]) == 1
    assert not [path for path in Path(str(store.path("0" * 64))).parents[2].rglob(".*") if path.is_file()]


async def test_who_runs_the_machine_is_told_and_who_sent_a_photo_alone(
    gateway: Gateway, store: PhotoStore, full_disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_disk():
        with pytest.raises(Exception, match="PhotoStoreAwayError"):
            await gateway.mms("", ("image/jpeg", jpeg()))
        assert (await CHECKS["late_files"](settings())).outcome is Outcome.WELL, "seconds are usual"
        async with transaction() as session:
            await session.execute(update(Message).values(created_at=Message.created_at - WORTH_ASKING))
        with pytest.raises(Exception, match="PhotoStoreAwayError"):
            await gateway.take_turns()
        assert await said() == [gateway_text("photo_not_there_yet", "en")]
    told = await CHECKS["late_files"](settings())
    assert told.outcome is Outcome.FAILED
    assert "is its disk full?" in told.message
    async with transaction() as session:
        await create_staff(session, "root", PASSWORD, name="Root", role=Role.ADMIN)
    async with fresh_client() as client:
        admin = Browser(client)
        assert (await admin.log_in("root")).status_code == 303
        page = (await admin.open("/console/running")).text
        assert "1 photo or file waits" in page
        assert "is its disk full?" in page
        await gateway.take_turns()
        assert [state for state, _ in await files()] == ["kept"]
        assert "None waits longer than usual" in (await admin.open("/console/running")).text
    assert (await CHECKS["late_files"](settings())).outcome is Outcome.WELL


@pytest.mark.parametrize(
    ("failure", "reason", "expected"),
    [
        ("misconfigured", "the provider: misconfigured", "look at its credentials"),
        ("transient", "the provider: unavailable", "does not answer"),
        ("transient", "OperationalError at bot/conversation/photos.py:9 in _claim", "does not answer"),
    ],
)
async def test_what_else_photos_wait_for_is_said_too(
    gateway: Gateway, failure: str, reason: str, expected: str
) -> None:
    await gateway.sms(
        WORDS, NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg"
    )
    async with transaction() as session:
        await session.execute(update(Media).values(failure=failure, reason=reason))
        await session.execute(update(Message).values(created_at=Message.created_at - WORTH_ASKING))
    assert expected in (await CHECKS["late_files"](settings())).message
