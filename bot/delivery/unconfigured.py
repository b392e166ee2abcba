"""Messages for a channel that has no credentials: they wait, people are told, and after a day they are failed."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.conversation.states import WAITING
from bot.db.session import transaction
from bot.db.tables import Message
from bot.delivery.alarm import sound_alarm
from bot.delivery.attempts import fail
from bot.delivery.progress import deadline
from bot.failures import FailureKind

NO_CREDENTIALS = "its credentials are not set"


async def hold_unconfigured(conversation_id: int, channel: str) -> None:
    """Mark what waits in a conversation as held up by a missing setting, and give up what waits for a day."""
    sound_alarm(channel, NO_CREDENTIALS)
    async with transaction() as session:
        now = (await session.execute(select(func.now()))).scalar_one()
        found = await session.scalars(
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.direction == "out",
                Message.state.in_(WAITING),
            )
            .order_by(Message.id)
            .with_for_update()
        )
        for message in found:
            message.failure, message.detail = FailureKind.MISCONFIGURED, NO_CREDENTIALS
            if deadline(message) < now:
                fail(message, f"could not be handed over for a day: {NO_CREDENTIALS}")
