"""What a turn wished of our texts themselves, in words that only the engine understood: obeyed as if they had been the usual ones."""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel
from bot.conversation.consent import OptedOut, opt_out
from bot.conversation.intake.turn import Wished
from bot.conversation.outbox import Reply
from bot.conversation.settling.erasing import ask_whether_to_erase
from bot.conversation.texts import gateway_text
from bot.db.tables import Conversation

log = structlog.get_logger(__name__)


async def obey(session: AsyncSession, conversation_id: int, wish: Wished) -> tuple[Reply, ...]:
    """Do what was wished, and give what is said of it, of kind `consent`. Who has stopped already is not told so twice."""
    conversation = await session.get_one(Conversation, conversation_id)
    contact = conversation.contact
    if wish is Wished.ERASE:
        names = await ask_whether_to_erase(session, conversation_id)
    elif wish is Wished.STOP and contact.opted_out_at is None:
        opt_out(contact, OptedOut.ASKED)
        await session.flush()  # the contact before the messages: see `bot.worker.turns`
        log.info("consent.stopped", conversation_id=conversation_id, by_carrier=False)
        names = ["stopped" if contact.channel == Channel.SMS else "stopped_telegram"]
    else:
        names = []
    return tuple(Reply(gateway_text(name, contact.language)) for name in names)
