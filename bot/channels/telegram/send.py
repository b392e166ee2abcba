"""Handing a reply to Telegram.

What happens with a send whose answer got lost. Telegram has neither an idempotency key nor a history a bot could
read, but a message can be found again by trying to edit it into what it already is (`look_up.py`). The rule:

* the request was not wholly written, or Telegram itself answered that it failed: RETRY, it did not go out;
* the request was written and no answer came: AMBIGUOUS. After SETTLE_SECONDS the message is looked up: FOUND, and
  its id is recorded; or NOT_FOUND, and it is sent again;
* where looking up cannot tell (too many ids to try, an earlier message without an id) it is UNKNOWABLE: it counts as
  sent, marked unconfirmed, and is not repeated. The server acts on a request it has received whether or not we wait
  for the answer, so nearly all of these did go out; a second copy of a question puts two sets of live buttons before
  the resident, while a lost reply is mended by the resident's next word, which makes the bot ask again.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import InputFile, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.error import BadRequest, TelegramError

from bot.channels.lease import LeaseEndedError, one_request
from bot.channels.messages import Check, OutboundPhoto, Outcome, SendResult
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.errors import BrokenAnswerError, TelegramRefusedError, classify
from bot.channels.telegram.render import (
    AlbumPart,
    Part,
    PhotoPart,
    RenderedTelegram,
    TextPart,
    VenuePart,
)
from bot.channels.transport import SETTLE_SECONDS, Meaning, meaning_of_transport

log = structlog.get_logger(__name__)

# A preview makes Telegram's servers open the link: a resident's own status page is nobody else's to read.
TOPIC_GONE = "message thread not found"  # the resident deleted or closed the topic
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def send(client: TelegramClient, rendered: RenderedTelegram, *, start: int = 0) -> SendResult:
    """Send the parts from `start` on, in order, and stop at the first that is not sent.

    Never raises for what Telegram or the network does: every failure is an Outcome. `provider_ids` are
    "<chat>:<message>" of this attempt, one for each picture of an album; `parts_sent` says where a further attempt
    starts.
    """
    ids: list[str] = []
    total = len(rendered.parts)
    for index in range(start, total):
        part = rendered.parts[index]
        try:
            async with one_request():
                messages = await _send_part(client, rendered, part)
        except (TelegramError, LeaseEndedError) as error:
            result = replace(_failure(error, part, index), provider_ids=tuple(ids), parts=total)
            log.info(
                "telegram.not_sent",
                message_id=rendered.message_id,
                outcome=result.outcome.value,
                code=result.error_code,
            )
            return result
        ids += [f"{message.chat.id}:{message.message_id}" for message in messages]
    return SendResult(Outcome.SENT, tuple(ids), parts_sent=total, parts=total)


def _failure(error: TelegramError | LeaseEndedError, part: Part, index: int) -> SendResult:
    if isinstance(error, TelegramRefusedError):
        return _refusal(error, part, index)
    if isinstance(error, LeaseEndedError):
        meaning = meaning_of_transport(error)
    elif isinstance(error, BrokenAnswerError):
        meaning = Meaning(Outcome.AMBIGUOUS, "the answer was not Telegram's")
    elif error.__cause__ is not None:
        meaning = meaning_of_transport(error.__cause__)
    else:  # python-telegram-bot refused to build the request
        meaning = Meaning(Outcome.REJECTED, "the message could not be built")
    return SendResult(
        meaning.outcome, retry_after=_settling(meaning), detail=meaning.detail, parts_sent=index
    )


def _refusal(error: TelegramRefusedError, part: Part, index: int) -> SendResult:
    meaning = classify(error.status, error.description)
    picture = meaning.picture if isinstance(part, PhotoPart | AlbumPart) else None
    return SendResult(
        Outcome.PICTURE_REFUSED if picture else meaning.outcome,
        retry_after=_settling(meaning, error.retry_after),
        error_code=str(error.status),
        detail=meaning.detail,
        # Pictures come before the words: without them all the words are still to be said.
        parts_sent=0 if picture else index,
        picture=picture,
    )


def _settling(meaning: Meaning, asked: float | None = None) -> float | None:
    return SETTLE_SECONDS if meaning.outcome is Outcome.AMBIGUOUS else asked


async def _send_part(client: TelegramClient, rendered: RenderedTelegram, part: Part) -> tuple[Message, ...]:
    """Send one part, in its topic; where that is gone, in the chat itself."""
    try:
        return await _post(client, rendered.to, part, rendered.topic)
    except TelegramRefusedError as refused:
        if rendered.topic is None or refused.status != 400 or TOPIC_GONE not in refused.description.lower():
            raise
        return await _post(client, rendered.to, part, None)


async def _post(client: TelegramClient, to: str, part: Part, topic: int | None) -> tuple[Message, ...]:
    bot = client.bot
    match part:
        case TextPart():
            return (
                await bot.send_message(
                    to,
                    part.text,
                    reply_markup=part.markup,
                    link_preview_options=NO_PREVIEW,
                    message_thread_id=topic,
                ),
            )
        case PhotoPart():
            photo, caption = _file(part.photo), part.caption or None
            return (
                await bot.send_photo(
                    to, photo, caption=caption, reply_markup=part.markup, message_thread_id=topic
                ),
            )
        case AlbumPart():
            media = [
                InputMediaPhoto(_file(photo), caption=(part.caption or None) if index == 0 else None)
                for index, photo in enumerate(part.photos)
            ]
            return await bot.send_media_group(to, media, message_thread_id=topic)
        case VenuePart():
            return (await _send_place(client, to, part, topic),)


async def _send_place(client: TelegramClient, to: str, part: VenuePart, topic: int | None) -> Message:
    pin, bot = part.pin, client.bot
    if not (pin.name or pin.address):
        return await bot.send_location(
            to, pin.lat, pin.lon, reply_markup=part.markup, message_thread_id=topic
        )
    title = pin.name or pin.address or ""
    # Both are required and neither may be empty; an address alone stands as the title.
    return await bot.send_venue(
        to, pin.lat, pin.lon, title, pin.address or title, reply_markup=part.markup, message_thread_id=topic
    )


def _file(photo: OutboundPhoto) -> InputFile | str:
    if photo.content is None:
        return photo.url
    # attach=True gives each picture of an album its own part of the form.
    return InputFile(photo.content, filename=photo.file_name or f"{photo.photo_id}.jpg", attach=True)


async def answer_callback(client: TelegramClient, callback_id: str) -> bool:
    """Take the waiting mark off a pressed button; False when that failed, which nobody needs to mend.

    Telegram refuses it some seconds after the press ("query is too old"); the button then stops by itself.
    """
    try:
        return await client.bot.answer_callback_query(callback_id)
    except TelegramError as error:
        log.info("telegram.callback_not_answered", error=type(error).__name__)
        return False


async def check(client: TelegramClient) -> Check:
    """Whether the bot's token works, and whether it is the bot that our pages lead to."""
    try:
        me = await client.bot.get_me()
    except TelegramRefusedError as refusal:
        if refusal.status in (401, 404):
            return Check(False, "Telegram refuses the token: check TELEGRAM_BOT_TOKEN.")
        if refusal.status == 429:
            return Check(False, "Telegram asks to slow down; try again in a minute.")
        return Check(False, f"Telegram answered {refusal.status}; try again later.")
    except (BrokenAnswerError, BadRequest):
        return Check(False, "What answers at TELEGRAM_API_BASE_URL is not Telegram's Bot API.")
    except TelegramError as error:
        meaning = meaning_of_transport(error.__cause__ or error)
        return Check(False, f"Telegram could not be reached at TELEGRAM_API_BASE_URL: {meaning.detail}.")
    name = me.username or ""
    if client.named and client.named.casefold() != name.casefold():
        # Residents would write to a stranger's.
        return Check(
            False, f"Public pages link to @{client.named}, the bot is @{name}: check TELEGRAM_BOT_NAME."
        )
    return Check(True, f"Telegram accepts the token; the bot is @{name}.")
