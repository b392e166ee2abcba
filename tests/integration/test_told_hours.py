"""Whatever joins, parts and leaves requests is in their histories at the hour it was told, days before or after our clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.disowning import disown_request
from bot.cases.filing import NewRequest, file_request
from bot.cases.follow_ups import file_follow_up
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Contact, Join, Notice, RequestPhoto, Subscriber
from bot.delivery.push import join_requests, take_out, undo_join, update_request
from tests.integration.test_cases import PICO, a_conversation, photos

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

FILED = datetime(2031, 3, 4, 18, tzinfo=UTC)  # no clock of ours shows it
HOUR = timedelta(hours=1)


async def filed(who: int, key: str, photo_ids: tuple[int, ...] = ()) -> str:
    new = NewRequest(who, key, "pothole", "a hole", "pico and 4th", PICO, photo_ids, at=FILED)
    async with transaction() as session:
        return (await file_request(session, new)).reference


async def hours(reference: str) -> list[int]:
    """When the entries of a history were made, in hours since the filing; the request was touched last with the last one."""
    async with transaction() as session:
        request = await find_request(session, reference)
        times = [one.created_at for one in request.updates]
        assert request.updated_at == times[-1]
        return [(at - FILED) // HOUR for at in times]


async def test_a_filing_is_entered_when_it_was_confirmed() -> None:
    (photo,) = await photos(1)
    reference = await filed(await a_conversation(), "a", (photo,))
    assert await hours(reference) == [0]
    async with transaction() as session:
        assert await session.scalar(select(Subscriber.created_at)) == FILED
        assert await session.scalar(select(RequestPhoto.created_at)) == FILED


async def test_a_join_its_undoing_and_a_taking_out_are_entered_when_they_were_done() -> None:
    ann, ben = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    first, second = await filed(ann, "a"), await filed(ben, "b")
    async with transaction() as session:
        await join_requests(session, second, first, "staff:ana", now=FILED + HOUR)
        join = (await session.scalars(select(Join))).one()
        assert (await session.scalars(select(Notice.created_at))).all() == [FILED + HOUR]
        await undo_join(session, join.id, "staff:ana", FILED + HOUR + timedelta(seconds=5))
    async with transaction() as session:
        await join_requests(session, second, first, "staff:ana", now=FILED + 2 * HOUR)
        merged = select(Subscriber.created_at).where(Subscriber.origin == "merged")
        assert (await session.scalars(merged)).all() == [FILED + 2 * HOUR]
    async with transaction() as session:
        assert await take_out(session, first, ben, "staff:ana", now=FILED + 3 * HOUR) == second
    assert await hours(first) == await hours(second) == [0, 1, 1, 2, 3]


async def test_a_follower_who_is_taken_out_files_and_follows_at_that_hour() -> None:
    ann, ben = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    reference = await filed(ann, "a")
    async with transaction() as session:
        await follow_request(session, Following(ben, reference, "me too", "", PICO, at=FILED + HOUR))
        asked = select(Subscriber.created_at).where(Subscriber.conversation_id == ben)
        assert await session.scalar(asked) == FILED + HOUR
    async with transaction() as session:
        own = await take_out(session, reference, ben, "staff:ana", now=FILED + 2 * HOUR)
    assert await hours(own) == [2, 2]
    assert await hours(reference) == [0, 2]


async def test_a_follow_up_and_a_number_that_says_it_is_another_are_entered_when_it_was_said() -> None:
    who = await a_conversation()
    reference = await filed(who, "a")
    async with transaction() as session:
        done = Change(reference, Status.RESOLVED, "staff:ana", "Filled.")
        await update_request(session, done, now=FILED + HOUR)
    async with transaction() as session:
        said_at = FILED + 2 * HOUR
        again = await file_follow_up(session, who, reference, "it is back", (), "en", said_at, "again")
    async with transaction() as session:
        await disown_request(session, who, reference, FILED + 3 * HOUR)
        assert await session.scalar(select(Contact.disowned_at)) == FILED + 3 * HOUR
    assert await hours(reference) == [0, 1, 2, 3]
    assert await hours(again.reference) == [2]
