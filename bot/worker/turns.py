"""Taking the turns of one conversation: put its words to the engine, store the answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.cases.withdrawing import unmute_requests
from bot.channels.messages import Channel
from bot.conversation.attention import PERSON_ASKED, Why, call_person
from bot.conversation.danger_marks import mark_danger
from bot.conversation.dialogue import TurnFailedError, TurnResult
from bot.conversation.outbox import queue_replies
from bot.conversation.parking import messages_failed, turn_failed
from bot.conversation.turns import NotReady, OpenTurn, Paused, finish_turn, more_waits, open_turn
from bot.conversation.wished import obey
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.delivery.notices.late import put_off_turns
from bot.failures import TRIES, FailureKind, kind_of, reason_of
from bot.logs import log_unexpected
from bot.worker.services import Services

log = structlog.get_logger(__name__)

ALBUM_PATIENCE = 1.5  # seconds that a slot waits for the rest of an album; files are waited for by nobody
AFTER_FAILURE = 1.0  # seconds until a turn that failed is tried again: a resident waits


class TurnPostponedError(Exception):
    """The next turn has to wait a little. `seconds`: how long; no worker waits meanwhile."""

    failure = FailureKind.TRANSIENT

    def __init__(self, seconds: float) -> None:
        super().__init__("The next turn of this conversation waits.")
        self.seconds = seconds


async def take_turn(services: Services, conversation_id: int) -> None:
    """Take all turns that wait.

    Raises `EngineUnavailableError` or `TurnPostponedError`, after which it is safe to try again.
    """
    more = True
    while more:
        turn = await _next_turn(conversation_id)
        if turn is None:
            return
        if isinstance(turn, NotReady) and not turn.for_files and turn.seconds <= ALBUM_PATIENCE:
            await asyncio.sleep(turn.seconds)
            continue
        if isinstance(turn, NotReady | Paused):
            raise TurnPostponedError(turn.seconds)
        more = await _take(services, turn)


async def _next_turn(conversation_id: int) -> OpenTurn | NotReady | Paused | None:
    try:
        async with transaction() as session:
            # It was day when they were made turns; this one may be taken up late.
            await put_off_turns(session, conversation_id, datetime.now(UTC))
            return await open_turn(session, conversation_id)
    except Exception as error:
        if kind_of(error) is not FailureKind.DETERMINISTIC:
            raise
        # Something that waits cannot even be made a turn of.
        log_unexpected(log, "turn.not_made", error, conversation_id=conversation_id)
        async with transaction() as session:
            parked = await messages_failed(session, conversation_id, reason_of(error))
        raise TurnPostponedError(0.0 if parked else AFTER_FAILURE) from None


async def _take(services: Services, turn: OpenTurn) -> bool:
    """Take one turn, or park it. True when another may follow at once."""
    try:
        # Side by side: a resident's reply must not wait for the mark on the button.
        _, result = await asyncio.gather(_notice_buttons(services, turn), services.dialogue.take(turn))
        async with transaction() as session:
            # The contact before the messages, as a webhook locks them: the other way round a repeat of the very
            # message that is answered here, arriving in this moment, would be a deadlock (seen).
            await _remember(session, turn, result)
            obeyed = await obey(session, turn.conversation_id, result.wished) if result.wished else ()
            if result.danger:
                await mark_danger(session, turn.conversation_id, turn.id, result.danger)
            closed = await finish_turn(
                session,
                turn,
                result.replies,
                asked=result.asked,
                open_question=result.open_question,
                danger=bool(result.danger),
                understood=result.understood,
            )
            if closed and obeyed:
                conversation = await session.get_one(Conversation, turn.conversation_id)
                await queue_replies(session, conversation, obeyed, kind="consent")
            if closed and result.wants_person:
                # What a conversation waits for is forgotten when it is handed back: from here it is counted.
                record(session, "resident", PERSON_ASKED, "conversation", turn.conversation_id)
            return await more_waits(session, turn.conversation_id)
    except TurnFailedError as failure:
        await _turn_failed(turn, failure.reason, failure.tries)
    except Exception as error:
        if kind_of(error) is not FailureKind.DETERMINISTIC:
            raise
        log_unexpected(log, "turn.not_finished", error, turn_id=turn.id, conversation_id=turn.conversation_id)
        await _turn_failed(turn, reason_of(error), TRIES)
    return True


async def _turn_failed(turn: OpenTurn, reason: str, tries: int) -> None:
    """Count it against the turn. Raises `TurnPostponedError` as long as it is worth trying again."""
    log.warning("turn.failed", turn_id=turn.id, conversation_id=turn.conversation_id, reason=reason)
    async with transaction() as session:
        parked = await turn_failed(session, turn.id, reason, tries)
    if not parked:
        raise TurnPostponedError(AFTER_FAILURE)


async def _remember(session: AsyncSession, turn: OpenTurn, result: TurnResult) -> None:
    """Keep what the turn told about the resident: language, consent, the wish for a person, a report that is open."""
    told = (result.language, result.wants_updates, result.report_open)
    if all(one is None for one in told) and not result.wants_person:
        return
    conversation = await session.get_one(Conversation, turn.conversation_id)
    if result.language is not None:
        conversation.contact.language = result.language
    if result.wants_updates is not None:
        conversation.contact.wants_updates = result.wants_updates
        if result.wants_updates:
            await unmute_requests(session, turn.conversation_id)
    if result.report_open is not None:
        conversation.report_open = result.report_open
    if result.wants_person:
        call_person(conversation, Why.ASKED)
    await session.flush()


async def _notice_buttons(services: Services, turn: OpenTurn) -> None:
    """Take the waiting mark off the buttons that were pressed."""
    if turn.callback_ids and not turn.posted_before:
        provider = services.providers.provider_for(Channel(turn.channel))
        for callback_id in turn.callback_ids:
            await provider.answer_button(callback_id)
