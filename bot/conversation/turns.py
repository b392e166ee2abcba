"""A turn: what a resident said since the last one, taken together, and what the engine answers.

Joining: messages that wait together and are plain words, photos or pins make one turn (a burst, an album
with its caption). A choice from a menu is a turn by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import InboundKind, Option
from bot.conversation import parts
from bot.conversation.choices import chosen_option, read_button, said_yes_or_no
from bot.conversation.offered import options_on_offer
from bot.conversation.outbox import DANGER, MESSAGE, Reply, queue_replies, stored_options
from bot.conversation.pace import pause_before_turn
from bot.conversation.settling.arrival import FOR_DANGER, MEANS
from bot.conversation.settling.quoted_request import request_quoted
from bot.conversation.settling.said import message_of
from bot.conversation.states import InboundState
from bot.db.tables import Conversation, Media, Message, Photo, Turn
from bot.text.marks import Mark, mark_of
from bot.text.own_words import own_words

# Siblings of an album are separate updates; nearly all come within this time. Later ones make a turn of
# their own, which the dialogue adds to the same report.
ALBUM_WAIT = timedelta(seconds=1.2)
# A photo is fetched and read within a second, mostly. After this long what was said beside it is taken without it.
FILE_WAIT = timedelta(seconds=4)

# Characters of a turn that are understood; the rest is for people, in the transcript.
MAX_WORDS = 4_000

_OF_SIGN = {Mark.YES: "/affirm", Mark.NO: "/deny"}
_COMMAND_MARKS = re.compile(r"^[\s/]+")


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn to put to the engine."""

    id: int
    conversation_id: int
    sender: str
    channel: str
    message: str
    metadata: dict[str, Any]
    callback_ids: tuple[str, ...]  # of buttons pressed in this turn
    posted_before: bool  # an earlier worker posted it and did not come back


@dataclass(frozen=True, slots=True)
class NotReady:
    """The next turn can be made in so many seconds: the rest of an album is still coming, or a file."""

    seconds: float
    for_files: bool = False  # True: whoever brings the file in says so at once


@dataclass(frozen=True, slots=True)
class Paused:
    """The resident sends faster than we answer: the next turn may be made in so many seconds."""

    seconds: float


# Statements of every turn are made once: to make one costs as much as to send it.
_OF: BindParameter[int] = bindparam("conversation")
_CONVERSATION = select(Conversation).where(Conversation.id == _OF).with_for_update(of=Conversation)
_CUT_OFF = (
    select(Turn).where(Turn.conversation_id == _OF, Turn.finished_at.is_(None)).order_by(Turn.id).limit(1)
)
_WAITING = (
    select(Message)
    .where(
        Message.conversation_id == _OF,
        Message.state == InboundState.RECEIVED,
        Message.turn_id.is_(None),
    )
    .options(selectinload(Message.media).selectinload(Media.photo))
    .order_by(Message.id)
)
_MORE_WAITS = select(
    exists().where(Message.conversation_id == _OF, Message.state == InboundState.RECEIVED)
    | exists().where(Turn.conversation_id == _OF, Turn.finished_at.is_(None))
)


async def open_turn(session: AsyncSession, conversation_id: int) -> OpenTurn | NotReady | Paused | None:
    """The next turn of a conversation: one that was cut off, else one made of what waits, else None."""
    conversation = await session.scalar(_CONVERSATION, {"conversation": conversation_id})
    if conversation is None:
        return None
    turn = await session.scalar(_CUT_OFF, {"conversation": conversation_id})
    posted_before = turn is not None and turn.posted_at is not None
    if turn is None:
        waiting = await _waiting_messages(session, conversation_id)
        ready = ready_messages(waiting, datetime.now(UTC))
        if isinstance(ready, NotReady):
            return ready
        if not ready:
            return None
        if conversation.taken_over_at is None and (pause := await pause_before_turn(session, conversation)):
            return Paused(pause)
        turn = await _turn_of(session, conversation, ready)
    if turn is None:
        return None
    if turn.posted_at is None:
        turn.posted_at = datetime.now(UTC)
    return OpenTurn(
        id=turn.id,
        conversation_id=conversation_id,
        sender=conversation.sender,
        channel=conversation.contact.channel,
        message=turn.engine_message["message"],
        metadata={**turn.engine_message["metadata"], "turn_id": turn.id},
        callback_ids=tuple(turn.engine_message.get("callback_ids", ())),
        posted_before=posted_before,
    )


async def _waiting_messages(session: AsyncSession, conversation_id: int) -> list[Message]:
    return list(await session.scalars(_WAITING, {"conversation": conversation_id}))


def ready_messages(waiting: Sequence[Message], now: datetime) -> Sequence[Message] | NotReady:
    """Which of the messages make turns now. Nothing said waits long for a file: the file follows in a turn of its own.

    The rest of an album and the other parts of a long text are waited for first, then files, all for seconds only. After
    that words are taken without their file, and a file without words makes no turn until it is there.
    """
    if (left := parts.missing_for(waiting, now)) > 0:
        return NotReady(left)
    albums = [message.created_at for message in waiting if "album_id" in message.payload]
    if albums and (left := (max(albums) + ALBUM_WAIT - now).total_seconds()) > 0:
        return NotReady(left)
    young = [message for message in waiting if _lacks_files(message) and message.created_at + FILE_WAIT > now]
    ready = [message for message in waiting if not _lacks_files(message) or _says_something(message)]
    if not young:
        return ready
    if (
        waiting[0].created_at + 2 * FILE_WAIT > now
    ):  # who sends file after file is not made to wait for the last
        return NotReady(
            max((each.created_at + FILE_WAIT - now).total_seconds() for each in young), for_files=True
        )
    return [message for message in ready if message not in young]


def _lacks_files(message: Message) -> bool:
    return any(media.state == "waiting" for media in message.media)


def _says_something(message: Message) -> bool:
    return bool(message.body.strip()) or "pin" in message.payload


async def finish_turn(
    session: AsyncSession,
    turn: OpenTurn,
    replies: Sequence[Reply],
    *,
    asked: str | None = None,
    open_question: str | None = None,
    danger: bool = False,
    understood: Mapping[str, Any] | None = None,
) -> bool:
    """Store the replies and close the turn, together. False when another worker had closed it.

    `asked`: the question of the city that it asked, "" for one without an answer. `open_question`: of the report, after it.
    `danger`: it told of danger. `understood`: what staff see beside its messages.
    """
    closed = await session.scalar(
        update(Turn)
        .where(Turn.id == turn.id, Turn.finished_at.is_(None))
        .values(
            finished_at=datetime.now(UTC),
            asked=asked,
            open_question=open_question,
            understood=dict(understood) if understood else None,
        )
        .returning(Turn.id)
        .execution_options(synchronize_session=False)
    )
    if closed is None:
        return False
    await session.execute(
        update(Message)
        .where(Message.turn_id == turn.id, Message.direction == "in")
        .values(state=InboundState.HANDLED)
        .execution_options(synchronize_session=False)
    )
    conversation = await session.get_one(Conversation, turn.conversation_id)
    kind = DANGER if danger else MESSAGE
    await queue_replies(session, conversation, replies, turn_id=turn.id, kind=kind)
    return True


async def more_waits(session: AsyncSession, conversation_id: int) -> bool:
    """Whether another turn can follow at once. What comes later brings a job of its own."""
    return bool(await session.scalar(_MORE_WAITS, {"conversation": conversation_id}))


async def _turn_of(
    session: AsyncSession, conversation: Conversation, waiting: Sequence[Message]
) -> Turn | None:
    if conversation.taken_over_at is not None:
        # A person is talking: the bot listens for danger only. Staff see the messages in the transcript.
        joined, words = list(waiting), _words_of(waiting)
        if not words:
            for message in waiting:
                message.state = InboundState.HANDLED
            return None
    else:
        options = await options_on_offer(session, conversation.id)
        joined, words = await _join(session, _alike(waiting), options)
    turn = Turn(
        conversation_id=conversation.id,
        posted_at=datetime.now(UTC),  # made to be posted at once
        engine_message={
            "message": words,
            "metadata": await _metadata(session, conversation, joined),
            "callback_ids": [
                message.payload["callback_id"] for message in joined if "callback_id" in message.payload
            ],
        },
    )
    session.add(turn)
    await session.flush()
    for message in joined:
        message.turn_id = turn.id
        for media in message.media:
            if media.state != "waiting":
                media.turn_id = turn.id
    return turn


def _is_for_danger(message: Message) -> bool:
    """Whether nothing but danger is answered in a message."""
    return FOR_DANGER in message.payload or "automatic" in message.payload


def _alike(waiting: Sequence[Message]) -> list[Message]:
    """The first of them that are to be answered, or the first that are listened to for danger: never both in one turn."""
    return list(takewhile(lambda message: _is_for_danger(message) == _is_for_danger(waiting[0]), waiting))


async def make_late_turn(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    *,
    words: str = "",
    pin: dict[str, Any] | None = None,
) -> Turn | None:
    """A turn of what came after the words of their message were taken: its photos, or the words or pin of a file.

    None when there is nothing to tell of. `message.media` and their photos are loaded. While a person talks, or of a message
    that no person wrote, nothing is told: staff see it.
    """
    late = [media for media in message.media if media.state in ("kept", "refused") and media.turn_id is None]
    if not (late or words or pin) or conversation.taken_over_at is not None or "automatic" in message.payload:
        return None
    metadata = {
        **await _metadata(session, conversation, [message]),
        **_of_files(late),
        "pin": pin,
        "edited": False,
    }
    metadata |= {"captions": [], "unseen": [], "before": None}
    # A report that it begins has an id of its own: the one of its message may have been filed already.
    metadata["message_id"] = -max(media.id for media in message.media)
    said = safe_words(words)[:MAX_WORDS] or ("/share_location" if pin else "/send_photos")
    turn = Turn(conversation_id=conversation.id, engine_message={"message": said, "metadata": metadata})
    session.add(turn)
    await session.flush()
    for media in late:
        media.turn_id = turn.id
    return turn


async def _join(
    session: AsyncSession, waiting: Sequence[Message], options: Sequence[Option]
) -> tuple[list[Message], str]:
    """The first messages that belong together, and what the engine is told."""
    first_choice = await _choice(session, waiting[0], options)
    if first_choice is not None:
        return [waiting[0]], first_choice
    if waiting[0].kind == InboundKind.EDIT:
        return [waiting[0]], safe_words(waiting[0].body)[:MAX_WORDS] or "/send_photos"
    joined = [waiting[0]]
    for message in waiting[1:]:
        if message.kind == InboundKind.EDIT or await _choice(session, message, options) is not None:
            break
        joined.append(message)
    words = _words_of(joined)
    if words:
        return joined, _payload_of_sign(joined, words) or words
    if any("pin" in message.payload for message in joined):
        return joined, "/share_location"
    # Only files, or nothing at all: either way the dialogue asks what it is about.
    return joined, "/send_photos"


def _words_of(messages: Sequence[Message]) -> str:
    said = (safe_words(text) for text in parts.texts_in_order(messages))
    return "\n".join(filter(None, said))[:MAX_WORDS]


async def _choice(session: AsyncSession, message: Message, options: Sequence[Option]) -> str | None:
    """The payload a message chooses: a pressed button's, or that of the option it names, or what it was found to mean."""
    if meant := message.payload.get(MEANS):
        return str(meant)
    if FOR_DANGER in message.payload:
        return None  # settled: it chooses nothing
    if message.kind == InboundKind.BUTTON:
        return await _pressed(session, message)
    if message.kind == InboundKind.EDIT or "pin" in message.payload:
        return None
    # A part that was words is in the message itself.
    if any(media.state != "read" for media in message.media):
        return None
    if quoted := await _options_quoted(session, message):
        options = quoted
        if option := said_yes_or_no(message.body, quoted):
            return option.payload
    option = chosen_option(message.body, options)
    return option.payload if option else None


async def _pressed(session: AsyncSession, message: Message) -> str | None:
    """Callback data is `<our message id>:<option number from 0>`; the payload itself never leaves us."""
    pressed = read_button(str(message.payload.get("button", "")))
    if pressed is None:
        return None
    message_id, index = pressed
    offered = await session.scalar(
        select(Message).where(Message.id == message_id, Message.conversation_id == message.conversation_id)
    )
    options = stored_options(offered.payload) if offered else ()
    return options[index].payload if index < len(options) else None


async def _options_quoted(session: AsyncSession, message: Message) -> tuple[Option, ...]:
    """The options of our message that this one replies to: "2" below an older menu is an answer to that menu."""
    about = message.payload.get("about_message_id")
    if not about:
        return ()
    quoted = await message_of(session, message.conversation_id, about)
    return stored_options(quoted.payload) if quoted else ()


def safe_words(text: str) -> str:
    """The resident's own words, legible, without what the engine would take for a command: a leading slash."""
    return _COMMAND_MARKS.sub("", own_words(text)).strip()


def _payload_of_sign(joined: Sequence[Message], words: str) -> str | None:
    """What the engine would make of "yes" or "no", for a sign that says it: of skin tones it has learnt one."""
    if len(joined) > 1 or joined[0].media or "pin" in joined[0].payload:
        return None
    mark = mark_of(words)
    return _OF_SIGN[mark] if mark else None


async def _metadata(
    session: AsyncSession, conversation: Conversation, joined: Sequence[Message]
) -> dict[str, Any]:
    pins = [message.payload["pin"] for message in joined if "pin" in message.payload]
    return {
        "message_id": joined[0].id,
        **_of_files([media for message in joined for media in message.media]),
        "captions": [
            {"photo": media.photo_id, "text": words}
            for message in joined
            if (words := safe_words(message.body))
            for media in message.media
            if media.photo_id is not None
        ],
        "unseen": [
            message.payload["unsupported"] for message in joined if message.payload.get("unsupported")
        ],
        "pin": pins[-1] if pins else None,
        "about": await request_quoted(session, joined),
        "edited": any(message.kind == InboundKind.EDIT for message in joined),
        "before": next(
            (message.payload["before"] for message in joined if "before" in message.payload), None
        ),
        "language_hint": conversation.contact.language,
        # A person talks, or a machine does, or somebody wants to hear no more: nothing but danger is answered.
        "taken_over": conversation.taken_over_at is not None or all(map(_is_for_danger, joined)),
    }


def _of_files(files: Sequence[Media]) -> dict[str, Any]:
    return {
        "photos": [media.photo_id for media in files if media.photo_id is not None],
        "photos_refused": [media.refusal for media in files if media.refusal],
        "photo_spots": [spot for media in files if (spot := _spot(media.photo))],
    }


def _spot(photo: Photo | None) -> dict[str, Any] | None:
    """Where a photo says it was taken; None when it does not."""
    if photo is None or photo.lat is None or photo.lon is None:
        return None
    taken = photo.taken_at.timestamp() if photo.taken_at else None
    return {"photo": photo.id, "lat": photo.lat, "lon": photo.lon, "taken_at": taken}
