"""Several workers run every clock: what is due is done once, by whoever comes first, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import find_request
from bot.cases.promises import day_of
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.channels.messages import Channel
from bot.channels.provider import Providers
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Notice, Reminder, Turn, Update
from bot.delivery.deliver import deliver_all
from bot.delivery.ends import end_by_themselves
from bot.delivery.missing_receipts import ask_for_receipts
from bot.delivery.push import tell_of_delays, update_request
from bot.delivery.reminders import remind
from bot.settings import load_settings
from tests.integration.telling import noon_after, tell_everybody
from tests.integration.test_cases import a_conversation, file
from tests.integration.test_delivery import conversation_id, no_photo, queue
from tests.integration.test_missing_receipts import Asked

__all__ = ["conversation_id"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

WORKERS = 3
RESIDENTS = 5
NOON = noon_after(datetime.now(UTC))
DAY = timedelta(days=1)


async def at_once(clock: Callable[[AsyncSession], Awaitable[int]]) -> int:
    """The clock of several workers strikes in the same moment; gives how many they did together."""

    async def strike() -> int:
        async with transaction() as session:
            return await clock(session)

    return sum(await asyncio.gather(*(strike() for _ in range(WORKERS))))


async def filed(at: datetime | None = None) -> list[str]:
    """The references of a request of each of some residents."""
    return [
        (await file(await a_conversation(f"+131055503{number:02d}"), f"draft {number}", at=at)).reference
        for number in range(RESIDENTS)
    ]


async def changed(references: list[str], status: Status, words: str, now: datetime) -> None:
    for reference in references:
        async with transaction() as session:
            await update_request(session, Change(reference, status, "staff:ana", words), now=now)


async def notices() -> Counter[tuple[int, str | None]]:
    """How many notices each conversation has, by how the request ended."""
    async with transaction() as session:
        rows = await session.scalars(select(Notice))
        return Counter((row.conversation_id, row.event["resolution"]) for row in rows)


async def test_each_missed_day_is_told_once() -> None:
    references = await filed(at=datetime.now(UTC) - 60 * DAY)
    async with transaction() as session:
        for reference in references:
            (await find_request(session, reference)).due_on = day_of(NOON) - DAY
    assert await at_once(lambda session: tell_of_delays(session, NOON)) == RESIDENTS
    assert set((await notices()).values()) == {1}
    async with transaction() as session:
        promises = list(await session.scalars(select(Update).where(Update.due_on.is_not(None))))
    assert len(promises) == RESIDENTS
    assert {one.created_at for one in promises} == {NOON}
    assert await at_once(lambda session: tell_of_delays(session, NOON)) == 0


@pytest.mark.parametrize(
    ("status", "words", "days", "told"),
    [(Status.WAITING, "Which lane?", 7.1, 1), (Status.RESOLVED, "Filled.", 14.1, 0)],
)
async def test_each_request_ends_once(status: Status, words: str, days: float, told: int) -> None:
    references = await filed()
    await changed(references, status, words, NOON)
    later = NOON + days * DAY
    ends = await at_once(lambda session: end_by_themselves(session, load_settings(), later))
    assert ends == RESIDENTS
    async with transaction() as session:
        entries = list(await session.scalars(select(Update).where(Update.to_status == Status.CLOSED)))
    assert len({one.request_id for one in entries}) == len(entries) == RESIDENTS
    closed = {one: count for one, count in (await notices()).items() if one[1] == Resolution.NO_ANSWER}
    assert len(closed) == RESIDENTS * told
    assert set(closed.values()) <= {1}
    assert await at_once(lambda session: end_by_themselves(session, load_settings(), later)) == 0


async def test_each_resident_is_reminded_once_of_each_thing() -> None:
    references = await filed()
    await changed(references, Status.WAITING, "Which lane?", NOON)
    await tell_everybody()
    async with transaction() as session:
        await session.execute(update(Turn).values(created_at=NOON, finished_at=NOON))
        await session.execute(update(Message).values(created_at=NOON - DAY))
        # And each has begun another report, which lies there.
        await session.execute(update(Conversation).values(report_open=True, last_message_at=NOON))
    later = NOON + 1.05 * DAY
    given = [await at_once(lambda session: remind(session, load_settings(), later)) for _ in range(3)]
    async with transaction() as session:
        rows = await session.scalars(select(Reminder))
        once = Counter((row.conversation_id, row.kind) for row in rows)
        turns = list(await session.scalars(select(Turn).where(Turn.finished_at.is_(None))))
    assert set(once.values()) == {1}
    assert len(once) == len(turns) == sum(given) == 2 * RESIDENTS


async def test_each_missing_receipt_is_asked_for_once(conversation_id: int) -> None:
    provider = Asked()
    await queue(conversation_id, *(f"word {number}" for number in range(RESIDENTS)))
    await deliver_all(provider, conversation_id, no_photo)
    providers, later = Providers({Channel.SMS: provider}), datetime.now(UTC) + timedelta(minutes=6)
    done = await asyncio.gather(*(ask_for_receipts(providers, later) for _ in range(WORKERS)))
    assert sum(done) == RESIDENTS
    assert len(set(provider.asked)) == len(provider.asked) == RESIDENTS
