"""Residents' files at Telegram: getFile, then a download whose link holds the bot's token."""

from __future__ import annotations

from telegram.error import TelegramError

from bot.channels.download import MAX_BYTES, AllowedHosts, download, problem_of_status
from bot.channels.messages import FetchedMedia, MediaError, MediaProblem, MediaRef
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.errors import TelegramRefusedError


async def fetch(client: TelegramClient, ref: MediaRef, *, max_bytes: int = MAX_BYTES) -> FetchedMedia:
    """The file of a file_id; raises MediaError, which never holds the link."""
    if ref.size is not None and ref.size > max_bytes:
        raise MediaError(MediaProblem.TOO_LARGE)
    try:
        file = await client.bot.get_file(ref.provider_ref)
    except TelegramRefusedError as refused:
        raise MediaError(_problem(refused), refused.retry_after) from None
    except TelegramError:
        raise MediaError(MediaProblem.UNAVAILABLE) from None
    if not file.file_path:
        raise MediaError(MediaProblem.GONE)
    if not file.file_path.startswith(f"{client.api_base_url}/"):
        # A local Bot API server answers with a path on its own disk, which we cannot read.
        raise MediaError(MediaProblem.FORBIDDEN_HOST)
    return await download(
        client.http, file.file_path, hosts=AllowedHosts(client.api_base_url), max_bytes=max_bytes
    )


async def delete(client: TelegramClient, ref: MediaRef) -> bool:
    """False, always: a file belongs to the resident's own chat and a bot cannot delete it."""
    return False


def _problem(refused: TelegramRefusedError) -> MediaProblem:
    words = refused.description.lower()
    if refused.status == 400:
        return MediaProblem.TOO_LARGE if "too big" in words else MediaProblem.GONE
    if refused.status in (401, 404):  # of getFile itself: the token is wrong
        return MediaProblem.MISCONFIGURED
    return problem_of_status(refused.status)
