"""The pictures of a message: loaded and drawn for sending, and only counted for looking it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.channels.messages import OutboundPhoto, Pin
from bot.city.location import Point
from bot.city.map_picture import map_picture
from bot.db.session import transaction
from bot.db.tables import Media, Message
from bot.delivery.attempts import Attempt
from bot.photos.store import PhotoMissingError

PhotoLoader = Callable[[Media, str], OutboundPhoto]


class PictureError(Exception):
    """A picture could not be loaded or drawn; the cause says why."""

    @property
    def for_good(self) -> bool:
        """Whether it is known to be lost: a store that is away comes back."""
        return isinstance(self.__cause__, PhotoMissingError)


async def with_pictures(attempt: Attempt, channel: str, load_photo: PhotoLoader) -> Attempt:
    """The attempt with its photos loaded and its map drawn, or with links to them. Raises PictureError."""
    if not attempt.photos and not attempt.map:
        return attempt
    if attempt.by_link:
        return await _with_links(attempt, channel, load_photo)
    if attempt.cut_off:
        return _counted(attempt)
    try:
        return await asyncio.to_thread(_loaded, attempt, channel, load_photo)
    except Exception as error:  # whatever is wrong with a picture, the words are not
        if attempt.parts_sent:
            return _counted(
                attempt
            )  # some are sent; a provider that is still to get one refuses it, and says so
        raise PictureError from error


async def _with_links(attempt: Attempt, channel: str, load_photo: PhotoLoader) -> Attempt:
    """With links to its photos, which are stored before they are sent: a look-up must know the very words."""
    if attempt.outbound.photo_links or attempt.cut_off:
        return attempt
    try:
        links = tuple(filter(None, (load_photo(media, channel).link for media in attempt.photos)))
    except Exception as error:
        raise PictureError from error
    async with transaction() as session:
        message = await session.get_one(Message, attempt.message_id, with_for_update=True)
        message.payload = {**message.payload, "photo_links": list(links)}
    return replace(attempt, outbound=replace(attempt.outbound, photo_links=links))


def _loaded(attempt: Attempt, channel: str, load_photo: PhotoLoader) -> Attempt:
    """It reads files and computes: not in the event loop."""
    outbound = replace(attempt.outbound, photos=tuple(load_photo(media, channel) for media in attempt.photos))
    if attempt.map:
        outbound = replace(outbound, map_picture=_drawn(attempt.map, outbound.language))
    return replace(attempt, outbound=outbound)


def _drawn(place: Pin, language: str) -> bytes:
    return map_picture(Point(place.lat, place.lon), language)


def _counted(attempt: Attempt) -> Attempt:
    """What a look-up needs: which words go with how many pictures. The store is not asked, and cannot fail."""
    photos = tuple(
        OutboundPhoto(media.photo.id, "", b"", media.photo.size) for media in attempt.photos if media.photo
    )
    outbound = replace(attempt.outbound, photos=photos)
    if attempt.map:
        outbound = replace(outbound, map_picture=b"")
    return replace(attempt, outbound=outbound)
