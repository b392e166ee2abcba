"""A conversation as a dialogue of `tests/dialogues`: what was said and what we answered, with nothing in it that tells whose it was.

A place that was found becomes a corner that everybody knows, so that the dialogue goes on as it did. What we answered is kept as it was:
whoever takes the file in writes there what we should have said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.channels.messages import InboundKind
from bot.city.location import ResolutionOutcome
from bot.conversation.choices import read_button
from bot.conversation.outbox import stored_options
from bot.conversation.review.masking import masked
from bot.db.tables import Conversation, Message, Turn, Update

MOST_TURNS = 60  # the newest of a conversation
SAID_PLACE, HEARD_PLACE = "Main and Hill", "Main St & Hill St"
PIN = (34.0005, -118.4837)  # of that corner, degrees WGS 84
_REFERENCE = re.compile(r"\b[A-Z]{2,4}-[0-9A-Z]{6}\b")
_LINK = re.compile(r"https?://\S+")
_FRAGMENT = 60  # characters of an answer that are looked for
_LONG_PAUSE = 3600.0  # seconds; shorter ones change nothing in the dialogue


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn as it was: what came in, what was found in it, what we said."""

    at: datetime
    says: str = ""
    photos: int = 0
    pin: bool = False
    place: dict[str, str] = field(default_factory=dict)  # as `understood` has it
    update: dict[str, str] | None = None  # of a request, which staff made
    answers: tuple[str, ...] = ()


def as_dialogue(name: str, channel: str, exchanges: Sequence[Exchange], names: Sequence[str] = ()) -> str:
    """The file. `names` are known ones that may stand in the words."""
    known = [one.place["name"] for one in exchanges if _is_found(one.place) and one.place.get("name")]
    turns, before = [], None
    for one in exchanges:
        turn = _turn(one, known, names)
        pause = (one.at - before).total_seconds() if before else 0.0
        if pause > _LONG_PAUSE:
            turn["later"] = round(pause / 3600, 1)
        before = one.at
        turns.append(turn)
    dialogue = [{"name": name, "channel": channel, "turns": turns}]
    head = (
        "# A real conversation, its personal data masked. `hears` is what the bot answered then:\n"
        "# write there what it should have answered, and put the file into tests/dialogues (play.py explains the format).\n"
    )
    return head + yaml.safe_dump(dialogue, allow_unicode=True, sort_keys=False, width=120)


def _turn(one: Exchange, known: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    turn: dict[str, Any] = {}
    if one.update is not None:
        turn["update"] = {name: masked(value, names=names) for name, value in one.update.items()}
    if one.says:
        turn["says"] = _said(one, known, names)
    if one.photos:
        turn["photos"] = one.photos
    if one.pin:
        turn["pin"] = list(PIN)
    if heard := [fragment for answer in one.answers if (fragment := _heard(answer, known, names))]:
        turn["hears"] = heard
    if len(one.answers) > 2:
        turn["messages"] = len(one.answers)
    return turn


def _is_found(place: dict[str, str]) -> bool:
    return place.get("outcome") == ResolutionOutcome.RESOLVED


def _said(one: Exchange, known: Sequence[str], names: Sequence[str]) -> str:
    """The words with the place that was found in them moved; where none was, house numbers go as in an example."""
    words = one.says
    found = one.place.get("words", "")
    # A mark that no masking touches stands for the corner meanwhile.
    if _is_found(one.place) and found:
        words = words.replace(found, _CORNER)
    for place in known:
        words = re.sub(re.escape(place), _CORNER, words, flags=re.IGNORECASE)
    return masked(words, names=names).replace(_CORNER, SAID_PLACE)


_CORNER = "qqcornerqq"


def _heard(answer: str, known: Sequence[str], names: Sequence[str]) -> str:
    """The first line of an answer that would be the same for anybody; "" where there is none."""
    for line in answer.splitlines():
        words = _LINK.sub("", line).strip()
        for place in known:
            words = words.replace(place, HEARD_PLACE)
        if _REFERENCE.search(words):
            begins = _REFERENCE.split(words)[0].strip()
            return begins or "/" + _REFERENCE.pattern + "/"
        if not words or _SAYS_WHO_WE_ARE.match(words):
            continue
        # Where it is told by its place the words of the place are all that changed.
        if HEARD_PLACE in words or masked(words, names=names) == " ".join(words.split()):
            return words[:_FRAGMENT].rstrip()
    return ""


_SAYS_WHO_WE_ARE = re.compile(r"(?:City of|Le escribe el 311)\b")


async def conversation_as_dialogue(session: AsyncSession, conversation_id: int) -> str:
    """Raises `LookupError` for a conversation that is not there."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise LookupError("There is no such conversation.")
    turns = (
        await session.execute(
            select(Turn, Update)
            .outerjoin(Update, Update.id == Turn.update_id)
            .where(Turn.conversation_id == conversation_id, Turn.finished_at.is_not(None))
            .order_by(Turn.id.desc())
            .limit(MOST_TURNS)
        )
    ).all()[::-1]
    messages = await _by_turn(session, [turn.id for turn, _ in turns])
    buttons = await _labels(session, conversation_id)
    exchanges = [_exchange(turn, update, messages.get(turn.id, []), buttons) for turn, update in turns]
    contact = conversation.contact
    names = [contact.display_name] if contact.display_name else []
    name = f"Conversation of {conversation.created_at:%Y-%m-%d}"
    return as_dialogue(name, contact.channel, [one for one in exchanges if one is not None], names)


async def _by_turn(session: AsyncSession, turn_ids: Sequence[int]) -> dict[int, list[Message]]:
    rows = await session.scalars(
        select(Message)
        .where(Message.turn_id.in_(turn_ids))
        .options(selectinload(Message.media))
        .order_by(Message.id)
    )
    found: dict[int, list[Message]] = {}
    for message in rows:
        found.setdefault(message.turn_id or 0, []).append(message)
    return found


async def _labels(session: AsyncSession, conversation_id: int) -> dict[str, str]:
    """What every button that was offered said, by the data it sends."""
    rows = await session.execute(
        select(Message.id, Message.payload).where(
            Message.conversation_id == conversation_id,
            Message.direction == "out",
            Message.payload.has_key("options"),
        )
    )
    return {
        f"{message_id}:{number}": option.label
        for message_id, payload in rows
        for number, option in enumerate(stored_options(payload))
    }


def _exchange(
    turn: Turn, update: Update | None, messages: Sequence[Message], buttons: dict[str, str]
) -> Exchange | None:
    came = [message for message in messages if message.direction == "in"]
    answers = tuple(message.body for message in messages if message.direction == "out" and message.body)
    if update is not None:
        told = {"status": update.to_status, "text": update.public_text or ""}
        return Exchange(turn.created_at, update=told, answers=answers)
    if not came:
        return None
    said = [message.body or _pressed(message, buttons) for message in came]
    return Exchange(
        turn.created_at,
        "\n".join(filter(None, said)),
        sum(media.photo_id is not None for message in came for media in message.media),
        any("pin" in message.payload for message in came),
        (turn.understood or {}).get("place") or {},
        answers=answers,
    )


def _pressed(message: Message, buttons: dict[str, str]) -> str:
    data = str(message.payload.get("button", ""))
    return buttons.get(data, "") if message.kind == InboundKind.BUTTON and read_button(data) else ""
