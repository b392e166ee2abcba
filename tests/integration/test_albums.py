"""An album of Telegram's is an update for each picture: one turn, with all its pictures and what is written below them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.messages import Channel, FetchedMedia
from bot.conversation.turns import OpenTurn
from bot.db.session import transaction
from bot.db.tables import Media, Message, Photo
from tests.gateway import Gateway, message
from tests.photos import jpeg

pytestmark = pytest.mark.integration

ALBUM = "13370000000000042"


def photo(gateway: Gateway, name: str, shade: int) -> dict[str, Any]:
    """A picture as a message has it, in two sizes; its file is at Telegram."""
    sizes = [
        {"file_id": f"{name}-{width}", "file_unique_id": f"u{name}{width}", "width": width, "height": width, "file_size": 900}
        for width in (90, 1280)
    ]  # fmt: skip
    for size in sizes:
        gateway.files[str(size["file_id"])] = FetchedMedia(jpeg(shade=shade), "image/jpeg")
    return {"photo": sizes}


def document(gateway: Gateway, name: str, shade: int) -> dict[str, Any]:
    """A picture sent as a file."""
    gateway.files[name] = FetchedMedia(jpeg(shade=shade), "image/jpeg")
    kind = {"file_name": f"{name}.jpg", "mime_type": "image/jpeg", "file_size": 900}
    return {"document": {"file_id": name, "file_unique_id": f"u{name}", **kind}}


async def post(gateway: Gateway, content: dict[str, Any], **more: Any) -> None:
    number = next(gateway.numbers)
    assert await gateway.post_telegram(message=message(number, **content, **more)) == 200


async def everything_is_there(gateway: Gateway) -> list[OpenTurn]:
    """Some seconds later: the turns that were made of it."""
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=Message.created_at - timedelta(seconds=2)))
    before = len(gateway.turns)
    gateway.channel = Channel.TELEGRAM
    await gateway.take_turns()
    return gateway.turns[before:]


async def photos_by_message() -> list[int]:
    """The photo of each message, in the order in which they came."""
    async with transaction() as session:
        return list(await session.scalars(select(Media.photo_id).order_by(Media.message_id)))  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("kind", [photo, document])
async def test_an_album_is_one_turn_with_all_photos_and_its_caption_wherever_that_stands(
    gateway: Gateway, place: int, kind: Any
) -> None:
    for picture in range(3):
        caption = {"caption": "pothole at Pico and 4th"} if picture == place else {}
        await post(gateway, kind(gateway, f"p{picture}", 40 * picture), media_group_id=ALBUM, **caption)
    (turn,) = await everything_is_there(gateway)
    photos = await photos_by_message()
    assert len(set(photos)) == 3
    assert turn.message == "pothole at Pico and 4th"
    assert turn.metadata["photos"] == photos
    assert turn.metadata["captions"] == [{"photo": photos[place], "text": "pothole at Pico and 4th"}]
    assert await everything_is_there(gateway) == [], "and nothing of it is left"


async def test_each_caption_of_an_album_stays_with_its_picture(gateway: Gateway) -> None:
    captions = ("graffiti at Main and Hill", "", "pothole at Pico and 4th")
    for picture, caption in enumerate(captions):
        await post(
            gateway, photo(gateway, f"p{picture}", 40 * picture), media_group_id=ALBUM, caption=caption
        )
    (turn,) = await everything_is_there(gateway)
    photos = await photos_by_message()
    assert turn.message == "graffiti at Main and Hill\npothole at Pico and 4th"
    assert turn.metadata["photos"] == photos
    assert turn.metadata["captions"] == [
        {"photo": photos[0], "text": captions[0]},
        {"photo": photos[2], "text": captions[2]},
    ]


async def test_words_right_after_an_album_without_a_caption_are_in_its_turn(gateway: Gateway) -> None:
    for picture in range(2):
        await post(gateway, photo(gateway, f"p{picture}", 40 * picture), media_group_id=ALBUM)
    await post(gateway, {"text": "dumped mattress behind 1437 11th St"})
    (turn,) = await everything_is_there(gateway)
    assert turn.message == "dumped mattress behind 1437 11th St"
    assert turn.metadata["photos"] == await photos_by_message()
    assert turn.metadata["captions"] == []


async def test_a_picture_of_an_album_that_comes_late_is_a_turn_of_its_own_and_not_lost(
    gateway: Gateway,
) -> None:
    await post(gateway, photo(gateway, "p0", 0), media_group_id=ALBUM, caption="pothole at Pico and 4th")
    (first,) = await everything_is_there(gateway)
    await post(gateway, photo(gateway, "p1", 40), media_group_id=ALBUM)
    (late,) = await everything_is_there(gateway)
    assert (len(first.metadata["photos"]), len(late.metadata["photos"])) == (1, 1)
    assert late.message == "/send_photos"


async def test_an_album_posted_again_adds_nothing(gateway: Gateway) -> None:
    updates = [
        {
            "update_id": 9_000 + picture,
            "message": message(
                picture + 1,
                media_group_id=ALBUM,
                caption="graffiti",
                **photo(gateway, f"p{picture}", 40 * picture),
            ),
        }
        for picture in range(2)
    ]
    for update_of_album in [*updates, *updates]:
        assert await gateway.post_telegram(**update_of_album) == 200
    (turn,) = await everything_is_there(gateway)
    assert len(turn.metadata["photos"]) == 2
    async with transaction() as session:
        assert len((await session.scalars(select(Photo.id))).all()) == 2
