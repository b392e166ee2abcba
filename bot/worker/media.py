"""The tasks of residents' files: fetch them, and have the provider forget them."""

from __future__ import annotations

from bot.channels.messages import Channel, MediaError, MediaRef
from bot.conversation import photos
from bot.conversation.photos import MediaPostponedError
from bot.worker.services import Services


async def bring_in(services: Services, media_id: int, channel: str) -> None:
    """Fetch one file. Raises `MediaPostponedError` to be called again."""
    await photos.bring_in(services.providers.provider_for(Channel(channel)), services.photos, media_id)


async def delete_provider_media(services: Services, channel: str, provider_ref: str) -> None:
    """Delete a file at the provider, now that we keep it. Raises `MediaPostponedError` to try again."""
    provider = services.providers.provider_for(Channel(channel))
    try:
        await provider.delete_media(MediaRef(provider_ref))
    except MediaError as error:
        if error.retryable:
            raise MediaPostponedError(error.problem, error.retry_after or photos.LONGEST_WAIT) from None
