"""Our replies in the form of Telegram messages. Plain text throughout: no parse_mode, so nothing needs escaping."""

from __future__ import annotations

from dataclasses import dataclass, replace

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import InlineKeyboardButtonLimit, MediaGroupLimit, MessageLimit

from bot.channels.messages import ChannelError, Option, Outbound, OutboundPhoto, Pin
from bot.channels.telegram.texts import button_words
from bot.channels.text import question_apart, split_text, utf16_units
from bot.text.digits import machine_number

MAX_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)  # 4,096
MAX_CAPTION = int(MessageLimit.CAPTION_LENGTH)  # 1,024
MAX_CALLBACK = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)  # 64 bytes
MAX_ALBUM = int(MediaGroupLimit.MAX_MEDIA_LENGTH)  # 10
_MAP_FILE = "map.png"

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True, slots=True)
class TextPart:
    """sendMessage"""

    text: str
    markup: Markup | None = None


@dataclass(frozen=True, slots=True)
class PhotoPart:
    """sendPhoto"""

    photo: OutboundPhoto
    caption: str = ""
    markup: Markup | None = None


@dataclass(frozen=True, slots=True)
class AlbumPart:
    """sendMediaGroup: 2 to 10 photos, which cannot carry buttons"""

    photos: tuple[OutboundPhoto, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class VenuePart:
    """sendVenue, or sendLocation for a position without name and address"""

    pin: Pin
    markup: Markup | None = None


Part = TextPart | PhotoPart | AlbumPart | VenuePart


@dataclass(frozen=True, slots=True)
class RenderedTelegram:
    """A reply as Telegram takes it: mostly one part."""

    to: str  # chat id
    message_id: int  # ours; in the data of every button
    parts: tuple[Part, ...]
    drops_location_button: bool = False  # whether the button asked to be dropped goes with this reply
    topic: int | None = None  # of a private chat with topics


def render(outbound: Outbound, *, to: str, message_id: int) -> RenderedTelegram:
    """Photos, the map, the venue, then the words with their buttons, so that the buttons are the last thing seen.

    A text that fits a caption goes below its photos or its map instead. Options are inline buttons; when the location button is
    asked for as well they stand below it, since a message has one keyboard: then their words come back as text.
    """
    markup = _keyboard(outbound, message_id)
    texts = split_text(_with_page(outbound), MAX_TEXT)
    photos = list(_photo_parts(outbound.photos))
    if outbound.map_picture is not None:
        photos.append(PhotoPart(OutboundPhoto(0, "", outbound.map_picture, file_name=_MAP_FILE)))
    captioned = bool(photos) and len(texts) == 1 and utf16_units(texts[0]) <= MAX_CAPTION
    if captioned and markup is None:
        photos[-1] = replace(photos[-1], caption=texts.pop())
    elif captioned and isinstance(last := photos[-1], PhotoPart) and (len(photos) == 1 or _is_map(last)):
        photos[-1] = replace(last, caption=texts.pop(), markup=markup)
        markup = None
    parts: list[Part] = list(photos)
    if outbound.venue:
        parts.append(VenuePart(outbound.venue))
    parts += [TextPart(text) for text in texts[:-1]]
    if texts:
        parts.append(TextPart(texts[-1], markup))
    elif markup and parts:
        parts = _with_markup(parts, markup)
    dropped = False
    if outbound.drop_location_button and not outbound.ask_location:
        parts, dropped = _drop_keyboard(parts)
    topic = outbound.our_end.topic if outbound.our_end else None
    return RenderedTelegram(to, message_id, tuple(parts), dropped, topic)


def _with_page(outbound: Outbound) -> str:
    """The words with the link to the page, where that makes no message more and parts no words from their picture."""
    if not outbound.page:
        return outbound.text
    pictures = bool(outbound.photos) or outbound.map_picture is not None
    most = MAX_CAPTION if pictures and utf16_units(outbound.text) <= MAX_CAPTION else MAX_TEXT
    link = button_words("page_link", outbound.language).format(url=outbound.page)
    told, question = question_apart(outbound.text, has_options=bool(outbound.options))
    linked = "\n".join(filter(None, [told, link, question]))
    return linked if utf16_units(linked) <= most else outbound.text


def callback_data(message_id: int, index: int) -> str:
    """What a pressed option sends back: our message's id and the option's place in it, from 0.

    Payloads themselves do not fit Telegram's 64 bytes; the conversation finds them in the stored options.
    """
    data = f"{message_id}:{index}"
    if len(data.encode()) > MAX_CALLBACK:
        raise ValueError("the callback data is too long")
    return data


def read_callback_data(data: str) -> tuple[int, int]:
    """(our message id, option index) of a pressed button; raises ChannelError for anything else."""
    before, _, after = data.partition(":")
    message_id, index = machine_number(before), machine_number(after)
    if message_id is None or index is None:
        raise ChannelError("the button's data is not ours")
    return message_id, index


def _keyboard(outbound: Outbound, message_id: int) -> Markup | None:
    if outbound.ask_location:
        rows = [[KeyboardButton(button_words("share_location", outbound.language), request_location=True)]]
        rows += [[KeyboardButton(option.label)] for option in outbound.options]
        return ReplyKeyboardMarkup(
            rows,
            resize_keyboard=True,
            one_time_keyboard=True,  # folds away once used; `drop_location_button` removes it for good
            input_field_placeholder=button_words("location_hint", outbound.language),
        )
    if outbound.options:
        return InlineKeyboardMarkup(_rows(outbound.options, message_id))
    return None


def _rows(options: tuple[Option, ...], message_id: int) -> list[list[InlineKeyboardButton]]:
    return [
        [InlineKeyboardButton(option.label, callback_data=callback_data(message_id, index))]
        for index, option in enumerate(options)
    ]


def _photo_parts(photos: tuple[OutboundPhoto, ...]) -> list[PhotoPart | AlbumPart]:
    parts: list[PhotoPart | AlbumPart] = []
    for start in range(0, len(photos), MAX_ALBUM):
        group = photos[start : start + MAX_ALBUM]
        parts.append(PhotoPart(group[0]) if len(group) == 1 else AlbumPart(group))
    return parts


def _is_map(part: PhotoPart) -> bool:
    return part.photo.file_name == _MAP_FILE


def _with_markup(parts: list[Part], markup: Markup) -> list[Part]:
    """Options without any words: on the last part that can carry them."""
    last = parts[-1]
    if isinstance(last, AlbumPart):
        return parts
    return [*parts[:-1], replace(last, markup=markup)]


def _drop_keyboard(parts: list[Part]) -> tuple[list[Part], bool]:
    """Take the location button away with the first part that has no keyboard of its own.

    Inline buttons and the removal exclude each other on one message; the button has folded away by itself
    then, and the next plain reply removes it.
    """
    for index, part in enumerate(parts):
        if not isinstance(part, AlbumPart) and part.markup is None:
            parts[index] = replace(part, markup=ReplyKeyboardRemove())
            return parts, True
    return parts, False
