"""Texts that no person wrote: heard, shown to staff, not answered.

Recognised by wording (`bot.text.automatic`), by sender (a short code), and by behaviour: our own words sent back, or the same
text for a third time after texts of ours. What is left is held by `circles`. None of it touches the dialogue: a question that is
open stays open for the resident who was only driving.

A wording may be a person's after all ("im busy dying here, someone will find me"): where it says more than a phone's quick answer it
is listened to for danger, until danger was told once, as in `circles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import InboundKind
from bot.conversation import loops
from bot.conversation.settling.arrival import Arrival, listen_for_danger
from bot.conversation.settling.said import as_read
from bot.db.tables import Conversation, Message
from bot.text.automatic import near_identical, reads_automatic, says_more
from bot.text.reactions import reaction_in
from bot.text.vcard import CARD_TYPES

log = structlog.get_logger(__name__)

SAME_AGAIN = 2  # earlier texts like it, each after one of ours: the third is a machine's
MOST_COPIED = 4  # words; shorter texts are options and answers, which people repeat and copy


class Sign(StrEnum):
    """Why a message counts as automatic; staff read it in the transcript."""

    WORDING = "wording"
    SHORT_CODE = "short_code"
    ECHO = "echo"
    REPEATED = "repeated"
    LOOP = "loop"  # see `circles`


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    sign = await _sign(session, arrival)
    if sign is None:
        return False
    message = await session.get_one(Message, arrival.message_id)
    message.payload = {**message.payload, "automatic": str(sign)}
    log.info("inbound.automatic", conversation_id=arrival.conversation_id, sign=sign)
    if sign is Sign.WORDING and says_more(arrival.inbound.text):
        conversation = await session.get_one(Conversation, arrival.conversation_id)
        if conversation.danger_at is None:
            await listen_for_danger(session, arrival)
    return True


async def _sign(session: AsyncSession, arrival: Arrival) -> Sign | None:
    inbound = arrival.inbound
    if inbound.automated:
        return Sign.SHORT_CODE
    if inbound.pin or inbound.kind not in (InboundKind.MESSAGE, InboundKind.UNSUPPORTED):
        return None
    if inbound.media and not await _attaches_the_usual(session, arrival):
        return None  # a resident's photo, whatever stands beside it
    if reaction_in(inbound.text):
        return None  # quotes us; what answers nothing has been settled before
    if reads_automatic(inbound.text):
        return Sign.WORDING
    recent = await arrival.recent(session)
    if _is_echo(inbound.text, recent):
        return Sign.ECHO
    if _same_again(inbound.text, recent) and not await loops.filed_lately(session, arrival.conversation_id):
        return Sign.REPEATED
    return None


async def _attaches_the_usual(session: AsyncSession, arrival: Arrival) -> bool:
    """Whether its files may be a machine's: business cards, or a logo that has come before.

    The picture itself is not here yet. What came last tells: a resident sends no picture twice.
    """
    types = [file.content_type for file in arrival.inbound.media]
    if all(loops.plain_type(one) in CARD_TYPES for one in types):
        return True
    return loops.attaches_the_usual(await arrival.recent(session), types)


def _is_echo(text: str, recent: Sequence[Message]) -> bool:
    """Our own words, sent back."""
    if len(text.split()) < MOST_COPIED:
        return False
    ours = [message for message in recent if message.direction == "out"]
    return any(
        near_identical(text, message.body) or near_identical(text, as_read(message)) for message in ours
    )


def _same_again(text: str, recent: Sequence[Message]) -> bool:
    """Whether the text answered us before, word for word or nearly, often enough."""
    if len(text.split()) < MOST_COPIED:
        return False
    times, ours_between = 0, True  # newest first: what we said last was said before this text
    for message in reversed(recent):
        if message.direction == "out":
            ours_between = True
        elif near_identical(text, message.body) and ours_between:
            times, ours_between = times + 1, False
    return times >= SAME_AGAIN
