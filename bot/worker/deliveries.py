"""The task that sends what waits in a conversation."""

from __future__ import annotations

from bot.channels.messages import Channel, OutboundPhoto
from bot.db.tables import Media
from bot.delivery.deliver import deliver_all
from bot.photos.signed import sign_photo_url
from bot.settings import secret_key
from bot.worker.services import Services

MEDIA_LINK_SECONDS = 6 * 3600  # Twilio fetches within seconds; carriers' retries take hours at most


async def deliver(services: Services, conversation_id: int, channel: str) -> None:
    """Send what waits in one conversation. Raises `DeliveryPostponedError`."""
    provider = services.providers.provider_for(Channel(channel))

    def load_photo(media: Media, channel: str) -> OutboundPhoto:
        assert media.photo is not None  # noqa: S101 - the caller filters
        photo = media.photo
        url = sign_photo_url(
            photo.id,
            "full",
            base_url=services.settings.base_url,
            secret=secret_key(services.settings),
            ttl=MEDIA_LINK_SECONDS,
        )
        # Telegram is given the bytes themselves; Twilio only takes a link.
        content = services.photos.get(photo.sha256) if channel == Channel.TELEGRAM else None
        return OutboundPhoto(photo.id, url, content, photo.size)

    await deliver_all(provider, conversation_id, load_photo)
