"""Our replies in the form of SMS and MMS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.channels.messages import Option, OurEnd, Outbound, OutboundPhoto
from bot.channels.text import question_apart, split_text
from bot.channels.twilio.gsm7 import segments, to_gsm7

__all__ = ["RenderedSms", "SmsPart", "option_lines", "render", "segments", "segments_as_sent", "to_gsm7"]

MAX_BODY = 1600  # characters; error 21617 beyond
MAX_MEDIA = 10  # per message; error 21623 beyond
MAX_MEDIA_BYTES = 5_000_000  # of one message in all
_TEXTS = Path(__file__).resolve().parent.parent / "texts" / "twilio.yml"
ASSUMED_PHOTO_BYTES = 1_000_000  # of a photo whose size nobody told: five of them fill a message


@dataclass(frozen=True, slots=True)
class SmsPart:
    """One `POST Messages`."""

    body: str
    media_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedSms:
    """A reply as Twilio takes it: nearly always one part."""

    to: str  # as the resident's messages came: "+1310…" or "whatsapp:+1310…"
    message_id: int  # ours; travels in the receipt URL
    parts: tuple[SmsPart, ...]
    our_end: OurEnd | None = None  # where it goes out from; None: TWILIO_FROM

    @property
    def segments(self) -> int:
        """SMS parts in all: what the reply costs, and seconds on a long code."""
        return sum(segments(part.body) for part in self.parts)

    @property
    def picture_part(self) -> int | None:
        """Index of the first part with pictures: the last one that has words."""
        return next((index for index, part in enumerate(self.parts) if part.media_urls), None)


def render(outbound: Outbound, *, to: str, message_id: int, fold_accents: bool | None = None) -> RenderedSms:
    """One SMS or MMS per reply, options as numbered lines; more only where Twilio's limits leave no choice.

    `fold_accents=None` drops all accents of vowels exactly when that saves a part: "ubicación" alone would make a
    whole text UCS-2 and double its price. They are dropped in the whole reply or nowhere in it. A venue is not sent: the text names the place.
    """
    body = _with_links(outbound)
    if fold_accents is not False:
        folded = to_gsm7(body, fold_accents=True)
        if fold_accents or segments(folded) < segments(body):
            body = folded
    bodies = split_text(body, MAX_BODY)
    albums = _albums(outbound.photos)
    # The words first, the pictures with the last of them: a reader sees what the pictures belong to.
    parts = [SmsPart(text) for text in bodies[:-1]]
    last = bodies[-1] if bodies else ""
    parts.append(SmsPart(last, albums[0] if albums else ()))
    parts += [SmsPart("", urls) for urls in albums[1:]]
    sent = tuple(part for part in parts if part.body or part.media_urls)
    return RenderedSms(to, message_id, sent, outbound.our_end)


def segments_as_sent(text: str) -> int:
    """SMS that words take as `render` sends them: without their accents where that saves a part."""
    return min(segments(to_gsm7(text)), segments(to_gsm7(text, fold_accents=True)))


def body_text(outbound: Outbound) -> str:
    """The words of a reply with its options below."""
    return "\n".join(filter(None, [outbound.text.strip(), *option_lines(outbound.options)]))


def _with_links(outbound: Outbound) -> str:
    """The words of a reply with the links that it has room for: below them, or above the question that they end with."""
    told, question = question_apart(outbound.text, has_options=bool(outbound.options))
    links: list[str] = []

    def body(*more: str) -> str:
        lines = [
            to_gsm7(told),
            *links,
            *more,
            to_gsm7("\n".join([question, *option_lines(outbound.options)]).strip()),
        ]
        return "\n".join(filter(None, lines))

    for number, url in enumerate(outbound.photo_links):
        link = _link("photo_link", url, outbound.language)
        # The first is all that shows the work to whom no picture reaches: it may cost a part.
        links += [link] if number == 0 or _has_room(body(), body(link), most=2) else []
    if outbound.page:
        link = _link("page_link", outbound.page, outbound.language)
        links += [link] if _has_room(body(), body(link)) else []
    return body()


def _link(name: str, url: str, language: str) -> str:
    words = _texts()[name]
    return words.get(language, words["en"]).format(url=url)


def _has_room(body: str, linked: str, most: int = 0) -> bool:
    """Whether a link makes no more parts of the words than there were, or than `most`."""
    roomy = max(most, segments(to_gsm7(body, fold_accents=True)))
    return segments(to_gsm7(linked, fold_accents=True)) <= roomy and len(linked) <= MAX_BODY


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return loaded


def option_lines(options: tuple[Option, ...]) -> list[str]:
    """ "1 Pothole", "2 Graffiti", … as a resident answers them: by number."""
    return [f"{number} {option.label}" for number, option in enumerate(options, start=1)]


def _albums(photos: tuple[OutboundPhoto, ...]) -> list[tuple[str, ...]]:
    albums: list[list[str]] = []
    room = 0
    for photo in photos:
        size = photo.size or (len(photo.content) if photo.content else ASSUMED_PHOTO_BYTES)
        if not albums or size > room or len(albums[-1]) == MAX_MEDIA:
            albums.append([])
            room = MAX_MEDIA_BYTES
        albums[-1].append(photo.url)
        room -= size
    return [tuple(urls) for urls in albums]
