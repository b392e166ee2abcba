"""One-time codes that join the conversations of one person: made in one, sent in the other, confirmed there, told in the first.

A code proves nothing but that both phones were in one hand within a quarter of an hour. So it is of use once, a new one makes
the old one void, only its keyed hash is kept, and whoever guesses is not answered for long; with many numbers neither
(`bot.conversation.link_guesses`).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.link_codes import is_short, new_link_code
from bot.cases.people import join_conversations, leave_person, of_one_person
from bot.conversation.link_guesses import are_too_many, one_at_a_time, say_when_too_many
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.texts import gateway_text
from bot.db.tables import Conversation, LinkCode, LinkTry
from bot.settings import secret_key, settings

log = structlog.get_logger(__name__)

VALID_FOR = timedelta(minutes=15)  # as the words say that tell a code
ANSWER_WITHIN = timedelta(minutes=15)  # who sent it in time may think about the question as long
MOST_TRIES = 5  # wrong codes of one conversation
TRIES_WITHIN = timedelta(hours=1)


class TryResult(StrEnum):
    """What a code is that was sent."""

    GOOD = "good"
    WRONG = "wrong"  # unknown, used, void or too old: which of these, nobody is told
    OWN = "own"  # made in this very conversation
    JOINED = "joined"  # of a conversation that is joined with this one already
    TOO_MANY = "too_many"  # not looked at


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try; of a good code also its number, and where and on which channel it was made."""

    result: TryResult
    code_id: int = 0
    other: int = 0
    channel: str = ""


async def new_code(session: AsyncSession, conversation_id: int, *, now: datetime | None = None) -> str:
    """A code for joining another conversation with this one; the one before is void. `now` is aware.

    A long one while somebody guesses short ones.
    """
    now = now or datetime.now(UTC)
    await session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
    await forget_codes(session, conversation_id)
    guessed = await are_too_many(session, now)
    while True:
        code = new_link_code(long=guessed)
        fresh = await session.scalar(
            insert(LinkCode)
            .values(
                code_hash=_hash(code),
                conversation_id=conversation_id,
                created_at=now,
                expires_at=now + VALID_FOR,
            )
            .on_conflict_do_nothing()
            .returning(LinkCode.id)
        )
        if fresh is not None:  # else somebody else's code reads the same
            log.info("link_code.made", conversation_id=conversation_id)
            return code


async def try_code(
    session: AsyncSession,
    conversation_id: int,
    code: str,
    *,
    turn_id: int | None = None,
    now: datetime | None = None,
) -> Tried:
    """What a code is, as `read_link_code` gives it. Joins nothing yet: that takes a yes. `now` is aware."""
    now = now or datetime.now(UTC)
    await session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
    if await _wrong_tries(session, conversation_id, now, but_of=turn_id) >= MOST_TRIES:
        log.info("link_code.too_many_tries", conversation_id=conversation_id)
        return Tried(TryResult.TOO_MANY)
    found = await _open_code(session, code, now)
    if found is None:
        wrong = insert(LinkTry).values(conversation_id=conversation_id, turn_id=turn_id, at=now)
        fresh = await session.scalar(wrong.on_conflict_do_nothing().returning(LinkTry.id))
        if fresh is not None:
            await say_when_too_many(session, now)
        return Tried(TryResult.WRONG)
    if found.conversation_id == conversation_id:
        return Tried(TryResult.OWN)
    if found.conversation_id in await of_one_person(session, conversation_id):
        return Tried(TryResult.JOINED)
    other = await session.get_one(Conversation, found.conversation_id)
    return Tried(TryResult.GOOD, found.id, other.id, other.contact.channel)


async def redeem_code(
    session: AsyncSession, conversation_id: int, code_id: int, other_id: int, *, now: datetime | None = None
) -> bool:
    """Join this conversation with the one that a good code was made in, and use the code up. `now` is aware.

    False where it is of no use any more: used meanwhile, void, or too old. The other conversation is told, so that a code
    which somebody was talked into passing on does not work in silence. Safe to repeat for what is joined.
    """
    now = now or datetime.now(UTC)
    # Conversations before codes, as everybody locks them; then the code goes to one of those who send it at once.
    both = await session.scalars(
        select(Conversation)
        .where(Conversation.id.in_((conversation_id, other_id)))
        .order_by(Conversation.id)
        .with_for_update(of=Conversation)
    )
    talks = {row.id: row for row in both}
    used = await session.scalar(
        delete(LinkCode)
        .where(
            LinkCode.id == code_id,
            LinkCode.conversation_id == other_id,
            LinkCode.conversation_id != conversation_id,
            LinkCode.expires_at >= now - ANSWER_WITHIN,
        )
        .returning(LinkCode.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:  # the turn may have been taken before
        return other_id != conversation_id and other_id in await of_one_person(session, conversation_id)
    if await join_conversations(session, conversation_id, other_id):
        here, other = talks[conversation_id].contact, talks[other_id]
        told = gateway_text(f"joined_from_{here.channel}", other.contact.language)
        await queue_replies(session, other, [Reply(told)], kind="notice")
        log.info("conversation.joined", conversation_id=conversation_id)
    return True


async def unlink(session: AsyncSession, conversation_id: int) -> bool:
    """Part a conversation from the others of its person; its open code is void. False where it was joined with none."""
    await forget_codes(session, conversation_id)
    parted = await leave_person(session, conversation_id)
    if parted:
        log.info("conversation.parted", conversation_id=conversation_id)
    return parted


async def forget_codes(session: AsyncSession, conversation_id: int) -> None:
    """The codes that were made in a conversation are void."""
    await session.execute(
        delete(LinkCode)
        .where(LinkCode.conversation_id == conversation_id)
        .execution_options(synchronize_session=False)
    )


async def _open_code(session: AsyncSession, code: str, now: datetime) -> LinkCode | None:
    """The code that is open, if it may be looked at. None says no more than that it is none: whoever guesses learns nothing else."""
    await one_at_a_time(session)
    if is_short(code) and await are_too_many(session, now):
        return None
    found: LinkCode | None = await session.scalar(
        select(LinkCode).where(LinkCode.code_hash == _hash(code), LinkCode.expires_at >= now)
    )
    return found


async def _wrong_tries(
    session: AsyncSession, conversation_id: int, now: datetime, *, but_of: int | None
) -> int:
    """How many wrong codes came within the hour, the turn itself apart, which may be taken again."""
    tries = select(func.count()).where(
        LinkTry.conversation_id == conversation_id, LinkTry.at > now - TRIES_WITHIN
    )
    if but_of is not None:
        tries = tries.where(LinkTry.turn_id.is_distinct_from(but_of))
    return await session.scalar(tries) or 0


def _hash(code: str) -> bytes:
    """Keyed: all codes there can be are tried in a moment by whoever reads the table, but not without the key."""
    return hmac.new(secret_key(settings()).encode(), f"link-code\x00{code}".encode(), hashlib.sha256).digest()
