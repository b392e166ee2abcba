"""The pictures that go with a mail to a mailbox: the map and the resident's photos, small enough for every mail server."""

from __future__ import annotations

import structlog

from bot.cases.mailbox import Reason
from bot.cases.work_view import WorkPhoto, WorkView
from bot.city.map_picture import map_picture
from bot.mail.message import Picture
from bot.photos.smaller import smaller
from bot.photos.store import PhotoMissingError, PhotoStore

log = structlog.get_logger(__name__)

MOST_PHOTOS = 5
# Bytes of all pictures together. Mail servers commonly take 10 MB, and on the way a picture grows by a third.
MOST_BYTES = 5_000_000
MAP = "map.png"


def map_of(view: WorkView) -> Picture | None:
    """The streets around the place; None for what is nowhere. Takes a second when first asked for."""
    return Picture(MAP, "png", map_picture(view.point, "en")) if view.point else None


def chosen(view: WorkView, reason: Reason) -> tuple[WorkPhoto, ...]:
    """Of a new request the first photos, else the last ones: they show what is still wrong."""
    photos = view.photos
    return photos[:MOST_PHOTOS] if reason is Reason.NEW else photos[-MOST_PHOTOS:]


def photos_of(photos: tuple[WorkPhoto, ...], store: PhotoStore, room: int) -> list[Picture]:
    """Those of the photos that fit into `room` bytes, in their order, each made smaller. Slow: reads the store."""
    taken: list[Picture] = []
    for photo in photos:
        try:
            content = smaller(store.get(photo.sha256))
        except PhotoMissingError:
            log.error("photo.missing", photo_id=photo.photo_id)
            continue
        room -= len(content)
        if room < 0:
            break
        taken.append(Picture(f"photo-{photo.photo_id}.jpg", "jpeg", content))
    return taken
