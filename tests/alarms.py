"""Danger that a resident told of, as the worker marks it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update

from bot.conversation.danger_marks import mark_danger
from bot.conversation.states import InboundState
from bot.conversation.turns import open_turn
from bot.db.session import transaction
from bot.db.tables import Danger, Message, Turn
from tests.console import a_conversation


async def told_danger(
    address: str = "+13105550123",
    text: str = "there is a fire at Pico and 4th",
    kinds: tuple[str, ...] = ("emergency",),
) -> int:
    """Somebody says it, and the turn is marked; gives the conversation."""
    conversation_id = await a_conversation(address, text)
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert turn is not None
        await mark_danger(session, conversation_id, turn.id, kinds)
        (await session.get_one(Turn, turn.id)).finished_at = datetime.now(UTC)
        await session.execute(
            update(Message).where(Message.turn_id == turn.id).values(state=InboundState.HANDLED)
        )
    return conversation_id


async def alarms() -> list[Danger]:
    async with transaction() as session:
        return list(await session.scalars(select(Danger).order_by(Danger.id)))
