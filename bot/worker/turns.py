"""Taking the turns of one conversation: fetch its files, put its words to the engine, store the answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel
from bot.conversation.danger_marks import mark_danger
from bot.conversation.dialogue import TurnResult
from bot.conversation.photos import bring_in
from bot.conversation.turns import NotReady, OpenTurn, Paused, finish_turn, more_waits, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.worker.services import Services


class TurnPostponedError(Exception):
    """The next turn has to wait a little. `seconds`: how long; no worker waits meanwhile."""

    def __init__(self, seconds: float) -> None:
        super().__init__("The next turn of this conversation waits.")
        self.seconds = seconds


async def take_turn(services: Services, conversation_id: int) -> None:
    """Take all turns that wait.

    Raises `EngineUnavailableError` or `TurnPostponedError`, after which it is safe to try again.
    """
    more = True
    while more:
        async with transaction() as session:
            turn = await open_turn(session, conversation_id)
        if turn is None:
            return
        if isinstance(turn, Paused):
            raise TurnPostponedError(turn.seconds)
        if isinstance(turn, NotReady):
            await _make_ready(services, turn)
            continue
        # Side by side: a resident's reply must not wait for the mark on the button.
        _, result = await asyncio.gather(_notice_buttons(services, turn), services.dialogue.take(turn))
        async with transaction() as session:
            # The contact before the messages, as a webhook locks them: the other way round a repeat of the very
            # message that is answered here, arriving in this moment, would be a deadlock (seen).
            await _remember(session, turn, result)
            if result.danger:
                await mark_danger(session, turn.conversation_id, turn.id, result.danger)
            await finish_turn(session, turn, result.replies)
            more = await more_waits(session, conversation_id)


async def _make_ready(services: Services, blocker: NotReady) -> None:
    """Wait for the rest of an album, or bring the files in, side by side."""
    if blocker.wait:
        await asyncio.sleep(blocker.wait)
        return
    provider = services.providers.provider_for(Channel(blocker.channel))
    await asyncio.gather(*(bring_in(provider, services.photos, media) for media in blocker.files))


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
    await session.flush()


async def _notice_buttons(services: Services, turn: OpenTurn) -> None:
    """Take the waiting mark off the buttons that were pressed."""
    if turn.callback_ids and not turn.posted_before:
        provider = services.providers.provider_for(Channel(turn.channel))
        for callback_id in turn.callback_ids:
            await provider.answer_button(callback_id)
