"""What a resident adds to a request that is already filed."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.added import Said, keep_addition
from bot.cases.audit import record
from bot.cases.lookup import find_joined, find_request, follows, is_followed_by
from bot.cases.moves import RESIDENT, Move, move
from bot.cases.outward import changed
from bot.cases.people import of_one_person
from bot.cases.reopening import ANSWERED, is_unanswered, open_again
from bot.cases.status import Status
from bot.db.tables import ServiceRequest, Update

log = structlog.get_logger(__name__)


async def attach_photos(
    session: AsyncSession,
    conversation_id: int,
    photo_ids: tuple[int, ...],
    reference: str | None = None,
    at: datetime | None = None,
) -> str | None:
    """`add_to_request` for photos alone."""
    return await add_to_request(session, conversation_id, Said(photo_ids=photo_ids, at=at), reference)


async def add_words(
    session: AsyncSession,
    conversation_id: int,
    words: str,
    reference: str | None = None,
    at: datetime | None = None,
) -> str | None:
    """`add_to_request` for words alone."""
    return await add_to_request(session, conversation_id, Said(words, at=at), reference)


async def add_to_request(
    session: AsyncSession,
    conversation_id: int,
    said: Said,
    reference: str | None = None,
    *,
    opens: bool = True,
) -> str | None:
    """Keep what a resident adds, with the named request, else with the newest that they follow.

    It is an answer where one was waited for, unless it asks back, and opens what was closed for want of one unless `opens` is false. Gives the
    reference it went to, or None when they follow none (or not that one). Safe to repeat.
    """
    request = await followed(session, conversation_id, reference)
    if request is None:
        return None
    if await keep_addition(session, request.id, conversation_id, said):
        if said.photo_ids:
            photos = list(said.photo_ids)
            record(session, RESIDENT, "request.photos_added", "request", request.reference, photos=photos)
        if said.words:
            record(session, RESIDENT, "request.words_added", "request", request.reference)
        if said.urgent and request.urgent_at is None:
            request.urgent_at = said.at or datetime.now(UTC)
            record(session, RESIDENT, "request.called_urgent", "request", request.reference)
        log.info("request.added_to", request_id=request.id, conversation_id=conversation_id)
        if not said.asks:
            await goes_on(session, request, said.at)
        if opens and is_unanswered(request):
            await open_again(session, request, said.at or datetime.now(UTC), ANSWERED)
    return request.reference


async def goes_on(session: AsyncSession, request: ServiceRequest, at: datetime | None) -> None:
    """What waited for the resident's answer stands again where it stood before staff asked."""
    if request.status != Status.WAITING:
        return
    entries = select(Update).where(Update.request_id == request.id).order_by(Update.id.desc())
    history = list(await session.scalars(entries))
    asked = next(one for one in history if one.to_status == Status.WAITING != one.from_status)
    before, words = Status(asked.from_status or Status.OPEN), ""
    if before is Status.ON_HOLD:  # for the same thing as then
        words = next((one.public_text for one in history if one.to_status == before and one.public_text), "")
        before = before if words else Status.OPEN
    step = Move(before, RESIDENT, public_text=words, internal_note=ANSWERED)
    await move(session, request, step, at)


async def add_answer(
    session: AsyncSession, conversation_id: int, reference: str, question: str, answer: str
) -> str | None:
    """Keep the answer to a follow-up question; gives the reference as `attach_photos` does.

    A later answer to the same question counts. Of a request that was joined, the answer is kept with it, and with the
    other one, too, unless an answer of somebody else's stands there.
    """
    request = await followed(session, conversation_id, reference)
    if request is None:
        return None
    named = await find_request(session, reference)
    before = named.answers.get(question)
    theirs = await of_one_person(session, conversation_id)
    if named.id != request.id and named.conversation_id in theirs:
        await _keep_answer(session, named, question, answer)
    if named.id == request.id or request.answers.get(question) in (None, before):
        await _keep_answer(session, request, question, answer)
    return request.reference


async def _keep_answer(session: AsyncSession, request: ServiceRequest, question: str, answer: str) -> None:
    if request.answers.get(question) != answer:
        await changed(session, request.id)
        request.answers = {**request.answers, question: answer}
        record(session, "resident", "request.answered", "request", request.reference, question=question)


async def followed(
    session: AsyncSession, conversation_id: int, reference: str | None
) -> ServiceRequest | None:
    """The named request, else their newest; None where they follow none, or not that one.

    Its row is ours until the commit: two who add at once, or a join beside it, go one after the other.
    """
    if reference is None:
        reference = await session.scalar(
            select(ServiceRequest.reference)
            .where(is_followed_by(conversation_id), ServiceRequest.merged_into_id.is_(None))
            .order_by(ServiceRequest.id.desc())
            .limit(1)
        )
    if reference is None:
        return None
    request = await find_joined(session, reference, lock=True)
    return request if await follows(session, conversation_id, request.id) else None
