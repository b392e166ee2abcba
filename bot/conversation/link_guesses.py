"""Wrong link codes of all conversations together: a bound on guessing with many numbers, which keeps nobody from linking.

Five wrong ones an hour bound one conversation, not a thousand of them, and a number is worth five more after its conversation was
erased. So all wrong codes of a day are counted. Once there are `MOST_TOGETHER`, a short code is not looked at any more, good or not, and new codes
are long ones (`bot.cases.link_codes`), which nobody guesses: whoever has two phones links them as before, with twelve characters. A
short code that was open at that moment is unknown like any other, and the words that say so tell how to get a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, distinct, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import LinkTry

log = structlog.get_logger(__name__)

# A city mistypes a few a day. Of 130 million short codes a hundred guesses a day, with ten open at any time, hit one in 350 years.
MOST_TOGETHER = 100
TOGETHER_WITHIN = timedelta(days=1)
MOST_SHOWN = 20  # conversations


@dataclass(frozen=True, slots=True)
class Guesser:
    """A conversation with many wrong codes, and when the last of them came. None: it was erased since."""

    conversation_id: int | None
    tries: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Guesses:
    """The wrong codes of the last day."""

    tries: int
    conversations: int  # that sent them; those that were erased since are left out
    since: datetime | None  # when there were too many; None: there are not
    guessers: tuple[Guesser, ...]  # those with the most, `MOST_SHOWN` of them

    @property
    def too_many(self) -> bool:
        return self.since is not None


async def count_wrong(session: AsyncSession, now: datetime) -> int:
    """The wrong codes of all conversations within a day. `now` is aware."""
    return await session.scalar(select(func.count()).where(_lately(now))) or 0


async def are_too_many(session: AsyncSession, now: datetime) -> bool:
    """Whether short codes are of no use for now. `now` is aware."""
    return await count_wrong(session, now) >= MOST_TOGETHER


async def one_at_a_time(session: AsyncSession) -> None:
    """Wait until no other try is between counting and being counted; until the commit. Else a burst would pass the bound."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('link-tries', 0))"))


async def say_when_too_many(session: AsyncSession, now: datetime) -> None:
    """Log it at the try that was one too many, and not again."""
    if await count_wrong(session, now) == MOST_TOGETHER:
        log.warning("link_code.guessed", tries=MOST_TOGETHER)


async def read_guesses(session: AsyncSession, now: datetime) -> Guesses:
    """What staff read of it. `now` is aware."""
    tries = await count_wrong(session, now)
    conversations = await session.scalar(
        select(func.count(distinct(LinkTry.conversation_id))).where(_lately(now))
    )
    since = await session.scalar(
        select(LinkTry.at).where(_lately(now)).order_by(LinkTry.at).offset(MOST_TOGETHER - 1).limit(1)
    )
    most = await session.execute(
        select(LinkTry.conversation_id, func.count(), func.max(LinkTry.at))
        .where(_lately(now))
        .group_by(LinkTry.conversation_id)
        .order_by(func.count().desc(), func.max(LinkTry.at).desc())
        .limit(MOST_SHOWN)
    )
    return Guesses(tries, conversations or 0, since, tuple(Guesser(*row) for row in most))


def _lately(now: datetime) -> ColumnElement[bool]:
    return LinkTry.at > now - TOGETHER_WITHIN
