"""The picture that goes out with an end is the resident's own photo beside the city's: from the click of staff to the phone.

Everything is the real thing but the understanding of words, of which an update needs none, and the provider's side of the wire.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import procrastinate
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, update

from actions.answer import ActionAnswer
from actions.reading import UPDATE_INTENT
from bot.cases.filing import NewRequest, file_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind, Outbound, Outcome, PictureFault, SendResult
from bot.channels.provider import Provider, Providers
from bot.conversation.dialogue import Dialogue
from bot.conversation.receive import receive
from bot.db.jobs import TaskName
from bot.db.session import transaction
from bot.db.tables import Message, Notice, Photo, RequestPhoto
from bot.delivery.push import update_request
from bot.photos.before_after import before_after
from bot.photos.intake import TakenPhoto
from bot.settings import settings
from bot.worker.app import make_app
from bot.worker.services import Services
from tests.gateway import Gateway
from tests.integration.keeping.story import PICO, a_photo, store
from tests.integration.test_delivery import RecordingProvider

pytestmark = pytest.mark.integration


@dataclass
class Phones(RecordingProvider):
    """Keeps what was handed over as it was, pictures included."""

    taken: list[Outbound] = field(default_factory=list)

    async def send(self, outbound: Outbound, *, to: str, message_id: int, start: int = 0) -> SendResult:
        self.taken.append(outbound)
        return await super().send(outbound, to=to, message_id=message_id, start=start)


async def dialogue_of(request: httpx.Request) -> httpx.Response:
    """The engine's part in an update: it has the action server say it. The responses' names stand for their words."""
    asked = json.loads(request.content)
    message = {"text": asked["message"], "intent": {"name": UPDATE_INTENT}, "metadata": asked["metadata"]}
    heard = {"event": "user", "input_channel": asked["input_channel"]}
    tracker = Tracker(asked["sender"], {}, message, [heard], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    await ActionAnswer().run(dispatcher, tracker, {})
    answer = [{"text": _said(one), "custom": one["custom"]} for one in dispatcher.messages]
    return httpx.Response(200, json=answer)


def _said(message: dict[str, Any]) -> str:
    return " ".join(part["response"] for part in (*message["before"], message))


@dataclass
class Work:
    """A request with its resident's photo, and the worker that tells of it."""

    gateway: Gateway
    channel: Channel
    phones: Phones
    app: procrastinate.App
    conversation_id: int
    reference: str
    before: TakenPhoto

    async def change(self, words: str, photo_id: int | None = None, status: Status = Status.RESOLVED) -> None:
        async with transaction() as session:
            photos = (photo_id,) if photo_id is not None else ()
            await update_request(
                session, Change(self.reference, status, "staff:ana", words, photo_ids=photos)
            )

    async def a_minute_later(self) -> list[Outbound]:
        """What the worker sends once the notices are due."""
        async with transaction() as session:
            await session.execute(update(Notice).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
        await self._job(TaskName.TELL_NOTICES, self.conversation_id)
        await self._job(TaskName.TAKE_TURN, self.conversation_id)
        await self._job(TaskName.DELIVER, self.conversation_id, self.channel)
        return self.phones.taken

    async def _job(self, name: TaskName, *arguments: Any) -> None:
        await cast(Any, self.app.tasks[name])(*arguments)

    async def picture(self, url: str) -> bytes:
        """As whoever has the link is given it."""
        answer = await self.gateway.client.get(urlsplit(url).path)
        assert answer.status_code == 200
        return answer.content


@pytest.fixture(params=[Channel.SMS, Channel.TELEGRAM])
async def work(
    request: pytest.FixtureRequest, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Work]:
    channel: Channel = request.param
    monkeypatch.setenv("CITYLINE_QUIET_HOURS", "none")
    settings.cache_clear()
    phones = Phones(channel)
    async with httpx.AsyncClient(transport=httpx.MockTransport(dialogue_of)) as client:
        services = Services(
            settings(),
            Dialogue(["http://engine"], client=client),
            Providers({channel: cast(Provider, phones)}),
            store(),
        )
        address = "700" if channel is Channel.TELEGRAM else "+13105550123"
        async with transaction() as session:
            inbound = Inbound(channel, InboundKind.MESSAGE, "in-1", address, text="deep pothole")
            conversation_id = (await receive(session, inbound)).conversation_id
        before_id, before = await a_photo(40)
        async with transaction() as session:
            await session.execute(update(Message).values(state="handled"))
            new = NewRequest(conversation_id, "k", "pothole", "deep", "pico and 4th", PICO, (before_id,))
            reference = (await file_request(session, new)).reference
        yield Work(gateway, channel, phones, make_app(services), conversation_id, reference, before)


async def shown(work: Work, outbound: Outbound) -> bytes:
    """The one picture of a message, as its phone shows it: Telegram is given it, Twilio fetches it."""
    (photo,) = outbound.photos
    return photo.content if photo.content is not None else await work.picture(photo.url)


async def side_by_side(work: Work, after: TakenPhoto) -> bytes:
    return await asyncio.to_thread(before_after, work.before.full, after.full, "en")


async def test_the_end_goes_out_with_the_two_photos_beside_each_other(work: Work) -> None:
    after_id, after = await a_photo(222)
    await work.change("Filled this morning.", after_id)
    (told,) = await work.a_minute_later()
    assert "utter_update_resolved" in told.text
    assert "utter_ask_fixed" in told.text
    assert await shown(work, told) == await side_by_side(work, after)


async def test_a_word_that_follows_within_the_minute_does_not_cost_the_picture(work: Work) -> None:
    after_id, after = await a_photo(222)
    await work.change("Filled this morning.", after_id)
    await work.change("Please drive slowly until tomorrow.")
    (told,) = await work.a_minute_later()
    assert told.text.count("utter_public_text") == 2
    assert "utter_ask_fixed" in told.text
    assert await shown(work, told) == await side_by_side(work, after)


async def test_what_was_told_before_the_end_within_the_minute_changes_nothing(work: Work) -> None:
    after_id, after = await a_photo(222)
    await work.change("A crew is there.", status=Status.IN_PROGRESS)
    await work.change("Filled this morning.", after_id)
    (told,) = await work.a_minute_later()
    assert await shown(work, told) == await side_by_side(work, after)


async def test_a_picture_of_work_under_way_goes_out_as_it_was_taken(work: Work) -> None:
    photo_id, taken = await a_photo(222)
    await work.change("The crew has begun.", photo_id, Status.IN_PROGRESS)
    (told,) = await work.a_minute_later()
    assert await shown(work, told) == taken.full


async def test_who_sent_no_photo_gets_the_citys_alone(work: Work) -> None:
    async with transaction() as session:
        request = await find_request(session, work.reference)
        theirs = select(RequestPhoto).where(RequestPhoto.request_id == request.id)
        for photo in await session.scalars(theirs):
            await session.delete(photo)
    after_id, after = await a_photo(222)
    await work.change("Filled this morning.", after_id)
    (told,) = await work.a_minute_later()
    assert await shown(work, told) == after.full


@pytest.mark.parametrize("work", [Channel.SMS], indirect=True)
async def test_where_the_carrier_takes_no_picture_a_short_link_shows_the_two(work: Work) -> None:
    refused = SendResult(
        Outcome.PICTURE_REFUSED, error_code="21612", detail="no MMS", picture=PictureFault.REFUSED
    )
    work.phones.answers = [refused]
    after_id, after = await a_photo(222)
    await work.change("Filled this morning.", after_id)
    first, second = await work.a_minute_later()
    assert first.photos
    assert second.photos == ()
    (link,) = second.photo_links
    assert len(urlsplit(link).path) == len("/p/") + 17
    assert await work.picture(link) == await side_by_side(work, after)


async def test_the_picture_is_kept_once_for_one_telling(work: Work) -> None:
    after_id, _ = await a_photo(222)
    async with transaction() as session:
        before = set(await session.scalars(select(Photo.id)))
    await work.change("Filled this morning.", after_id)
    await work.change("Please drive slowly until tomorrow.")
    await work.a_minute_later()
    async with transaction() as session:
        assert len(set(await session.scalars(select(Photo.id))) - before) == 1
