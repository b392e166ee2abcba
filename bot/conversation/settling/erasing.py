"""What we know of a resident: told when they ask, deleted when they wish it and confirm it with a word of its own.

The question stands beside the dialogue: what the bot had asked stays open, and only the word ERASE deletes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.people import is_joined
from bot.channels.messages import InboundKind
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.settling.arrival import Arrival, say
from bot.conversation.texts import gateway_text
from bot.db.jobs import enqueue_forget_goodbye
from bot.db.tables import Contact, Conversation, Message
from bot.keeping.erasing import erase_contact, has_requests
from bot.text.erase_wishes import EraseAnswer, EraseWish, erase_answer, erase_wish

log = structlog.get_logger(__name__)

VALID_FOR = timedelta(days=1)  # as the question says


async def settle(session: AsyncSession, arrival: Arrival) -> bool:
    inbound = arrival.inbound
    if inbound.kind is not InboundKind.MESSAGE or inbound.media or inbound.pin:
        return False
    asked = arrival.erasing_asked_at
    if asked is not None and datetime.now(UTC) - asked < VALID_FOR:
        answer = erase_answer(inbound.text)
        if answer is EraseAnswer.ERASE:
            await _erase(session, arrival)
            return True
        if answer is not None and await _just_asked(session, arrival):
            return await _not_erased(session, arrival, answer)
    read = erase_wish(inbound.text)
    if read is None:
        return False
    if read.wish is EraseWish.KNOW:
        await say(session, arrival, "what_is_kept", kind="consent")
        return read.alone
    for name in await ask_whether_to_erase(session, arrival.conversation_id):
        await say(session, arrival, name, kind="consent")
    return read.alone


async def ask_whether_to_erase(session: AsyncSession, conversation_id: int) -> list[str]:
    """Ask for the word that deletes: the gateway's texts that do so, to be said in this transaction."""
    reported = await has_requests(session, conversation_id)
    joined = await is_joined(session, conversation_id)
    await _remember_question(session, conversation_id)
    # The question last: it is what is answered.
    return [*(["erase_joined"] if joined else []), "erase_ask_requests" if reported else "erase_ask"]


async def _not_erased(session: AsyncSession, arrival: Arrival, answer: EraseAnswer) -> bool:
    """Nothing was deleted; after a plain yes the word is asked for once more."""
    if answer is EraseAnswer.UNCLEAR:
        await say(session, arrival, "erase_unclear", kind="consent")
        await _remember_question(session, arrival.conversation_id)
        return True
    await say(session, arrival, "erase_kept", kind="consent")
    await session.execute(
        update(Conversation).where(Conversation.id == arrival.conversation_id).values(erasing_asked_at=None)
    )
    return True


async def _remember_question(session: AsyncSession, conversation_id: int) -> None:
    # The database's clock, as on the message itself: see `_just_asked`.
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(erasing_asked_at=func.now())
    )


async def _just_asked(session: AsyncSession, arrival: Arrival) -> bool:
    """Whether nothing was said since our question: only then is a yes or a no about it."""
    said_since = exists().where(
        Message.conversation_id == arrival.conversation_id,
        Message.direction == "out",
        Message.created_at > arrival.erasing_asked_at,
    )
    return not await session.scalar(select(said_since))


async def _erase(session: AsyncSession, arrival: Arrival) -> None:
    """Erase at once; the goodbye goes out from a contact of its own, which is forgotten when it is out.

    So nothing waits for a provider, and whoever writes again in the meantime is a new contact already.
    """
    contact = await session.get_one(Contact, arrival.contact_id)
    channel, address, our_end = contact.channel, contact.address, contact.our_end
    reported = await has_requests(session, arrival.conversation_id)
    await erase_contact(session, arrival.contact_id, actor="resident")
    language = arrival.language
    fresh = Conversation(
        contact=Contact(channel=channel, address=address, language=language, our_end=our_end)
    )
    session.add(fresh)
    await session.flush()
    goodbye = gateway_text("erased_requests" if reported else "erased", language)
    await queue_replies(session, fresh, [Reply(goodbye)], kind="consent")
    await enqueue_forget_goodbye(session, fresh.id)
