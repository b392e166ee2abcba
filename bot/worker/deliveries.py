"""The task that sends what waits in a conversation."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.messages import Channel, OutboundPhoto
from bot.channels.provider import NotConfiguredError
from bot.db.tables import Media
from bot.delivery.deliver import DeliveryPostponedError, deliver_all
from bot.delivery.outcomes import LONGEST_WAIT
from bot.delivery.unconfigured import hold_unconfigured
from bot.photos.short_links import short_photo_url
from bot.photos.signed import sign_photo_url
from bot.settings import secret_key
from bot.worker.services import Services

MEDIA_LINK_SECONDS = 6 * 3600  # Twilio fetches within seconds; carriers' retries take hours at most
WORDS_LINK = timedelta(days=7)  # of a link that stands in a text: people open it the next day


async def deliver(services: Services, conversation_id: int, channel: str) -> None:
    """Send what waits in one conversation. Raises `DeliveryPostponedError`."""
    try:
        provider = services.providers.provider_for(Channel(channel))
    except NotConfiguredError:
        await hold_unconfigured(conversation_id, channel)
        raise DeliveryPostponedError("the channel is not configured", LONGEST_WAIT) from None

    base_url, secret = services.settings.base_url, secret_key(services.settings)

    def load_photo(media: Media, channel: str) -> OutboundPhoto:
        assert media.photo is not None  # noqa: S101 - the caller filters
        photo = media.photo
        # Telegram is given the bytes themselves; Twilio only takes a link.
        content = services.photos.get(photo.outside.sha256) if channel == Channel.TELEGRAM else None
        return OutboundPhoto(
            photo.id,
            sign_photo_url(photo.id, "full", base_url=base_url, secret=secret, ttl=MEDIA_LINK_SECONDS),
            content,
            photo.outside.size,
            link=short_photo_url(photo.id, base_url=base_url, secret=secret, ttl=WORDS_LINK),
        )

    await deliver_all(provider, conversation_id, load_photo)


async def answer_button(services: Services, channel: str, callback_id: str) -> None:
    """Take the waiting mark off a button that means nothing to us."""
    await services.providers.provider_for(Channel(channel)).answer_button(callback_id)
