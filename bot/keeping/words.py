"""Taking the words out of conversations: of messages, turns, the engine's tracker, followers and map links.

The rows stay, without words: how many texts went which way and what became of them is the city's figure, and no one's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import (
    Addition,
    Conversation,
    ConversationFacts,
    Example,
    MapLink,
    Media,
    Message,
    Notice,
    ReviewNote,
    ServiceRequest,
    Subscriber,
    Turn,
)
from bot.keeping.presence import table_exists


async def forget_words(session: AsyncSession, conversation_ids: Sequence[int], now: datetime) -> None:
    """Remove all that was said in these conversations. What stands in their requests is left alone."""
    of_these = Message.conversation_id.in_(conversation_ids)
    await session.execute(
        update(Message)
        .where(of_these)
        .values(body="", payload={})
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Media)
        .where(Media.message_id.in_(select(Message.id).where(of_these)))
        .values(provider_ref=None, file_name=None, photo_id=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Turn)
        .where(Turn.conversation_id.in_(conversation_ids))
        .values(
            engine_message={},
            understood=None,
            finished_at=func.coalesce(Turn.finished_at, now),
            parked_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Notice)
        .where(Notice.conversation_id.in_(conversation_ids))
        .values(event={}, state=case((Notice.state == "waiting", "suppressed"), else_=Notice.state))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Subscriber)
        .where(Subscriber.conversation_id.in_(conversation_ids))
        .values(words="", place_text="", address=None, lat=None, lon=None)
        .execution_options(synchronize_session=False)
    )
    # With their own requests they stay: see `bot.keeping.request_words`.
    of_others = select(ServiceRequest.id).where(
        ServiceRequest.id == Addition.request_id,
        ServiceRequest.conversation_id.is_distinct_from(Addition.conversation_id),
    )
    await session.execute(
        delete(Addition)
        .where(Addition.conversation_id.in_(conversation_ids), of_others.exists())
        .execution_options(synchronize_session=False)
    )
    await session.execute(delete(MapLink).where(MapLink.conversation_id.in_(conversation_ids)))
    await _forget_reviews(session, conversation_ids)
    await forget_tracker(session, conversation_ids)
    await session.execute(
        update(Conversation)
        .where(Conversation.id.in_(conversation_ids))
        .values(forgotten_at=now, report_open=False)
        .execution_options(synchronize_session=False)
    )


async def _forget_reviews(session: AsyncSession, conversation_ids: Sequence[int]) -> None:
    """Notes may quote, and of a conversation without words there is nothing to review; that it was read stays as a figure."""
    await session.execute(delete(ReviewNote).where(ReviewNote.conversation_id.in_(conversation_ids)))
    # What is taught goes on without a word about whose it was; what nobody has looked at for that yet goes.
    of_these = Example.conversation_id.in_(conversation_ids)
    await session.execute(delete(Example).where(of_these, Example.state != "accepted"))
    await session.execute(update(Example).where(of_these).values(conversation_id=None, message_id=None))
    await session.execute(
        delete(ConversationFacts).where(ConversationFacts.conversation_id.in_(conversation_ids))
    )


async def forget_tracker(session: AsyncSession, conversation_ids: Sequence[int]) -> None:
    """Remove what the engine knows of these conversations: open drafts go with it."""
    senders = [f"conversation-{conversation_id}" for conversation_id in conversation_ids]
    for table in ("events", "taken_turns"):  # the engine's own tables: there once it has run
        if await table_exists(session, table):
            await session.execute(
                text(f"DELETE FROM {table} WHERE sender_id = ANY(:senders)"),  # noqa: S608 - a name of ours
                {"senders": senders},
            )
