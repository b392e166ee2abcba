"""Turns that fail by their own fault: tried a few times, then parked, so that the conversation goes on.

What was said stays in the transcript, marked; the resident gets one kind sentence, people see the conversation, and
`cityline conversation retry` or a click has the turn taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.conversation.attention import Why, call_person, no_longer_parked
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.states import InboundState
from bot.conversation.texts import gateway_text
from bot.db.jobs import enqueue_turn
from bot.db.tables import Conversation, Message, Turn
from bot.failures import TRIES, FailureKind

log = structlog.get_logger(__name__)

APOLOGY = "apology"  # the kind of that message: said beside the dialogue, as a notice is
APOLOGISE_AGAIN_AFTER = timedelta(minutes=30)  # one sentence, however many turns of a stretch fail


async def turn_failed(session: AsyncSession, turn_id: int, reason: str, tries: int = TRIES) -> bool:
    """Note that a turn failed deterministically. True when it is parked now, and the next one may be taken."""
    turn = await session.get_one(Turn, turn_id, with_for_update=True)
    if turn.finished_at is not None:
        return True  # another worker was done with it
    turn.attempts += 1
    turn.failure, turn.reason = FailureKind.DETERMINISTIC, reason
    if turn.attempts < tries:
        return False
    await _park(session, turn)
    return True


async def messages_failed(session: AsyncSession, conversation_id: int, reason: str) -> bool:
    """Note that no turn could be made of what waits. True when the oldest of it is parked now."""
    oldest = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.state == InboundState.RECEIVED,
            Message.turn_id.is_(None),
        )
        .order_by(Message.id)
        .limit(1)
        .with_for_update()
    )
    if oldest is None:
        return True
    oldest.attempts += 1
    if oldest.attempts < TRIES:
        return False
    turn = Turn(
        conversation_id=conversation_id,
        engine_message={},  # it was never made: see `retry_parked`
        attempts=oldest.attempts,
        failure=FailureKind.DETERMINISTIC,
        reason=reason,
    )
    session.add(turn)
    await session.flush()
    oldest.turn_id = turn.id
    await _park(session, turn)
    return True


async def _park(session: AsyncSession, turn: Turn) -> None:
    turn.parked_at = turn.finished_at = datetime.now(UTC)
    parked = await session.scalars(
        update(Message)
        .where(Message.turn_id == turn.id, Message.direction == "in")
        .values(state=InboundState.PARKED)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    somebody_spoke = bool(parked.all())
    conversation = await session.get_one(Conversation, turn.conversation_id)
    call_person(conversation, Why.PARKED)
    # Of an update that failed the resident knows nothing yet: nothing is said of it, and people see it.
    if somebody_spoke and not await _apologised_lately(session, conversation):
        reply = Reply(gateway_text("parked", conversation.contact.language))
        await queue_replies(session, conversation, [reply], kind=APOLOGY)
    log.error("turn.parked", turn_id=turn.id, conversation_id=turn.conversation_id, reason=turn.reason)


async def _apologised_lately(session: AsyncSession, conversation: Conversation) -> bool:
    query = select(
        exists().where(
            Message.conversation_id == conversation.id,
            Message.direction == "out",
            Message.kind == APOLOGY,
            Message.created_at > datetime.now(UTC) - APOLOGISE_AGAIN_AFTER,
        )
    )
    return bool(await session.scalar(query))


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked turn as people see it."""

    turn_id: int
    conversation_id: int
    update_id: int | None  # set: a change of a request that its resident was not told of
    reason: str
    attempts: int
    parked_at: datetime


async def list_parked(session: AsyncSession, conversation_id: int | None = None) -> Sequence[Parked]:
    """Parked turns, the latest first; of one conversation or of all (at most 500)."""
    query = (
        select(Turn)
        .where(Turn.parked_at.is_not(None))
        .order_by(Turn.parked_at.desc(), Turn.id.desc())
        .limit(500)
    )
    if conversation_id is not None:
        query = query.where(Turn.conversation_id == conversation_id)
    return [
        Parked(
            turn.id, turn.conversation_id, turn.update_id, turn.reason or "", turn.attempts, turn.parked_at
        )
        for turn in await session.scalars(query)
        if turn.parked_at is not None
    ]


async def retry_parked(session: AsyncSession, conversation_id: int, actor: str) -> int:
    """Have the parked turns of a conversation taken again, in their order; gives their number."""
    turns = list(
        await session.scalars(
            select(Turn)
            .where(Turn.conversation_id == conversation_id, Turn.parked_at.is_not(None))
            .order_by(Turn.id)
            .with_for_update()
        )
    )
    for turn in turns:
        if turn.engine_message:
            turn.parked_at = turn.finished_at = None
            turn.attempts, turn.failure, turn.reason = 0, None, None
            await session.execute(
                update(Message).where(Message.turn_id == turn.id).values(state=InboundState.RECEIVED)
            )
        else:
            await session.execute(
                update(Message)
                .where(Message.turn_id == turn.id)
                .values(state=InboundState.RECEIVED, turn_id=None, attempts=0)
            )
            await session.delete(turn)
    if turns:
        no_longer_parked(await session.get_one(Conversation, conversation_id))
        record(session, actor, "conversation.retried", "conversation", conversation_id, turns=len(turns))
        await enqueue_turn(session, conversation_id)
    return len(turns)
