"""Reactions: a thumb on our question with yes and no answers it; any other mark on anything says nothing to us.

Never a report, never a wordy answer, and no mark reopens a finished request: for that people say in words what is left.
"""

from __future__ import annotations

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Inbound, InboundKind
from bot.conversation.choices import reopens, yes_and_no
from bot.conversation.outbox import stored_options
from bot.conversation.settling.arrival import Arrival
from bot.conversation.settling.said import last_question, message_of, quoted
from bot.db.tables import Message
from bot.text.reactions import Reaction, Tone, reaction_in, tone_of

log = structlog.get_logger(__name__)


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    """True for every reaction but one that answers the open question, which becomes the press of its option."""
    inbound = arrival.inbound
    reaction = _reaction_of(inbound)
    if reaction is None:
        return False
    about = await _about(session, arrival, reaction)
    if about is None and not reaction.certain:
        return False  # words that only look like it
    pressed = await _answer(session, arrival, reaction, about)
    await _mark(session, arrival, reaction, pressed)
    log.info("inbound.reaction", conversation_id=arrival.conversation_id, answers=pressed is not None)
    return pressed is None


def _reaction_of(inbound: Inbound) -> Reaction | None:
    if inbound.kind is InboundKind.REACTION:
        removed = not inbound.reaction
        return Reaction(tone_of(inbound.reaction or ""), None, removed, certain=True)
    if inbound.kind is not InboundKind.MESSAGE or inbound.media or inbound.pin:
        return None
    return reaction_in(inbound.text)


async def _about(session: AsyncSession, arrival: Arrival, reaction: Reaction) -> Message | None:
    if arrival.inbound.about_message_id:
        return await message_of(session, arrival.conversation_id, arrival.inbound.about_message_id)
    if reaction.quote is None:
        return None
    return await quoted(session, arrival.conversation_id, reaction.quote, before=arrival.message_id)


async def _answer(
    session: AsyncSession, arrival: Arrival, reaction: Reaction, about: Message | None
) -> str | None:
    """The button it stands for, as `read_button` reads it; None when it answers nothing."""
    if about is None or reaction.removed or reaction.tone is Tone.OTHER:
        return None
    question = await last_question(session, arrival.conversation_id)
    if question is None or question.id != about.id:
        return None
    options = stored_options(question.payload)
    places = yes_and_no(options)
    if places is None:
        return None
    index = places[0] if reaction.tone is Tone.YES else places[1]
    return None if reopens(options[index]) else f"{question.id}:{index}"


async def _mark(session: AsyncSession, arrival: Arrival, reaction: Reaction, pressed: str | None) -> None:
    """For staff, and for the turn that takes the press."""
    message = await session.get_one(Message, arrival.message_id)
    payload = {**message.payload, "reaction": str(reaction.tone) if not reaction.removed else "removed"}
    if pressed:
        payload["button"] = pressed
    kind = InboundKind.BUTTON if pressed else InboundKind.REACTION
    await session.execute(
        update(Message).where(Message.id == arrival.message_id).values(payload=payload, kind=kind)
    )
