"""Telegram's updates, read: https://core.telegram.org/bots/api#update

Only which chat and which message must be readable: any other field that is odd costs itself, never the words.
Albums arrive as one update per picture with one `album_id`; joining them is the conversation's work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson
from telegram import Message
from telegram.constants import ChatMemberStatus, ChatType, FileSizeLimit

from bot.channels.messages import (
    Channel,
    ChannelError,
    Inbound,
    InboundKind,
    MediaRef,
    OurEnd,
    Pin,
    Receipt,
)
from bot.channels.telegram.fields import Json, degrees, moment, name_of, part, parts, whole, words
from bot.channels.telegram.rich import rich_message, rich_objects, rich_words
from bot.channels.telegram.start_links import words_of_start
from bot.channels.telegram.texts import is_location_label
from bot.channels.text import clean, clean_id, clean_name
from bot.text.vcard import CardPlace, place_of_card

MAX_DOWNLOAD = int(FileSizeLimit.FILESIZE_DOWNLOAD)  # bytes: what getFile hands out, 20 MB
MAX_QUOTE = 300  # characters of a quoted message that are kept for staff and for finding it again

# What we ask setWebhook and getUpdates for; everything else would only be thrown away. Not `message_reaction`: a bot
# gets it where it is an administrator, so never in private chats (openclaw#43730). One that comes is read all the same.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)  # BANNED is "kicked" on the wire
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NAMED_COMMAND = re.compile(r"^(/\w{1,32})@\w{1,64}\b")  # "/start@CityBot": said to us by name
_START = re.compile(r"/start(?:\s+(?P<payload>.*))?", re.DOTALL)

# In the order in which they are looked at: an animation also carries a document.
_UNSUPPORTED = (
    "sticker",
    "voice",
    "video_note",
    "video",
    "animation",
    "audio",
    "document",
    "contact",
    "poll",
    "dice",
    "game",
    "story",
    "paid_media",
    "invoice",
    "checklist",
)
# These are read; where one is there and nothing could be read of it, it is said.
_READ = ("photo", "live_photo", "location", "venue", "rich_message")
# The fields of today's messages, most of them of service messages.
_KNOWN_FIELDS = frozenset(Message.__slots__) | {"message_id", "from", "chat", "date"}


def parse(raw: bytes, query: str = "") -> tuple[Inbound | Receipt, ...]:
    """Read one webhook body. `query` is not used: Telegram has no receipts.

    Raises ChannelError, safe to log, when the body is no update.
    """
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates, which Telegram's JSON can escape; the standard library takes them.
        data = _loads_leniently(raw)
    if not isinstance(data, dict):
        raise ChannelError("the body is not a JSON object")
    return parse_update(data)


def parse_update(data: Mapping[str, Any]) -> tuple[Inbound | Receipt, ...]:
    """Read one update as `getUpdates` returns it; empty for what concerns nobody.

    Raises ChannelError for one without an id, or of a message whose chat or number cannot be read.
    """
    number = whole(data, "update_id")
    if number is None:
        raise ChannelError("update_id is missing")
    event = f"update:{number}"
    for kind, read in _READERS.items():
        if data.get(kind) is not None:
            inbound = read(_object(data[kind]), event)
            return (inbound,) if inbound else ()
    return ()


def _object(value: Any) -> Json:
    if not isinstance(value, Mapping):
        raise ChannelError("the update is of no readable kind")
    return value


def _loads_leniently(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ChannelError("the body is not JSON") from None


def _chat(holder: Json) -> tuple[int, str]:
    """Id and kind of the chat; raises ChannelError without an id."""
    chat = part(holder, "chat")
    number = whole(chat, "id")
    if number is None:
        raise ChannelError("the update names no chat")
    return number, str(chat.get("type"))


def _message(message: Json, event: str) -> Inbound | None:
    _, kind = _chat(message)
    if kind in _GROUPS:
        left = part(message, "left_chat_member")  # our own leaving is told by my_chat_member; never answer it
        return None if left else _inbound(message, InboundKind.GROUP, event)
    if kind != ChatType.PRIVATE or part(message, "from").get("is_bot") is True:
        return None
    return _content(message, InboundKind.MESSAGE, event)


def _edit(message: Json, event: str) -> Inbound | None:
    if _chat(message)[1] != ChatType.PRIVATE or part(message, "location"):
        # Every step of somebody's live location is an edit; the first position was enough.
        return None
    inbound = _content(message, InboundKind.EDIT, event)
    return inbound if inbound and inbound.kind is InboundKind.EDIT else None


def _content(message: Json, kind: InboundKind, event: str) -> Inbound | None:
    """A private message with whatever of ours it holds; None for Telegram's service messages."""
    card = _card(message)
    # A map link that names its place in words is read as the words would be.
    text = words(message, "text") or words(message, "caption") or rich_words(rich_message(message))
    text = _NAMED_COMMAND.sub(r"\1", text) or (clean(card.link) if card else "")
    media = _media(message)
    pin = _pin(message) or (Pin(*card.position) if card and card.position else None)
    unsupported = None if media or pin or card else _unsupported(message)
    if not (text or media or pin):
        if unsupported is None:
            return None
        kind = InboundKind.UNSUPPORTED
    return _inbound(message, kind, event, text=text, media=media, pin=pin, unsupported=unsupported)


def _card(message: Json) -> CardPlace | None:
    contact = part(message, "contact")
    card = words(contact, "vcard") if contact else ""
    return place_of_card(card) if card else None


def _inbound(
    message: Json,
    kind: InboundKind,
    event: str,
    *,
    text: str = "",
    media: tuple[MediaRef, ...] = (),
    pin: Pin | None = None,
    unsupported: str | None = None,
) -> Inbound:
    chat, _ = _chat(message)
    number = whole(message, "message_id")
    if number is None:
        raise ChannelError("message_id is missing")
    about, quote = _quoted(message, chat)
    started = _START.fullmatch(text) if kind is InboundKind.MESSAGE and not media else None
    payload = clean_name(started["payload"] or "") if started else None
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=kind,
        provider_id=f"{chat}:{number}",
        address=str(chat),
        text=words_of_start(payload or "") or text,
        media=media,
        pin=pin,
        album_id=clean_id(album) if isinstance(album := message.get("media_group_id"), str) else None,
        unsupported=unsupported,
        display_name=_name(message),
        language_hint=_language(message),
        sent_at=moment(message, "edit_date") if kind is InboundKind.EDIT else moment(message, "date"),
        event_id=event,
        our_end=_topic(message),
        about_message_id=about,
        quote=quote,
        start=payload,
        location_label=kind is InboundKind.MESSAGE and is_location_label(text),
    )


def _topic(message: Json) -> OurEnd:
    """The topic of a private chat that has some. Elsewhere the field names the thread of a reply, which is no place."""
    topic = whole(message, "message_thread_id") if message.get("is_topic_message") is True else None
    return OurEnd(topic=topic)


def _quoted(message: Json, chat: int) -> tuple[str | None, str | None]:
    """Provider id and words of the message that this one replies to, or of which it quotes a part."""
    original = part(message, "reply_to_message")
    number = whole(original, "message_id")
    # The first message of a topic is what all its messages reply to.
    if number is not None and (
        "forum_topic_created" in original or number == whole(message, "message_thread_id")
    ):
        return None, None
    said = (
        words(part(message, "quote"), "text")
        or words(original, "text")
        or words(original, "caption")
        or rich_words(rich_message(original))
    )
    return f"{chat}:{number}" if number is not None else None, said[:MAX_QUOTE] or None


def _button(query: Json, event: str) -> Inbound | None:
    """A pressed button, whatever its data: one that means nothing waits for an answer all the same."""
    message = part(query, "message")
    chat: int | None
    chat, kind = _chat(message) if message else (whole(part(query, "from"), "id"), ChatType.PRIVATE)
    if chat is None:
        raise ChannelError("the update names no chat")
    if kind != ChatType.PRIVATE:
        return None
    callback = query.get("id")
    callback_id = clean(callback) if isinstance(callback, str) else ""
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=InboundKind.BUTTON,
        provider_id=f"callback:{clean_id(callback_id) or event}",
        # In a private chat the chat's id is the person's id, also when the message is too old to be told.
        address=str(chat),
        button=name_of(query, "data"),
        callback_id=callback_id or None,
        display_name=_name(query),
        language_hint=_language(query),
        event_id=event,
        our_end=_topic(message) if message.get("is_topic_message") is True else None,
    )


def _membership(change: Json, event: str) -> Inbound | None:
    chat, where = _chat(change)
    status = part(change, "new_chat_member").get("status")
    if where in _GROUPS:
        kind = None if status in _GONE else InboundKind.GROUP
    elif where == ChatType.PRIVATE and isinstance(status, str):
        kind = InboundKind.BLOCKED if status in _GONE else InboundKind.UNBLOCKED
    else:
        kind = None
    if kind is None:
        return None
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=kind,
        # No message id here. update_id alone starts anew after a quiet week, so the time belongs to it.
        provider_id=f"member:{chat}:{whole(change, 'date') or 0}:{event.removeprefix('update:')}",
        address=str(chat),
        display_name=_name(change),
        language_hint=_language(change),
        sent_at=moment(change, "date"),
        event_id=event,
    )


def _reaction(change: Json, event: str) -> Inbound | None:
    chat, kind = _chat(change)
    number = whole(change, "message_id")
    if kind != ChatType.PRIVATE or number is None:
        return None
    marks = [name_of(one, "emoji") or "?" for one in parts(change, "new_reaction")]
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=InboundKind.REACTION,
        provider_id=f"reaction:{chat}:{number}:{whole(change, 'date') or 0}:{event.removeprefix('update:')}",
        address=str(chat),
        reaction=marks[0] if marks else "",
        about_message_id=f"{chat}:{number}",
        sent_at=moment(change, "date"),
        event_id=event,
    )


_READERS = {
    "message": _message,
    "edited_message": _edit,
    "callback_query": _button,
    "my_chat_member": _membership,
    "message_reaction": _reaction,
}


def _media(message: Json) -> tuple[MediaRef, ...]:
    rich = rich_objects(rich_message(message), "photo")
    pictures = [message.get("photo") or part(message, "live_photo").get("photo"), *rich]
    refs = [ref for sizes in pictures if (ref := _photo(sizes))]
    document = part(message, "document")
    if not refs and not message.get("animation") and (file_id := words(document, "file_id")):
        name, kind = name_of(document, "file_name"), name_of(document, "mime_type")
        if _is_image(name, kind):
            refs.append(MediaRef(file_id, kind, name, size=whole(document, "file_size")))
    return tuple(refs)


def _photo(sizes: Any) -> MediaRef | None:
    """The most pixels that getFile still hands out; Telegram does not promise an order."""
    known = [one for one in parts({"sizes": sizes}, "sizes") if words(one, "file_id")]
    if not known:
        return None
    fetchable = [one for one in known if (whole(one, "file_size") or 0) <= MAX_DOWNLOAD] or known
    best = max(fetchable, key=lambda one: (whole(one, "width") or 0) * (whole(one, "height") or 0))
    return MediaRef(words(best, "file_id"), size=whole(best, "file_size"), compressed=True)


def _is_image(name: str | None, mime: str | None) -> bool:
    """By type, or by ending where the phone's app did not know the type (HEIC from Android); checked again later."""
    mime = (mime or "").lower()
    if mime.startswith("image/"):
        return True
    return mime in ("", "application/octet-stream") and (name or "").lower().endswith(_IMAGE_ENDINGS)


def _pin(message: Json) -> Pin | None:
    venue = part(message, "venue")  # a venue also fills `location`; it knows more
    shown = [one for one in rich_objects(rich_message(message), "location") if isinstance(one, Mapping)]
    for place in (part(venue, "location"), part(message, "location"), *shown):
        lat, lon = degrees(place, "latitude", 90), degrees(place, "longitude", 180)
        if lat is not None and lon is not None:
            return Pin(
                lat, lon, name_of(venue, "title"), name_of(venue, "address"), live="live_period" in place
            )
    return None


def _unsupported(message: Json) -> str | None:
    for kind in _UNSUPPORTED:
        if message.get(kind):
            return kind
    # A kind of message that is not of today: say that we cannot read it. Service messages are none.
    future = any(name not in _KNOWN_FIELDS for name in message)
    return "other" if future or any(message.get(name) for name in _READ) else None


def _name(holder: Json) -> str | None:
    user = part(holder, "from")
    full = " ".join(filter(None, [name_of(user, "first_name"), name_of(user, "last_name")]))
    return clean_name(full) or name_of(part(holder, "chat"), "title")


def _language(holder: Json) -> str | None:
    """The first subtag of what the person's app says: "en" of "en-US"."""
    code = words(part(holder, "from"), "language_code").split("-")[0].lower()
    return code if _LANGUAGE.fullmatch(code) else None
