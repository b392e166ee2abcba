"""The picture of before and after: whose photo is in it, how it is kept, and when it goes."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from structlog.testing import capture_logs

from bot.cases.before_after import before_after_photo
from bot.cases.filing import NewRequest, file_request
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Media, Photo, RequestPhoto, ServiceRequest, Turn
from bot.keeping.erasing import erase_contact
from bot.keeping.photos import delete_files
from bot.keeping.sweep import sweep
from bot.photos.before_after import before_after
from bot.photos.intake import TakenPhoto
from bot.photos.store import PhotoStore, PhotoStoreAwayError
from bot.settings import Settings, load_settings
from tests.integration.keeping.story import PICO, a_photo, says, store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database", "engine_tables")]

FOR_EVER = {field: 0 for field in Settings.model_fields if field.startswith("keep_")}


class Finished:
    """A request that is resolved, with the resident's photos and one of the work."""

    def __init__(self, conversation_id: int, request_id: int, update_id: int) -> None:
        self.conversation_id, self.request_id, self.update_id = conversation_id, request_id, update_id
        self.sent: list[TakenPhoto] = []
        self.completion_id = 0
        self.completion: TakenPhoto | None = None

    async def picture(self, language: str = "en", of: PhotoStore | None = None, **other: int) -> int | None:
        async with transaction() as session:
            return await before_after_photo(
                session,
                of or store(),
                self.request_id,
                other.get("conversation_id", self.conversation_id),
                other.get("completion_photo_id", self.completion_id),
                language,
            )

    async def push(self, photo_id: int) -> int:
        """Send it as a push does: in the answer to a turn of the update; gives the message's id."""
        async with transaction() as session:
            turn = Turn(
                conversation_id=self.conversation_id,
                update_id=self.update_id,
                engine_message={"message": "x"},
            )
            session.add(turn)
            await session.flush()
            conversation = await session.get_one(Conversation, self.conversation_id)
            reply = Reply("It is done.", photo_ids=(photo_id,))
            (message,) = await queue_replies(session, conversation, [reply], turn_id=turn.id)
            return message.id


async def finished(*shades: int) -> Finished:
    """A request with a photo of each shade, resolved with a photo of the work."""
    conversation_id = await says("a pothole")
    sent = [await a_photo(shade) for shade in shades]
    completion_id, completion = await a_photo(222)
    async with transaction() as session:
        filed = await file_request(
            session,
            NewRequest(
                conversation_id, "k", "pothole", "deep", "pico and 4th", PICO, tuple(id_ for id_, _ in sent)
            ),
        )
        change = await change_request(
            session,
            Change(filed.reference, Status.RESOLVED, "staff:ana", "done", photo_ids=(completion_id,)),
        )
        request = await find_request(session, filed.reference)
        found = Finished(conversation_id, request.id, change.id)
    found.sent = [taken for _, taken in sent]
    found.completion_id, found.completion = completion_id, completion
    return found


async def row(photo_id: int | None) -> Photo | None:
    assert photo_id is not None
    async with transaction() as session:
        return await session.get(Photo, photo_id)


async def kept(photo_id: int | None) -> bool:
    return await row(photo_id) is not None


def later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def test_it_shows_the_first_photo_they_sent_and_the_work() -> None:
    work = await finished(40, 90)
    photo = await row(await work.picture("es"))
    assert photo is not None
    content = store().get(photo.sha256)
    assert work.completion is not None
    assert content == before_after(work.sent[0].full, work.completion.full, "es")
    assert (photo.size, photo.lat, photo.taken_at) == (len(content), None, None)
    assert store().exists(photo.sha256, "thumb")


async def test_the_same_photos_are_kept_in_one_file_however_often_it_is_asked_for() -> None:
    work = await finished(40)
    first, second = await row(await work.picture()), await row(await work.picture())
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256


async def test_who_sent_no_photo_gets_none_and_who_follows_gets_their_own() -> None:
    work = await finished(40)
    neighbour = await says("the same pothole", "+13105550999")
    assert await work.picture(conversation_id=neighbour) is None
    photo_id, taken = await a_photo(130)
    async with transaction() as session:
        await session.execute(update(ServiceRequest).values(status=str(Status.OPEN), resolution=None))
        reference = (await session.get_one(ServiceRequest, work.request_id)).reference
        await follow_request(
            session, Following(neighbour, reference, "mine too", "", PICO, photo_ids=(photo_id,))
        )
    photo = await row(await work.picture(conversation_id=neighbour))
    assert photo is not None
    assert work.completion is not None
    assert store().get(photo.sha256) == before_after(taken.full, work.completion.full, "en")


async def test_a_photo_that_is_gone_or_damaged_is_left_out_with_a_warning_without_anything_private() -> None:
    work = await finished(40)
    elsewhere = PhotoStore(f"memory://{uuid.uuid4().hex}")
    with capture_logs() as logs:
        assert await work.picture(of=elsewhere) is None
        assert await work.picture(completion_photo_id=99_999) is None
        assert work.completion is not None
        for taken in (work.sent[0], work.completion):
            elsewhere.put(taken)
        path = elsewhere.path(work.completion.sha256)
        elsewhere._fs.pipe_file(path, work.completion.full[:400])
        assert await work.picture(of=elsewhere) is None
    assert [log["event"] for log in logs] == ["before_after.left_out"] * 3
    assert all(log["log_level"] == "warning" for log in logs)
    assert all(set(log) == {"event", "log_level", "request_id", "before", "after", "reason"} for log in logs)
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Photo)) == 2


async def test_a_store_that_is_away_is_said_to_be_and_nothing_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = await finished(40)

    def full(*_: object) -> None:
        raise PhotoStoreAwayError("OSError")

    monkeypatch.setattr(PhotoStore, "put", full)
    async with transaction() as session:
        with pytest.raises(PhotoStoreAwayError):
            await before_after_photo(
                session, store(), work.request_id, work.conversation_id, work.completion_id, "en"
            )
    async with transaction() as session:  # what the caller wrote is committed, and no photo with it
        assert await session.scalar(select(func.count()).select_from(Photo)) == 2


async def test_it_keeps_its_file_while_the_old_one_of_this_name_is_deleted() -> None:
    work = await finished(40)
    photo = await row(await work.picture())
    assert photo is not None
    for _ in range(3):
        async with transaction() as session:
            await session.execute(delete(Photo).where(Photo.sha256 == photo.sha256))
        _, photo_id = await asyncio.gather(delete_files(store(), [photo.sha256]), work.picture())
        assert await kept(photo_id)
        assert store().exists(photo.sha256)


async def test_before_and_after_goes_with_the_words_it_was_sent_with() -> None:
    work = await finished(40)
    sent, nobodys = await work.picture(), await work.picture("es")
    assert sent is not None
    await work.push(sent)
    photo = await row(sent)
    assert photo is not None
    config = load_settings(**{**FOR_EVER, "keep_texts_days": 100})
    await sweep(config, store(), later(99))
    assert await kept(sent)
    assert store().exists(photo.sha256)
    assert not await kept(nobodys)
    await sweep(config, store(), later(101))
    assert not await kept(sent)
    assert not store().exists(photo.sha256)
    assert await kept(work.completion_id)  # of the request, which stays


async def test_before_and_after_goes_with_the_photos_of_its_request() -> None:
    work = await finished(40)
    sent = await work.picture()
    assert sent is not None
    message_id = await work.push(sent)
    config = load_settings(**{**FOR_EVER, "keep_photos_days": 10})
    await sweep(config, store(), later(9))
    assert await kept(sent)
    await sweep(config, store(), later(11))
    assert not await kept(sent)
    async with transaction() as session:
        media = await session.scalar(select(Media).where(Media.message_id == message_id))
        assert media is not None
        assert media.photo_id is None
        assert await session.scalar(select(func.count()).select_from(RequestPhoto)) == 0


async def test_before_and_after_goes_at_once_with_the_resident() -> None:
    work = await finished(40)
    sent = await work.picture()
    assert sent is not None
    await work.push(sent)
    photo = await row(sent)
    assert photo is not None
    async with transaction() as session:
        contact = await session.scalar(
            select(Contact.id).join(Conversation).where(Conversation.id == work.conversation_id)
        )
        assert contact is not None
        erased = await erase_contact(session, contact, actor="staff:ana")
    assert erased.photos == (photo.sha256,)
    assert not await kept(sent)
    assert await kept(work.completion_id)
