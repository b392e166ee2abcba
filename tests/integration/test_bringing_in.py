"""A resident's file is fetched in a job of its own: what may pass is waited for, what cannot is refused, nothing is lost."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select, text, update

from bot.channels.messages import (
    Channel,
    FetchedMedia,
    Inbound,
    InboundKind,
    MediaError,
    MediaProblem,
    MediaRef,
)
from bot.channels.provider import Provider
from bot.conversation.photos import MOST_DEATHS, WORTH_ASKING, MediaPostponedError, bring_in
from bot.conversation.receive import receive
from bot.conversation.texts import gateway_text
from bot.conversation.turns import FILE_WAIT, OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.failures import TRIES, FailureKind
from bot.photos.intake import TakenPhoto
from bot.photos.store import PhotoStore
from tests.photos import jpeg

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


class Source:
    """The provider's side: gives what it is told to, in order; the last one again and again."""

    channel = Channel.SMS

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def fetch(self, _: MediaRef) -> FetchedMedia:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return FetchedMedia(answer, "image/jpeg")


class FullStore(PhotoStore):
    """A store on a disk that has no room, until it has."""

    full = True

    def put(self, photo: TakenPhoto) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(photo)


async def say(words: str = "", files: int = 1, number: int = 1) -> tuple[int, list[int]]:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{number}", "+13105550123", text=words)
    media = tuple(MediaRef(f"https://api.twilio.com/{n}") for n in range(files))
    async with transaction() as session:
        conversation_id = (await receive(session, replace(inbound, media=media))).conversation_id
        return conversation_id, list(await session.scalars(select(Media.id).order_by(Media.id)))


NOT_YET = gateway_text("photo_not_there_yet", "en")


async def said() -> list[str]:
    async with transaction() as session:
        query = select(Message.body).where(Message.direction == "out").order_by(Message.id)
        return list(await session.scalars(query))


async def try_it(
    source: Source, media_id: int, store: PhotoStore | None = None
) -> MediaPostponedError | None:
    try:
        await bring_in(cast(Provider, source), store or PhotoStore("memory://photos"), media_id)
    except MediaPostponedError as postponed:
        return postponed
    return None


async def row(media_id: int) -> Media:
    async with transaction() as session:
        return await session.get_one(Media, media_id)


async def age(by: timedelta) -> None:
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - by))


async def jobs() -> list[tuple[str, str]]:
    async with transaction() as session:
        rows = await session.execute(text("SELECT queue_name, task_name FROM procrastinate_jobs ORDER BY id"))
        return [tuple(each) for each in rows]


async def next_turn(conversation_id: int) -> OpenTurn | None:
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert turn is None or isinstance(turn, OpenTurn)
        if turn is not None:
            await finish_turn(session, turn, [])
        return turn


async def test_a_file_is_a_job_in_a_queue_of_its_own() -> None:
    await say("pothole", files=2)
    assert await jobs() == [("media", "bring_in"), ("media", "bring_in"), ("turns", "take_turn")]


@pytest.mark.parametrize("problem", [MediaProblem.GONE, MediaProblem.UNAVAILABLE])
async def test_a_file_that_is_not_there_yet_is_asked_for_again(problem: MediaProblem) -> None:
    conversation_id, (media_id,) = await say("pothole")
    source = Source(MediaError(problem), MediaError(problem), jpeg())
    for _ in range(2):
        postponed = await try_it(source, media_id)
        assert postponed is not None
        assert 0 < postponed.seconds < 60
    assert (await row(media_id)).failure == FailureKind.TRANSIENT
    assert await try_it(source, media_id) is None
    kept = await row(media_id)
    assert (kept.state, kept.failure) == ("kept", None)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.metadata["photos"] == [kept.photo_id]


async def test_after_two_minutes_the_resident_is_told() -> None:
    conversation_id, (media_id,) = await say("pothole")
    await age(WORTH_ASKING)
    assert await try_it(Source(MediaError(MediaProblem.GONE)), media_id) is None
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.metadata["photos_refused"] == ["gone"]


@pytest.mark.parametrize(
    ("problem", "failure"),
    [
        (MediaProblem.MISCONFIGURED, FailureKind.MISCONFIGURED),
        (MediaProblem.UNAVAILABLE, FailureKind.TRANSIENT),
    ],
)
async def test_wrong_credentials_or_a_provider_that_is_away_cost_nobody_their_photo(
    problem: MediaProblem, failure: FailureKind
) -> None:
    _, (media_id,) = await say("pothole")
    await age(timedelta(hours=23))
    postponed = await try_it(Source(MediaError(problem)), media_id)
    assert postponed is not None
    assert postponed.failure is failure
    assert (await row(media_id)).state == "waiting"
    assert await said() == [NOT_YET]


@pytest.mark.parametrize("problem", [MediaProblem.MISCONFIGURED, MediaProblem.UNAVAILABLE, None])
async def test_who_sent_a_photo_alone_hears_after_two_minutes_that_it_is_waited_for_and_when_it_is_given_up(
    problem: MediaProblem | None,
) -> None:
    conversation_id, (media_id,) = await say()
    source = Source(MediaError(problem) if problem else jpeg())
    store = FullStore("memory://full")
    for _ in range(30):
        postponed = await try_it(source, media_id, store)
        assert postponed is not None
        if await said():
            break
        await age(timedelta(seconds=postponed.seconds))
    assert await said() == [NOT_YET]
    async with transaction() as session:
        (since,) = await session.scalars(
            select(func.now() - Message.created_at).where(Message.direction == "in")
        )
        (kind,) = await session.scalars(select(Message.kind).where(Message.direction == "out"))
    assert abs(since - WORTH_ASKING) < timedelta(seconds=10)
    assert kind == "notice", "a menu stays open beside it"
    for _ in range(5):
        await age(timedelta(hours=4))
        assert await try_it(source, media_id, store) is not None
    assert await said() == [NOT_YET], "once is enough"
    await age(timedelta(hours=4))
    for _ in range(TRIES):
        await try_it(source, media_id, store)
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert turn.message == "/send_photos"
    assert turn.metadata["photos_refused"] == ["unavailable" if problem else "broken"]


async def test_a_provider_that_asks_for_an_hour_keeps_nobody_waiting_for_a_word() -> None:
    _, (media_id,) = await say()
    postponed = await try_it(Source(MediaError(MediaProblem.UNAVAILABLE, 3600.0)), media_id)
    assert postponed is not None
    assert postponed.seconds == 3600.0
    assert await said() == [NOT_YET]


async def test_of_many_photos_that_do_not_come_one_word_is_said() -> None:
    _, _ = await say(files=3)
    _, media_ids = await say(number=2, files=3)
    await age(WORTH_ASKING)
    for media_id in media_ids:
        assert await try_it(Source(MediaError(MediaProblem.UNAVAILABLE)), media_id) is not None
    assert await said() == [NOT_YET]


@pytest.mark.parametrize("spanish", [True, False])
async def test_it_is_said_in_their_language_and_not_while_a_person_talks(spanish: bool) -> None:
    conversation_id, (media_id,) = await say()
    await age(WORTH_ASKING)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.contact.language = "es"
        conversation.taken_over_at = None if spanish else datetime.now(UTC)
    assert await try_it(Source(MediaError(MediaProblem.UNAVAILABLE)), media_id) is not None
    assert await said() == ([gateway_text("photo_not_there_yet", "es")] if spanish else [])


async def test_a_full_disk_costs_nobody_their_photo() -> None:
    _, (media_id,) = await say("pothole")
    store = FullStore("memory://full")
    for _ in range(20):
        assert await try_it(Source(jpeg()), media_id, store) is not None
    waiting = await row(media_id)
    assert (waiting.state, waiting.failure, waiting.attempts) == ("waiting", FailureKind.TRANSIENT, 0)
    store.full = False
    assert await try_it(Source(jpeg()), media_id, store) is None
    assert (await row(media_id)).state == "kept"


async def test_a_file_on_which_our_own_code_fails_is_refused_after_a_few_tries() -> None:
    _, (media_id,) = await say("pothole")
    source = Source(ZeroDivisionError("a secret of the resident"))
    for _ in range(TRIES - 1):
        assert await try_it(source, media_id) is not None
    assert await try_it(source, media_id) is None
    refused = await row(media_id)
    assert (refused.state, refused.refusal, refused.attempts) == ("refused", "broken", TRIES)
    assert refused.reason is not None
    assert refused.reason.startswith("ZeroDivisionError at ")
    assert "secret" not in refused.reason


async def test_a_file_that_kills_its_process_comes_to_an_end() -> None:
    class DeadError(BaseException):
        """As far as the row can tell, the process is gone."""

    _, (media_id,) = await say("pothole")
    source = Source(cast(Any, DeadError()))

    async def dies(_: MediaRef) -> FetchedMedia:
        source.asked += 1
        raise DeadError

    source.fetch = dies  # type: ignore[method-assign]
    for _ in range(MOST_DEATHS):
        with pytest.raises(DeadError):
            await try_it(source, media_id)
    assert await try_it(source, media_id) is None
    assert source.asked == MOST_DEATHS
    assert (await row(media_id)).state == "refused"


async def test_photos_that_come_after_their_words_make_one_turn_of_their_own() -> None:
    conversation_id, media_ids = await say("pothole at Pico and 4th", files=2)
    await age(FILE_WAIT)
    words = await next_turn(conversation_id)
    assert words is not None
    assert words.metadata["photos"] == []
    assert await try_it(Source(jpeg()), media_ids[0]) is None
    assert await next_turn(conversation_id) is None, "the other one may come, too"
    assert await try_it(Source(jpeg(shade=40)), media_ids[1]) is None
    late = await next_turn(conversation_id)
    assert late is not None
    assert late.message == "/send_photos"
    assert len(late.metadata["photos"]) == 2
    assert late.metadata["message_id"] != words.metadata["message_id"]
    assert await next_turn(conversation_id) is None


async def test_a_file_is_brought_in_once_whoever_else_has_it_in_hand() -> None:
    conversation_id, (media_id,) = await say("pothole")
    source = Source(jpeg())

    async def slow(reference: MediaRef) -> FetchedMedia:
        await bring_in(cast(Provider, Source(jpeg())), PhotoStore("memory://photos"), media_id)
        return FetchedMedia(jpeg())

    source.fetch = slow  # type: ignore[method-assign]
    assert await try_it(source, media_id) is None
    turn = await next_turn(conversation_id)
    assert turn is not None
    assert len(turn.metadata["photos"]) == 1
    assert await next_turn(conversation_id) is None
