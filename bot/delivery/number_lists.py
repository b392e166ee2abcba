"""Reading the lists of the numbers that were given up, day by day: whoever has such a number next must not get another's updates.

Twilio publishes what the carriers of the United States tell it (`bot.channels.twilio.deactivations`). Each day's list is read in
the night after, by one worker; one that could not be read is asked for again every hour, for a month.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.messages import Channel, ListProblem, NumberListError
from bot.channels.provider import NotConfiguredError, Provider, Providers
from bot.city.current import city
from bot.conversation.given_up import end_of, mark_given_up
from bot.db.session import transaction
from bot.db.tables import Contact, NumberList
from bot.delivery.alarm import sound_alarm
from bot.failures import TRIES, FailureKind

log = structlog.get_logger(__name__)

# A carrier leaves a number alone for 45 days before somebody else gets it (47 CFR 52.15(f)(1)(ii)): so far back whoever wrote
# since is who they were, and a worker that was away for a month has missed nothing.
DAYS_BACK = 30
READ_AFTER = timedelta(hours=3)  # of the end of the day: in the night
AGAIN_AFTER = timedelta(hours=1)  # longer than reading one takes, so that no two workers do
AGAIN_SELDOM = timedelta(days=1)  # of one that was none, a few times over
NEVER_CAME_AFTER = timedelta(days=3)  # of the end of the day
AWAY_TOO_LONG = timedelta(days=2)

REFUSED = "Twilio refuses the lists of numbers that were given up"


class ListState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    MISSING = "missing"  # it never came


# The one policy of `bot.failures`; a list that is not there yet is no failure.
FAILURE_OF: dict[ListProblem, FailureKind | None] = {
    ListProblem.MISSING: None,
    ListProblem.AWAY: FailureKind.TRANSIENT,
    ListProblem.REFUSED: FailureKind.MISCONFIGURED,
    ListProblem.NO_LIST: FailureKind.DETERMINISTIC,
}


async def read_number_lists(providers: Providers, now: datetime) -> bool:
    """Read the oldest list that is due, where Twilio is set up, and mark whose number is on it. `now` is aware.

    False where nothing was due and one still waits that could not be read by a fault. Raises `NumberListError` for one that
    people should know of. Safe to repeat, and beside itself: what one worker reads is not due for another.
    """
    try:
        provider = providers.provider_for(Channel.SMS)
    except NotConfiguredError:
        return True
    async with transaction() as session:
        await _expect_lists(session, now)
        day = await _claim(session, now)
        if day is None:
            return not await _one_fails(session, now)
    try:
        given_up = await _read(provider, day)
    except NumberListError as error:
        async with transaction() as session:
            grave = await _keep_failure(session, day, error, now)
        if grave:
            raise
        return True
    async with transaction() as session:
        row = await session.get_one(NumberList, day, with_for_update=True)
        row.state, row.read_at, row.failure, row.faults = ListState.READ, now, None, 0
        row.given_up += given_up
    log.info("number_list.read", day=day.isoformat(), given_up=given_up)
    return True


async def _read(provider: Provider, day: date) -> int:
    """Mark whose number is on the list of a day; gives how many. What was marked before an error stays marked."""
    given_up = 0
    async for numbers in provider.given_up(day):
        async with transaction() as session:
            given_up += await mark_given_up(session, numbers, day)
    return given_up


async def _expect_lists(session: AsyncSession, now: datetime) -> None:
    """A row for each day that is over, since we know somebody; a month back at most."""
    yesterday = _today(now) - timedelta(days=1)
    newest = await session.scalar(select(func.max(NumberList.day)))
    if newest is not None and newest >= yesterday:
        return
    known_since = await session.scalar(
        select(Contact.created_at).where(Contact.channel == Channel.SMS).order_by(Contact.id).limit(1)
    )
    if known_since is None:
        return
    first = max(_today(now) - timedelta(days=DAYS_BACK), known_since.astimezone(city().time_zone).date())
    if newest is not None:
        first = max(first, newest + timedelta(days=1))
    days = [first + timedelta(days=number) for number in range((yesterday - first).days + 1)]
    if days:
        rows = [{"day": day, "state": ListState.WAITING, "due_at": end_of(day) + READ_AFTER} for day in days]
        await session.execute(insert(NumberList).values(rows).on_conflict_do_nothing())
    await session.execute(
        delete(NumberList).where(NumberList.day < yesterday - 2 * timedelta(days=DAYS_BACK))
    )


async def _claim(session: AsyncSession, now: datetime) -> date | None:
    """The oldest that is due, with its next time set before anybody is asked."""
    row = await session.scalar(
        select(NumberList)
        .where(
            NumberList.state == ListState.WAITING,
            NumberList.due_at <= now,
            NumberList.day >= _today(now) - timedelta(days=DAYS_BACK),
        )
        .order_by(NumberList.day)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.due_at = now + AGAIN_AFTER
    return row.day


async def _one_fails(session: AsyncSession, now: datetime) -> bool:
    grave = (FailureKind.MISCONFIGURED, FailureKind.DETERMINISTIC)
    query = select(
        exists().where(
            NumberList.state == ListState.WAITING,
            NumberList.failure.in_(grave),
            NumberList.day >= _today(now) - timedelta(days=DAYS_BACK),
        )
    )
    return bool(await session.scalar(query))


async def _keep_failure(session: AsyncSession, day: date, error: NumberListError, now: datetime) -> bool:
    """Keep with the day why its list was not read, and when it is asked for next. True where people should know."""
    row = await session.get_one(NumberList, day, with_for_update=True)
    row.failure = FAILURE_OF[error.problem]
    row.due_at = now + max(AGAIN_AFTER, timedelta(seconds=error.retry_after or 0))
    log.info("number_list.not_read", day=day.isoformat(), problem=error.problem)
    match error.problem:
        case ListProblem.MISSING:
            if now - end_of(day) > NEVER_CAME_AFTER:
                row.state = ListState.MISSING
                log.warning("number_list.never_came", day=day.isoformat())
            return False
        case ListProblem.AWAY:
            return now - end_of(day) > AWAY_TOO_LONG
        case ListProblem.REFUSED:
            sound_alarm(Channel.SMS, REFUSED)
        case ListProblem.NO_LIST:
            row.faults += 1
            if row.faults >= TRIES:
                row.due_at = now + AGAIN_SELDOM
    return True


def _today(now: datetime) -> date:
    return now.astimezone(city().time_zone).date()
