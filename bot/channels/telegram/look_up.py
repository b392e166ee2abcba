"""Finding out whether a message whose answer got lost is in the chat.

A bot cannot read a chat, but it can edit its own messages, and Telegram says why an edit fails. Editing a message into
exactly what it already is changes nothing and is answered "message is not modified": then it is there. So the ids the
message may have are tried one by one with the very content we tried to send.

Which ids: deliveries to one chat follow each other, and all private chats of a bot share one sequence of message ids.
The message is newer than everything on record from before the attempt, and no newer than the newest id on record
plus what may have come meanwhile without our knowing. An id known to be another message is not tried. The words are
those of the Bot API's server and TDLib (`can_edit_message`): messages of others, and our own with a reply keyboard
or its removal, "can't be edited"; ids of other chats are "not found". See docs/decisions/0004.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

import structlog
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.error import TelegramError

from bot.channels.messages import Known, LookUp, Trace
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.errors import TelegramRefusedError
from bot.channels.telegram.render import AlbumPart, Part, PhotoPart, RenderedTelegram, TextPart, VenuePart
from bot.channels.telegram.send import NO_PREVIEW

log = structlog.get_logger(__name__)

# Ids above the newest one on record: a worker serves 24 conversations at a time, and all their answers may be lost.
MARGIN = 24
MAX_PROBES = 60  # ids tried; more than a few dozen edits at once is what Telegram slows down
PATIENCE = 30.0  # seconds waited in all when Telegram asks to slow down; then it is looked up again later
# "<chat>:<message>" of a private chat: groups have negative ids and a sequence of their own.
_PRIVATE_ID = re.compile(r"(\d{1,19}):(\d{1,10})")


class Answer(Enum):
    """What Telegram says of one id."""

    OURS = auto()  # a message of ours with this content
    OTHER = auto()  # no message of this chat, or not this one
    UNEDITABLE = auto()  # the resident's, or ours with a reply keyboard
    UNCLEAR = auto()  # the chat cannot be looked into


# Part of a refusal's description in lower case → what it means; the first that fits.
ANSWERS: tuple[tuple[str, Answer], ...] = (
    ("message is not modified", Answer.OURS),
    ("message to edit not found", Answer.OTHER),
    ("message_id_invalid", Answer.OTHER),
    ("there is no text in the message to edit", Answer.OTHER),
    ("there is no caption in the message to edit", Answer.OTHER),
    ("message can't be edited", Answer.UNEDITABLE),
)


class UnreachedError(Exception):
    """Telegram did not answer a probe."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("Telegram did not answer")
        self.retry_after = retry_after  # seconds


async def look_up(client: TelegramClient, rendered: RenderedTelegram, *, part: int, known: Known) -> LookUp:
    """Whether `part` of a reply is in the chat; never raises for what Telegram or the network does.

    NOT_FOUND only when every id it could have was tried. UNKNOWABLE when there are too many, when an earlier message
    without an id could be taken for it, or when only a message that cannot be edited could be it and there are several.
    """
    if part >= len(rendered.parts):
        return LookUp(Trace.NOT_FOUND)
    if known.gap:
        return LookUp(Trace.UNKNOWABLE)
    search = _Search(client, rendered.to, rendered.parts[part])
    try:
        trace, number = await search.run(known)
    except UnreachedError as error:
        log.warning("telegram.look_up_failed", message_id=rendered.message_id, probes=search.probes)
        return LookUp(Trace.UNREACHED, retry_after=error.retry_after)
    log.info("telegram.look_up", message_id=rendered.message_id, trace=trace.value, probes=search.probes)
    if number is None:
        return LookUp(trace)
    return LookUp(trace, f"{rendered.to}:{number}", more=part + 1 < len(rendered.parts))


@dataclass(slots=True)
class _Search:
    client: TelegramClient
    to: str
    part: Part
    probes: int = 0
    waited: float = 0.0
    uneditable: list[int] = field(default_factory=list)

    async def run(self, known: Known) -> tuple[Trace, int | None]:
        floor = max(_numbers(known.earlier), default=None)
        if floor is None:
            return Trace.UNKNOWABLE, None
        taken = frozenset(_numbers(known.latest))
        newest = max(taken | {floor}) + await self._arriving()
        candidates = [number for number in range(floor + 1, newest + MARGIN + 1) if number not in taken]
        for number in candidates[:MAX_PROBES]:
            match await self._probe(number):
                case Answer.OURS:
                    return Trace.FOUND, number
                case Answer.UNEDITABLE:
                    self.uneditable.append(number)
                case Answer.UNCLEAR:
                    return Trace.UNKNOWABLE, None
        if len(candidates) > MAX_PROBES:
            return Trace.UNKNOWABLE, None
        return self._by_elimination()

    def _by_elimination(self) -> tuple[Trace, int | None]:
        """A part with a reply keyboard is the one message of the chat that can't be edited and is not on record."""
        hidden = isinstance(_markup(self.part), ReplyKeyboardMarkup | ReplyKeyboardRemove)
        if not hidden or not self.uneditable:
            return Trace.NOT_FOUND, None
        if len(self.uneditable) == 1:
            return Trace.FOUND, self.uneditable[0]
        return Trace.UNKNOWABLE, None

    async def _arriving(self) -> int:
        """Updates that Telegram still holds for us: their messages have ids we do not know."""
        while True:
            try:
                return (await self.client.bot.get_webhook_info()).pending_update_count
            except TelegramError as error:
                await self._bear(error)

    async def _probe(self, number: int) -> Answer:
        while True:
            self.probes += 1
            try:
                await self._edit(number)
            except TelegramRefusedError as refused:
                if refused.status == 403:
                    return Answer.UNCLEAR
                if refused.status == 400:
                    return _answer(refused.description)
                await self._bear(refused)
            except TelegramError as error:
                await self._bear(error)
            else:
                # Changed: ours all the same, since nothing else of ours can be there. Telegram keeps some texts
                # differently from how it was given them.
                return Answer.OURS

    async def _bear(self, error: TelegramError) -> None:
        """Wait as Telegram asks; raises UnreachedError when that takes too long or it is something else."""
        refused = error if isinstance(error, TelegramRefusedError) and error.status == 429 else None
        after = refused.retry_after if refused else None
        if after is None or self.waited + after > PATIENCE:
            raise UnreachedError(after) from None
        self.waited += max(after, 0.1)
        await asyncio.sleep(after)

    async def _edit(self, number: int) -> None:
        bot, part = self.client.bot, self.part
        markup = _markup(part)
        inline = markup if isinstance(markup, InlineKeyboardMarkup) else None
        match part:
            case TextPart():
                await bot.edit_message_text(
                    part.text, self.to, number, reply_markup=inline, link_preview_options=NO_PREVIEW
                )
            case PhotoPart() | AlbumPart():  # the caption of an album is that of its first picture
                await bot.edit_message_caption(
                    self.to, number, caption=part.caption or None, reply_markup=inline
                )
            case VenuePart():  # has no words that could be edited
                await bot.edit_message_reply_markup(self.to, number, reply_markup=inline)


def _markup(part: Part) -> object:
    return None if isinstance(part, AlbumPart) else part.markup


def _answer(description: str) -> Answer:
    words = description.lower()
    return next((answer for words_of, answer in ANSWERS if words_of in words), Answer.UNCLEAR)


def _numbers(provider_ids: Collection[str]) -> Iterable[int]:
    """Message ids of private chats. Buttons, edits and membership changes have ids of another form."""
    for provider_id in provider_ids:
        match = _PRIVATE_ID.fullmatch(provider_id)
        if match:
            yield int(match[2])
