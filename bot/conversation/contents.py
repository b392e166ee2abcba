"""What is in a file that a resident sent: a photo, words, a place, or something that we cannot see."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.messages import FetchedMedia, MediaRef, Pin
from bot.channels.text import clean
from bot.photos.apart import take_in_apart
from bot.photos.intake import TakenPhoto
from bot.text.decoding import decode_text
from bot.text.vcard import CARD_TYPES, is_card, place_of_card

# Bytes read of words: four times what is kept of a message.
MOST_WORDS = 32_000
MOST_CARD = 1_000_000  # bytes: a card may hold a portrait


@dataclass(frozen=True, slots=True)
class Words:
    """A text part of an MMS, or the map link of a card: read as if it had been written in the message."""

    text: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A file that holds nothing for us."""

    kind: str  # as `Inbound.unsupported`


Contents = TakenPhoto | Words | Pin | Unseen


async def what_is_in(fetched: FetchedMedia, ref: MediaRef) -> Contents:
    """Look into a file. Told by its content where that tells, else by its type.

    Raises `PhotoRefused` for what is no photo and nothing else of the above either, and `DecodingStalledError`, after
    which it may be tried again.
    """
    content_type = fetched.content_type or ref.content_type or ""
    plain_type = content_type.partition(";")[0].strip().lower()
    declared = (ref.content_type or "").partition(";")[0].strip().lower()
    if plain_type in CARD_TYPES or declared in CARD_TYPES or is_card(_beginning(fetched.content)):
        return _card(decode_text(fetched.content[:MOST_CARD], content_type))
    if "text/plain" in (plain_type, declared):
        text = clean(decode_text(fetched.content[:MOST_WORDS], content_type))
        return Words(text) if text else Unseen("document")
    return await take_in_apart(fetched.content)


def _beginning(content: bytes) -> str:
    return content[:40].decode("ascii", "replace").replace("\ufffd", "")


def _card(text: str) -> Contents:
    place = place_of_card(text)
    if place is None:
        return Unseen("contact")
    return Pin(*place.position) if place.position else Words(clean(place.link))
