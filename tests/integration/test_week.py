"""The figures of a week: of the city's own days, of what stands today, and of nobody in particular."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.cases.week import Figures, Week, last_whole_week, load_week, monday_of
from bot.city.current import catalogue, city
from bot.db.session import transaction
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

MONDAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)  # Tuesday of the week after


def at(day: int, hour: int) -> datetime:
    """Of November, by the city's clock."""
    return datetime(2026, 11, day, hour, tzinfo=city().time_zone)


async def a_life(
    key: str,
    filed: datetime,
    ended: datetime | None = None,
    resolution: Resolution = Resolution.FIXED,
    **more: object,
) -> str:
    conversation_id = await a_conversation(f"+1310555{len(key):04d}")
    reference = (await file(conversation_id, key, at=filed, **more)).reference
    if ended is not None:
        async with transaction() as session:
            status = Status.RESOLVED if resolution is Resolution.FIXED else Status.CLOSED
            await change_request(
                session, Change(reference, status, "staff:ana", "private words", resolution=resolution)
            )
            (await find_request(session, reference)).ended_at = ended
    return reference


async def the_week(begins: date = MONDAY) -> Week:
    async with transaction() as session:
        return await load_week(session, begins, NOW)


async def figures(code: str = "pothole") -> Figures:
    return next(one.figures for one in (await the_week()).services if one.service_code == code)


async def test_a_week_begins_at_midnight_of_the_city_and_ends_seven_days_later() -> None:
    await a_life("a", at(9, 0))
    await a_life("bb", at(15, 23))
    await a_life("ccc", at(16, 0))
    await a_life("dddd", at(8, 23))
    assert (await figures()).filed == 2
    assert ((await the_week()).begins, (await the_week()).ends) == (MONDAY, date(2026, 11, 15))


async def test_what_was_done_is_counted_with_the_working_days_it_took() -> None:
    await a_life("a", at(6, 9), at(9, 9))  # a Friday to a Monday: one
    await a_life("bb", at(9, 9), at(13, 9))  # four
    await a_life("ccc", at(9, 9), at(10, 9), Resolution.NOTHING_FOUND)
    await a_life("dddd", at(9, 9), at(16, 9))  # done in the week after
    found = await figures()
    assert (found.filed, found.done, found.ended_otherwise, sorted(found.days)) == (3, 2, 1, [1, 4])
    assert found.median_days == 2.5
    (only,) = (await the_week()).services
    assert only.usual_days == catalogue().services["pothole"].median_days


async def test_what_residents_say_is_counted_and_what_is_opened_again_is_not_done() -> None:
    happy = await a_life("a", at(9, 9), at(10, 9))
    angry = await a_life("bb", at(9, 9), at(10, 9))
    async with transaction() as session:
        one, two = [await find_request(session, reference) for reference in (happy, angry)]
        assert one.conversation_id
        assert two.conversation_id
        await record_feedback(session, one.conversation_id, happy, Verdict.FIXED, 5)
        await record_feedback(session, two.conversation_id, angry, Verdict.NOT_FIXED, 2)
    async with transaction() as session:
        for reference in (happy, angry):
            (answer,) = (await find_request(session, reference)).feedback
            answer.created_at = at(11, 9)
    found = await figures()
    assert (found.done, found.fixed, found.not_fixed) == (1, 1, 1)
    assert (found.fixed_share, found.rating, found.ratings) == (0.5, 3.5, [5, 2])


async def test_what_is_overdue_now_is_told_and_all_services_are_added_up() -> None:
    late = await a_life("a", at(2, 9))
    await a_life("bb", at(9, 9), service_code="graffiti")
    async with transaction() as session:
        (await find_request(session, late)).due_on = date(2026, 11, 16)
    week = await the_week()
    told = [(one.service_code, one.figures.filed) for one in week.services]
    assert told == [("graffiti", 1), ("pothole", 0)]
    assert (week.services[1].figures.overdue, week.all.filed) == (1, 1)
    assert week.all.overdue == sum(one.figures.overdue for one in week.services)


async def test_a_week_without_anything_has_no_figures() -> None:
    week = await the_week(date(2020, 1, 6))
    assert (week.services, week.all.median_days, week.all.rating, week.all.fixed_share) == (
        (),
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 16, 7, 59, tzinfo=UTC), date(2026, 11, 2)),  # still Sunday in the city
        (datetime(2026, 11, 16, 8, 0, tzinfo=UTC), date(2026, 11, 9)),
    ],
)
async def test_the_last_whole_week_is_over_in_the_city(now: datetime, monday: date) -> None:
    assert last_whole_week(now) == monday
    assert monday_of(monday + timedelta(days=6)) == monday


async def test_a_resident_who_takes_an_answer_back_or_says_it_again_counts_once() -> None:
    conversation_id = await a_conversation("+13105557001")
    reference = (await file(conversation_id, "once", at=at(9, 8))).reference
    async with transaction() as session:
        change = Change(reference, Status.RESOLVED, "staff:ana", "Done.", resolution=Resolution.FIXED)
        await change_request(session, change)
        for hour, verdict in ((9, Verdict.NOT_FIXED), (10, Verdict.FIXED), (11, Verdict.FIXED)):
            await record_feedback(session, conversation_id, reference, verdict, at=at(10, hour))
        await record_feedback(session, conversation_id, reference, rating=4, at=at(10, 12))
        await record_feedback(session, conversation_id, reference, rating=5, at=at(10, 13))
    found = await figures()
    assert (found.fixed, found.not_fixed, found.ratings) == (1, 0, [5])
