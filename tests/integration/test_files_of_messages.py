"""What becomes of the files of a message: photos, words, places, and what we cannot see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from bot.channels.messages import (
    Channel,
    FetchedMedia,
    Inbound,
    InboundKind,
    MediaError,
    MediaProblem,
    MediaRef,
    Option,
)
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.photos import WORTH_ASKING, MediaPostponedError, bring_in
from bot.conversation.receive import MAX_BODY, receive
from bot.conversation.states import InboundState
from bot.conversation.turns import NotReady, OpenTurn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.photos.store import PhotoStore
from tests import photos

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Here\r\n{}\r\nEND:VCARD\r\n"
APPLE = CARD.format(r"item1.URL;type=pref:http://maps.apple.com/?ll=34.0116\,-118.4911&q=34.0116\,-118.4911")
CARD_TYPES = ("text/x-vcard", "text/vcard", "text/x-vlocation", "application/vcard")
VERDICT = (Option("Yes", "/fixed"), Option("No", "/not_fixed"))


@dataclass
class Shelf:
    """Stands in for a provider: files by their reference."""

    files: dict[str, FetchedMedia | MediaError] = field(default_factory=dict)
    channel: Channel = Channel.SMS

    async def fetch(self, ref: MediaRef) -> FetchedMedia:
        found = self.files[ref.provider_ref]
        if isinstance(found, MediaError):
            raise found
        return found


@pytest.fixture
def store(tmp_path: Any) -> PhotoStore:
    return PhotoStore(f"file://{tmp_path}/photos")


async def sent(text: str = "", *files: tuple[str, bytes], number: int = 1, **more: Any) -> tuple[int, Shelf]:
    """An MMS with files of such types; gives its conversation and where its files are."""
    media = tuple(MediaRef(f"f{number}.{at}", content_type) for at, (content_type, _) in enumerate(files))
    shelf = Shelf(
        {
            ref.provider_ref: FetchedMedia(content, kind)
            for ref, (kind, content) in zip(media, files, strict=True)
        }
    )
    inbound = Inbound(
        Channel.SMS, InboundKind.MESSAGE, f"SM{number}", "+13105550123", text=text, media=media, **more
    )
    async with transaction() as session:
        return (await receive(session, inbound)).conversation_id, shelf


async def turn_of(conversation_id: int, shelf: Shelf, store: PhotoStore) -> OpenTurn | None:
    """The next turn, once its files are in."""
    async with transaction() as session:
        found = await open_turn(session, conversation_id)
    if isinstance(found, NotReady):
        files = await waiting()
        await asyncio.gather(*(bring_in(shelf, store, media) for media in files))  # type: ignore[arg-type]
        async with transaction() as session:
            found = await open_turn(session, conversation_id)
    assert found is None or isinstance(found, OpenTurn)
    return found


async def waiting() -> list[int]:
    async with transaction() as session:
        query = select(Media.id).where(Media.state == "waiting").order_by(Media.id)
        return list(await session.scalars(query))


async def said() -> list[Message]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return list(rows)


async def the_message(number: int = 1) -> Message:
    async with transaction() as session:
        return (
            await session.execute(
                select(Message)
                .where(Message.provider_id == f"SM{number}")
                .options(selectinload(Message.media))
            )
        ).scalar_one()


@pytest.mark.parametrize("content_type", CARD_TYPES)
async def test_a_shared_location_is_a_pin(content_type: str, store: PhotoStore) -> None:
    conversation_id, shelf = await sent("", (content_type, APPLE.encode()))
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "/share_location"
    assert (turn.metadata["pin"]["lat"], turn.metadata["pin"]["lon"]) == (34.0116, -118.4911)
    assert turn.metadata["photos_refused"] == []
    assert turn.metadata["unseen"] == []


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain", "image/jpeg"])
async def test_a_card_is_known_by_its_first_line_whatever_its_type_says(
    content_type: str, store: PhotoStore
) -> None:
    conversation_id, shelf = await sent("pothole here", (content_type, APPLE.encode()))
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert (turn.message, turn.metadata["pin"]["lat"]) == ("pothole here", 34.0116)


async def test_a_card_with_a_map_link_in_words_says_the_link(store: PhotoStore) -> None:
    card = CARD.format("URL:https://maps.apple.com/?address=1685%20Main%20St")
    conversation_id, shelf = await sent("pothole", ("text/x-vcard", card.encode()))
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "pothole\nhttps://maps.apple.com/?address=1685%20Main%20St"


async def test_a_card_without_a_place_is_answered_kindly_and_a_menu_stays_open(store: PhotoStore) -> None:
    conversation_id, shelf = await sent("hello")
    await turn_of(conversation_id, shelf, store)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await session.execute(Message.__table__.update().values(state=InboundState.HANDLED))
        await session.execute(
            Message.metadata.tables["turns"].update().values(finished_at=conversation.created_at)
        )
        await queue_replies(session, conversation, [Reply("Is it fixed?", VERDICT)])
    card = CARD.format("TEL:+13105550199")
    conversation_id, shelf = await sent("", ("text/vcard", card.encode()), number=2)
    assert await turn_of(conversation_id, shelf, store) is None
    assert "contact" in (await said())[-1].body
    assert (await the_message(2)).payload["unsupported"] == "contact"
    conversation_id, shelf = await sent("2", number=3)
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "/not_fixed"


async def test_a_card_without_a_place_beside_words_is_told_to_the_dialogue(store: PhotoStore) -> None:
    card = CARD.format("TEL:+13105550199")
    conversation_id, shelf = await sent("call him about the pothole", ("text/vcard", card.encode()))
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert (turn.message, turn.metadata["unseen"]) == ("call him about the pothole", ["contact"])
    assert await said() == []


async def test_text_parts_of_an_mms_are_words(store: PhotoStore) -> None:
    words = "Bache en la calle Ñandú"
    conversation_id, shelf = await sent(
        "Hola",
        ("text/plain; charset=iso-8859-1", words.encode("latin-1")),
        ("image/jpeg", photos.jpeg()),
    )
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == f"Hola\n{words}"
    assert len(turn.metadata["photos"]) == 1
    message = await the_message()
    assert message.body == f"Hola\n{words}"
    assert [media.state for media in message.media] == ["read", "kept"]


async def test_a_text_part_of_any_size_with_any_bytes_is_stored(store: PhotoStore) -> None:
    conversation_id, shelf = await sent("", ("text/plain", b"pothole \x00\xff" + b"x" * 3_000_000))
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message.startswith("pothole")
    assert len((await the_message()).body) == MAX_BODY


async def test_a_number_that_came_as_a_text_part_chooses_from_the_menu(store: PhotoStore) -> None:
    conversation_id, shelf = await sent("hello")
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await session.execute(Message.__table__.update().values(state=InboundState.HANDLED))
        await queue_replies(session, conversation, [Reply("Is it fixed?", VERDICT)])
    conversation_id, shelf = await sent("", ("text/plain", b"1"), number=2)
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "/fixed"


@pytest.mark.parametrize("kind", ["video", "voice", "document"])
async def test_words_beside_what_we_cannot_see_are_taken_and_the_dialogue_is_told(
    kind: str, store: PhotoStore
) -> None:
    conversation_id, shelf = await sent("water gushing at Pico and 4th", unsupported=kind)
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "water gushing at Pico and 4th"
    assert turn.metadata["unseen"] == [kind]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("video", "videos"),
        ("video_note", "videos"),
        ("animation", "videos"),
        ("voice", "voice"),
        ("audio", "voice"),
        ("sticker", "stickers"),
        ("document", "file"),
        ("contact", "contact"),
        ("dice", "text, photos and locations"),
        ("other", "text, photos and locations"),
    ],
)
async def test_a_file_alone_is_answered_by_its_kind_and_the_menu_before_it_still_counts(
    kind: str, words: str, store: PhotoStore
) -> None:
    conversation_id, shelf = await sent("hello")
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await session.execute(Message.__table__.update().values(state=InboundState.HANDLED))
        await queue_replies(session, conversation, [Reply("Is it fixed?", VERDICT)])
    async with transaction() as session:
        lone = Inbound(Channel.SMS, InboundKind.UNSUPPORTED, "SM2", "+13105550123", unsupported=kind)
        await receive(session, lone)
    assert words in (await said())[-1].body
    conversation_id, shelf = await sent("2", number=3)
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.message == "/not_fixed"


async def test_a_store_that_is_full_refuses_nothing_and_the_photo_is_kept_later(store: PhotoStore) -> None:
    conversation_id, shelf = await sent("pothole", ("image/jpeg", photos.jpeg()))
    full = PhotoStore("file:///dev/null/photos")
    (media_id,) = await waiting()
    with pytest.raises(MediaPostponedError):
        await bring_in(shelf, full, media_id)  # type: ignore[arg-type]
    assert await waiting() == [media_id]
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert len(turn.metadata["photos"]) == 1


async def test_a_file_that_is_gone_is_refused_with_its_reason(store: PhotoStore) -> None:
    conversation_id, shelf = await sent("pothole", ("image/jpeg", b""))
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - WORTH_ASKING))
    shelf.files = {name: MediaError(MediaProblem.GONE) for name in shelf.files}
    (media_id,) = await waiting()
    await bring_in(shelf, store, media_id)  # type: ignore[arg-type]
    turn = await turn_of(conversation_id, shelf, store)
    assert turn is not None
    assert turn.metadata["photos_refused"] == ["gone"]


async def test_a_file_that_is_brought_in_twice_is_recorded_once(store: PhotoStore) -> None:
    _, shelf = await sent("hello", ("text/plain", b"again"))
    (media_id,) = await waiting()
    await asyncio.gather(*(bring_in(shelf, store, media_id) for _ in range(3)))  # type: ignore[arg-type]
    assert (await the_message()).body == "hello\nagain"
