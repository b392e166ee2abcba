"""Taking the turns of one conversation: fetch its files, put its words to the engine, store the answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel
from bot.conversation.dialogue import TurnResult
from bot.conversation.photos import bring_in
from bot.conversation.turns import OpenTurn, album_wait, finish_turn, open_turn, waiting_media
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.worker.services import Services


async def take_turn(services: Services, conversation_id: int) -> None:
    """Take all turns that wait. Raises `EngineUnavailableError`, after which it is safe to try again."""
    while True:
        await _gather(services, conversation_id)
        async with transaction() as session:
            turn = await open_turn(session, conversation_id)
        if turn is None:
            return
        await _notice_buttons(services, turn)
        result = await services.dialogue.take(turn)
        async with transaction() as session:
            if await finish_turn(session, turn, result.replies):
                await _remember(session, turn, result)


async def _gather(services: Services, conversation_id: int) -> None:
    """Wait for the rest of an album, then bring all files in, side by side."""
    async with transaction() as session:
        wait = await album_wait(session, conversation_id)
        files = [] if wait else await waiting_media(session, conversation_id)
        conversation = await session.get_one(Conversation, conversation_id)
    if wait:
        await asyncio.sleep(wait)
        await _gather(services, conversation_id)
        return
    if files:
        provider = services.providers.provider_for(Channel(conversation.contact.channel))
        await asyncio.gather(*(bring_in(provider, services.photos, media) for media in files))


async def _remember(session: AsyncSession, turn: OpenTurn, result: TurnResult) -> None:
    """Keep what the turn told about the resident: language, consent, the wish for a person."""
    if result.language is None and result.wants_updates is None and not result.wants_person:
        return
    conversation = await session.get_one(Conversation, turn.conversation_id)
    if result.language is not None:
        conversation.contact.language = result.language
    if result.wants_updates is not None:
        conversation.contact.wants_updates = result.wants_updates
    if result.wants_person and conversation.wants_person_at is None:
        conversation.wants_person_at = datetime.now(UTC)


async def _notice_buttons(services: Services, turn: OpenTurn) -> None:
    """Take the waiting mark off the buttons that were pressed."""
    if turn.callback_ids and not turn.posted_before:
        provider = services.providers.provider_for(Channel(turn.channel))
        for callback_id in turn.callback_ids:
            await provider.answer_button(callback_id)
