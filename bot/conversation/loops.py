"""Two machines that answer each other end: at most five texts of ours without progress in an hour, and twenty without a deed.

Progress, measured on what is stored: a request filed, followed or judged; an option chosen; a photo or a pin that had not come
before (a machine's logo comes with every text); or an answer of ours that we had not given yet to words that had not been said yet. A text of ours that does not follow from one of these
(the same question again, anything said to a text that came before) is one text without progress.

A machine that has a new sentence for each of ours looks like a lively resident. So much of what is new counts for no more
than twenty texts, until a deed: all of the above but the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import InboundKind, Option
from bot.conversation.choices import chosen_option
from bot.conversation.outbox import DIALOGUE, stored_options
from bot.db.tables import Feedback, Media, Message, ServiceRequest, Subscriber
from bot.photos.refusal import Refusal
from bot.text.automatic import near_identical

WINDOW = timedelta(hours=1)
MOST = 5  # texts of ours without progress within the window
MOST_NEW = 20  # texts of ours within it, however new, without a deed: three times what a long report takes
READ = 80  # messages read; whoever sends more within an hour is slowed by `pace`


async def recent_messages(session: AsyncSession, conversation_id: int, *, before: int) -> list[Message]:
    """What was said within the window before a message, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.id < before,
            Message.created_at > datetime.now(UTC) - WINDOW,
        )
        .options(selectinload(Message.media).selectinload(Media.photo))
        .order_by(Message.id.desc())
        .limit(READ)
    )
    return list(rows)[::-1]


async def filed_lately(session: AsyncSession, conversation_id: int) -> bool:
    """Whether a request was filed, followed or judged within the window."""
    since = datetime.now(UTC) - WINDOW
    query = select(
        exists().where(ServiceRequest.conversation_id == conversation_id, ServiceRequest.created_at > since)
        | exists().where(Subscriber.conversation_id == conversation_id, Subscriber.created_at > since)
        | exists().where(Feedback.conversation_id == conversation_id, Feedback.created_at > since)
    )
    return bool(await session.scalar(query))


async def turns_in_circles(
    session: AsyncSession, conversation_id: int, recent: Sequence[Message], text: str
) -> bool:
    """Whether so many texts of ours led nowhere (`MOST`, `MOST_NEW`) that this one is not answered either."""
    without_progress, without_deed = _texts_of_ours(recent)
    few = without_progress < MOST and without_deed < MOST_NEW
    if few or _is_choice(text, recent):
        return False
    return not await filed_lately(session, conversation_id)


def texts_without_progress(recent: Sequence[Message]) -> int:
    """How many of our texts since the last deed (an option, a photo, a pin, a person) led nowhere."""
    return _texts_of_ours(recent)[0]


def _texts_of_ours(recent: Sequence[Message]) -> tuple[int, int]:
    """Since the last deed: how many led nowhere, and how many there are."""
    count, all_of_ours, fresh = 0, 0, True
    heard: list[str] = []
    brought: set[str] = set()
    said: list[str] = []
    for message in recent:
        if message.direction == "in":
            moves_on = _brings_something(message, brought) or message.kind == InboundKind.BUTTON
            if moves_on or chosen_option(message.body, _offered(recent, message.id)):
                count, all_of_ours, fresh = 0, 0, True
            else:
                fresh = "automatic" not in message.payload and _is_new(message.body, heard)
            heard.append(message.body)
        elif message.author != "bot":
            count, all_of_ours, fresh = 0, 0, True
        else:
            all_of_ours += 1
            count += not (fresh and not any(near_identical(message.body, before) for before in said))
            said.append(message.body)
    return count, all_of_ours


def attaches_the_usual(recent: Sequence[Message], types: Iterable[str | None]) -> bool:
    """Whether files of these types may be a machine's, the same with every text: what came last was of the same types, and
    nothing but cards, pictures that had come before, or what is no picture.

    A photo that could not be had or read is a resident's bad luck, and one that comes after a video is none of a machine's.
    """
    brought: set[str] = set()
    usual, last = False, frozenset[str]()
    for message in recent:
        if message.direction == "in" and message.media:
            usual = all(_is_usual(media, brought) for media in message.media)
            last = frozenset(plain_type(media.content_type) for media in message.media)
            _brings_something(message, brought)
    return usual and last == frozenset(map(plain_type, types))


def plain_type(content_type: str | None) -> str:
    """A media type without its parameters: "text/vcard; charset=utf-8" is "text/vcard"."""
    return (content_type or "").partition(";")[0].strip().lower()


def _is_usual(media: Media, brought: Collection[str]) -> bool:
    if media.photo is not None:
        return media.photo.sha256 in brought
    return media.state == "read" or media.refusal == Refusal.NOT_AN_IMAGE


def _brings_something(message: Message, brought: set[str]) -> bool:
    """Whether a message has a photo or a pin that is not in `brought` yet, where they are noted. One that is not looked at yet
    may be new.
    """
    pin = message.payload.get("pin")
    found = {media.photo.sha256 for media in message.media if media.photo}
    found |= {f"{pin['lat']},{pin['lon']}"} if pin else set()
    new = bool(found - brought) or any(media.state == "waiting" for media in message.media)
    brought |= found
    return new


def _is_new(text: str, heard: Sequence[str]) -> bool:
    """Whether nothing like it was said before. An answer that is said again ("1", "yes") and chooses something is a deed."""
    return not any(near_identical(text, before) for before in heard)


def _is_choice(text: str, recent: Sequence[Message]) -> bool:
    """Whether the text picks an option on offer: the dialogue moves on then."""
    return chosen_option(text, _offered(recent, None)) is not None


def _offered(recent: Sequence[Message], before: int | None) -> tuple[Option, ...]:
    ours = [
        message
        for message in recent
        if message.direction == "out" and message.kind in DIALOGUE and (before is None or message.id < before)
    ]
    return stored_options(ours[-1].payload) if ours else ()
