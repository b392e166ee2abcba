"""The picture of finished work as one resident gets it: beside the one they sent, where they sent one."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.before_after import before_after_photo
from bot.db.tables import Conversation
from bot.delivery.notices.tell import Pictures
from bot.failures import reason_of
from bot.photos.store import PhotoStore, PhotoStoreAwayError

log = structlog.get_logger(__name__)


def before_and_after(store: PhotoStore) -> Pictures:
    """How `tell` makes the pictures of an event."""

    async def with_pictures(
        session: AsyncSession, conversation: Conversation, event: dict[str, Any]
    ) -> dict[str, Any]:
        photos = [int(photo) for photo in event.get("photos", ())]
        if not photos or not event.get("ends_work"):
            return event
        language = conversation.contact.language or "en"
        try:
            both = await before_after_photo(
                session, store, int(event["request_id"]), conversation.id, photos[0], language
            )
        except (PhotoStoreAwayError, OSError) as error:
            # The words and the city's picture go out all the same.
            log.warning("before_after.store_away", conversation_id=conversation.id, reason=reason_of(error))
            both = None
        return event if both is None else {**event, "photos": [both, *photos[1:]]}

    return with_pictures
