"""Telegram's updates, read: https://core.telegram.org/bots/api#update

Albums arrive as one update per picture with one `album_id`; joining them is the conversation's work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Document,
    Message,
    PhotoSize,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, FileSizeLimit
from telegram.error import TelegramError

from bot.channels.messages import (
    Channel,
    ChannelError,
    Inbound,
    InboundKind,
    MediaRef,
    Pin,
    Receipt,
)
from bot.channels.text import clean

MAX_DOWNLOAD = int(FileSizeLimit.FILESIZE_DOWNLOAD)  # bytes: what getFile hands out, 20 MB

# What we ask setWebhook and getUpdates for; everything else would only be thrown away.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)  # BANNED is "kicked" on the wire
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")

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
    """Read one update as `getUpdates` returns it; empty for what concerns nobody."""
    if not isinstance(data.get("update_id"), int):
        raise ChannelError("update_id is missing")
    try:
        update = Update.de_json(dict(data), None)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, TelegramError) as error:
        # de_json trusts Telegram and fails in many ways on anything else; its words may quote the update.
        raise ChannelError(f"the update could not be read ({type(error).__name__})") from None
    try:
        inbound = _from_update(update)
    except (TypeError, AttributeError, ValueError) as error:  # a field of the wrong type, used
        raise ChannelError(f"the update has a malformed field ({type(error).__name__})") from None
    return (inbound,) if inbound else ()


def _loads_leniently(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise ChannelError("the body is not JSON") from None


def _from_update(update: Update) -> Inbound | None:
    event = f"update:{update.update_id}"
    if update.message:
        return _message(update.message, event)
    if update.edited_message:
        return _edit(update.edited_message, event)
    if update.callback_query:
        return _button(update.callback_query, event)
    if update.my_chat_member:
        return _membership(update.my_chat_member, event)
    return None


def _message(message: Message, event: str) -> Inbound | None:
    if message.chat.type in _GROUPS:
        left = message.left_chat_member  # our own leaving is told by my_chat_member; never answer it
        return None if left else _inbound(message, InboundKind.GROUP, event)
    if message.chat.type != ChatType.PRIVATE or (message.from_user and message.from_user.is_bot):
        return None
    return _content(message, InboundKind.MESSAGE, event)


def _edit(message: Message, event: str) -> Inbound | None:
    if message.chat.type != ChatType.PRIVATE or message.location:
        # Every step of somebody's live location is an edit; the first position was enough.
        return None
    inbound = _content(message, InboundKind.EDIT, event)
    return inbound if inbound and inbound.kind is InboundKind.EDIT else None


def _content(message: Message, kind: InboundKind, event: str) -> Inbound | None:
    """A private message with whatever of ours it holds; None for Telegram's service messages."""
    text = clean(message.text or message.caption or "")
    media = _media(message)
    pin = _pin(message)
    unsupported = None if media or pin else _unsupported(message)
    if not (text or media or pin):
        if unsupported is None:
            return None
        kind = InboundKind.UNSUPPORTED
    return _inbound(message, kind, event, text=text, media=media, pin=pin, unsupported=unsupported)


def _inbound(
    message: Message,
    kind: InboundKind,
    event: str,
    *,
    text: str = "",
    media: tuple[MediaRef, ...] = (),
    pin: Pin | None = None,
    unsupported: str | None = None,
) -> Inbound:
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=kind,
        provider_id=f"{message.chat.id}:{message.message_id}",
        address=str(message.chat.id),
        text=text,
        media=media,
        pin=pin,
        album_id=message.media_group_id,
        unsupported=unsupported,
        display_name=_name(message.from_user, message.chat),
        language_hint=_language(message.from_user),
        sent_at=message.edit_date if kind is InboundKind.EDIT else message.date,
        event_id=event,
    )


def _button(query: CallbackQuery, event: str) -> Inbound | None:
    chat = query.message.chat if query.message else None
    if chat is not None and chat.type != ChatType.PRIVATE:
        return None
    if not query.data:
        return None  # a game's button; we send none
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=InboundKind.BUTTON,
        provider_id=f"callback:{query.id}",
        # In a private chat the chat's id is the person's id, also when the message is too old to be told.
        address=str(chat.id if chat else query.from_user.id),
        button=clean(query.data),
        callback_id=query.id,
        display_name=_name(query.from_user, chat),
        language_hint=_language(query.from_user),
        event_id=event,
    )


def _membership(change: ChatMemberUpdated, event: str) -> Inbound | None:
    status = change.new_chat_member.status
    if change.chat.type in _GROUPS:
        kind = None if status in _GONE else InboundKind.GROUP
    elif change.chat.type == ChatType.PRIVATE:
        kind = InboundKind.BLOCKED if status in _GONE else InboundKind.UNBLOCKED
    else:
        kind = None
    if kind is None:
        return None
    return Inbound(
        channel=Channel.TELEGRAM,
        kind=kind,
        # No message id here. update_id alone starts anew after a quiet week, so the time belongs to it.
        provider_id=f"member:{change.chat.id}:{_unix(change.date)}:{event.removeprefix('update:')}",
        address=str(change.chat.id),
        display_name=_name(change.from_user, change.chat),
        language_hint=_language(change.from_user),
        sent_at=change.date,
        event_id=event,
    )


def _media(message: Message) -> tuple[MediaRef, ...]:
    if message.photo:
        size = _largest(message.photo)
        ref = MediaRef(provider_ref=size.file_id, size=size.file_size, compressed=True)
        return (ref,)
    document = message.document
    if document and not message.animation and _is_image(document):
        ref = MediaRef(
            provider_ref=document.file_id,
            content_type=document.mime_type,
            file_name=document.file_name,
            size=document.file_size,
        )
        return (ref,)
    return ()


def _largest(sizes: tuple[PhotoSize, ...]) -> PhotoSize:
    """The most pixels that getFile still hands out; Telegram does not promise an order."""
    fetchable = [size for size in sizes if (size.file_size or 0) <= MAX_DOWNLOAD] or list(sizes)
    return max(fetchable, key=lambda size: size.width * size.height)


def _is_image(document: Document) -> bool:
    """By type, or by ending where the phone's app did not know the type (HEIC from Android); checked again later."""
    mime = (document.mime_type or "").lower()
    if mime.startswith("image/"):
        return True
    name = (document.file_name or "").lower()
    return mime in ("", "application/octet-stream") and name.endswith(_IMAGE_ENDINGS)


def _pin(message: Message) -> Pin | None:
    if message.venue:  # a venue also fills `location`; it knows more
        venue = message.venue
        return Pin(
            lat=venue.location.latitude,
            lon=venue.location.longitude,
            name=clean(venue.title) or None,
            address=clean(venue.address) or None,
        )
    if message.location:
        place = message.location
        live = "live_period" in place.to_dict()  # the attribute itself warns that its type will change
        return Pin(lat=place.latitude, lon=place.longitude, live=live)
    return None


def _unsupported(message: Message) -> str | None:
    for kind in _UNSUPPORTED:
        if getattr(message, kind, None):
            return kind
    # Fields the library does not know yet: a kind of message newer than it. Say that we cannot read it.
    return "other" if message.api_kwargs else None


def _name(user: User | None, chat: Chat | None) -> str | None:
    if user:
        return clean(user.full_name) or None
    return clean(chat.title or "") or None if chat else None


def _language(user: User | None) -> str | None:
    """The first subtag of what the person's app says: "en" of "en-US"."""
    code = user.language_code if user else None
    return code.split("-")[0].lower() or None if code else None


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
