"""Residents' files at Twilio: fetched with our credentials, deleted once they are ours.

https://www.twilio.com/docs/messaging/api/media-resource
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import structlog

from bot.channels.download import MAX_BYTES, AllowedHosts, download
from bot.channels.messages import FetchedMedia, MediaError, MediaProblem, MediaRef
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.errors import TwilioRefusedError

log = structlog.get_logger(__name__)

_MEDIA_PATH = re.compile(
    r"/2010-04-01/Accounts/(?P<account>AC\w{32})/Messages/(?P<message>\w{34})/Media/(?P<media>ME\w{32})(\.json)?"
)


async def fetch(client: TwilioClient, ref: MediaRef, *, max_bytes: int = MAX_BYTES) -> FetchedMedia:
    """The file behind a MediaUrl; raises MediaError.

    A MediaUrl leads from Twilio's API, which wants our credentials, to a storage host, which must not get them.
    """
    hosts = AllowedHosts(client.api_base_url, client.media_hosts)
    return await download(
        client.http,
        ref.provider_ref,
        hosts=hosts,
        auth=(client.account_sid, client.auth_token),
        max_bytes=max_bytes,
    )


async def delete(client: TwilioClient, ref: MediaRef) -> bool:
    """Delete a file at Twilio, where anybody with the link could fetch it otherwise; True once it is gone.

    False when `ref` is no medium of our account, so nothing could be deleted. Raises MediaError to try again.
    """
    match = _MEDIA_PATH.fullmatch(urlsplit(ref.provider_ref).path)
    if match is None or match["account"] != client.account_sid:
        return False
    medium = client.rest.api.v2010.account.messages(match["message"]).media(match["media"])
    try:
        await medium.delete_async()
    except TwilioRefusedError as refused:
        if refused.status == 404:  # deleted before
            return True
        misconfigured = refused.status in (401, 403)
        problem = MediaProblem.MISCONFIGURED if misconfigured else MediaProblem.UNAVAILABLE
        raise MediaError(problem, refused.retry_after) from None
    except httpx.HTTPError:
        raise MediaError(MediaProblem.UNAVAILABLE) from None
    log.info("sms.media_deleted", media=match["media"])
    return True
