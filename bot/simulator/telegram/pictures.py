"""Takes a photo the bot sends: uploaded, by address, or by the file_id of an earlier one."""

from __future__ import annotations

import asyncio

import httpx

from bot.simulator.phones import ShownMedia
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.errors import bad_request
from bot.simulator.telegram.objects import Json
from bot.simulator.telegram.parameters import Parameters
from bot.simulator.telegram.photos import NotAPhotoError, recompress

UPLOAD_LIMIT = 10 * 1024 * 1024
URL_LIMIT = 5 * 1024 * 1024


async def take_photo(
    bot: TelegramBot, parameters: Parameters, value: str, field: str
) -> tuple[list[Json], ShownMedia]:
    """The PhotoSize list and what the phone shows. `value` is attach://name, an address or a file_id."""
    source = None
    if value.startswith("attach://") or (not value and field in parameters.uploads):
        upload = parameters.uploads.get(value.removeprefix("attach://") or field)
        if upload is None:
            raise bad_request("file must be non-empty")
        content, limit = upload.content, UPLOAD_LIMIT
    elif value.startswith(("http://", "https://")):
        source, limit = value, URL_LIMIT
        content = await _fetch(bot, value)
    elif (known := bot.files.get(value)) is not None:
        content, limit = known.media.content, UPLOAD_LIMIT
    elif not value:
        raise bad_request("there is no photo in the request")
    else:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > limit:
        raise bad_request("file is too big")
    try:
        photo = bot.files.add_photo(await asyncio.to_thread(recompress, content))
    except NotAPhotoError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    largest = photo[-1]
    url = bot.files.url_of(largest["file_id"])
    return photo, ShownMedia("photo", url, "image/jpeg", largest["file_size"], source=source)


async def _fetch(bot: TelegramBot, url: str) -> bytes:
    try:
        response = await bot.world.http.get(bot.world.config.connect_url(url), follow_redirects=True)
    except httpx.HTTPError:
        raise bad_request("failed to get HTTP URL content") from None
    if response.status_code != 200:
        raise bad_request("failed to get HTTP URL content")
    if not response.headers.get("content-type", "").startswith("image/"):
        raise bad_request("wrong type of the web page content")
    return response.content
