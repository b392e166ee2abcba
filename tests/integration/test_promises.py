"""When a promise runs late: said in SQL, so that tags, filters, counts and clocks agree."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import ColumnElement, select

from actions.effects import carry_out
from actions.reading import Read
from bot.cases.lookup import find_request, list_requests
from bot.cases.promises import (
    Promised,
    Standing,
    count_promised,
    day_to_tell,
    is_due_soon,
    is_overdue,
    standings,
)
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.conversation.intake.danger import Danger
from bot.conversation.intake.effects import FollowNamed
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Turn as TurnHeard
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.push import update_request
from tests.integration.test_cases import a_conversation, file
from tests.plans import plan_with

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

Condition = Callable[[datetime], ColumnElement[bool]]
# A Monday, half past nine in the city.
NOW = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)


async def promised(filed: date, due: date | None, key: str = "draft-1") -> str:
    # A resident of its own for each.
    conversation_id = await a_conversation(f"+1310555{zlib.crc32(key.encode()) % 10_000:04d}")
    reference = (await file(conversation_id, key)).reference
    async with transaction() as session:
        row = await find_request(session, reference)
        # Ten in the evening of the city, which is the next day in UTC.
        row.created_at = datetime(filed.year, filed.month, filed.day, 22, tzinfo=city().time_zone)
        row.due_on = due
    return reference


async def standing(reference: str, now: datetime = NOW) -> Standing | None:
    async with transaction() as session:
        row = await find_request(session, reference)
        found = (await standings(session, [row.id], now)).get(row.id)
        for condition, meant in ((is_overdue(now), Standing.OVERDUE), (is_due_soon(now), Standing.SOON)):
            listed = [one.id for one in await list_requests(session, conditions=[condition])]
            assert (row.id in listed) == (found is meant), "filter and tag say the same"
        return found


@pytest.mark.parametrize(
    ("filed", "due", "expected"),
    [
        (date(2026, 11, 27), date(2026, 11, 29), Standing.OVERDUE),
        (date(2026, 11, 27), date(2026, 11, 30), Standing.SOON),  # today
        (date(2026, 11, 30), date(2026, 11, 30), Standing.SOON),
        (date(2026, 11, 27), date(2026, 12, 1), None),  # one day left of four
        (date(2026, 11, 22), date(2026, 12, 2), Standing.SOON),  # two left of ten
        (date(2026, 11, 23), date(2026, 12, 3), None),  # three left of ten
        (date(2026, 11, 22), date(2026, 12, 3), None),  # three left of eleven
        (date(2026, 11, 18), date(2026, 12, 3), Standing.SOON),  # three left of fifteen
        (date(2026, 11, 27), None, None),
    ],
)
async def test_a_promise_is_at_risk_in_its_last_fifth_and_missed_when_its_day_is_over(
    filed: date, due: date | None, expected: Standing | None
) -> None:
    assert await standing(await promised(filed, due)) is expected


async def test_a_day_is_over_at_midnight_of_the_city() -> None:
    reference = await promised(date(2026, 11, 27), date(2026, 11, 30))
    assert await standing(reference, datetime(2026, 12, 1, 7, 59, tzinfo=UTC)) is Standing.SOON
    assert await standing(reference, datetime(2026, 12, 1, 8, 0, tzinfo=UTC)) is Standing.OVERDUE


async def test_while_it_waits_no_day_runs() -> None:
    reference = await promised(date(2026, 11, 20), date(2026, 11, 23))
    async with transaction() as session:
        await update_request(
            session, Change(reference, Status.ON_HOLD, "staff:ana", public_text="Waits for parts.")
        )
    assert await standing(reference) is None


async def test_what_runs_late_is_counted_for_all_and_for_a_department() -> None:
    for number, due in enumerate((date(2026, 11, 23), date(2026, 11, 30), date(2027, 1, 29))):
        await promised(date(2026, 11, 20), due, f"draft-{number}")
    async with transaction() as session:
        first = await session.get_one(ServiceRequest, 1)
        first.department = "Library"
    async with transaction() as session:
        assert await count_promised(session, NOW) == Promised(soon=1, overdue=1)
        assert await count_promised(session, NOW, "Library") == Promised(overdue=1)


@pytest.mark.parametrize("condition", [is_due_soon, is_overdue])
async def test_what_runs_late_is_found_by_the_index_of_promises(condition: Condition) -> None:
    query = select(ServiceRequest.id).where(condition(NOW))
    async with transaction() as session:
        dialect = (await session.connection()).dialect
    with_values = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    plan = await plan_with("ix_service_requests_due", str(with_values).replace(":", r"\:"))
    assert "ix_service_requests_due" in plan
    # A statement that is planned once for all values matches the index by what stands in it word for word.
    sent = str(query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
    assert "status IN ('open', 'in_progress')" in sent


@pytest.mark.parametrize(
    ("status", "due", "told"),
    [
        (Status.IN_PROGRESS, date(2026, 11, 30), date(2026, 11, 30)),
        (Status.OPEN, date(2026, 12, 4), date(2026, 12, 4)),
        (Status.OPEN, date(2026, 11, 27), None),  # over: whoever comes now is told no day of the past
        (Status.ON_HOLD, date(2026, 12, 4), None),  # no day runs while it waits
        (Status.OPEN, None, None),
    ],
)
async def test_who_follows_a_request_is_told_the_day_that_still_runs(
    status: Status, due: date | None, told: date | None
) -> None:
    reference = await promised(date(2026, 11, 20), due)
    async with transaction() as session:
        (await find_request(session, reference)).status = status
    async with transaction() as session:
        assert await day_to_tell(session, reference, NOW) == told


async def test_the_day_is_said_to_who_begins_to_follow() -> None:
    reference = await promised(date(2026, 11, 20), date(2026, 12, 4))
    ben = await a_conversation("+13105550188")
    for danger, expected in (
        (frozenset(), [("utter_following", None), ("utter_promise", "Friday, Dec 4")]),
        (frozenset({Danger.EMERGENCY}), [("utter_following", None)]),
    ):
        heard = TurnHeard(7, "I see it too", "follow", NOW, language="en", channel="sms", danger=danger)
        read = Read(heard, None, None, Memory(met=True), "en", f"conversation-{ben}")
        done = await carry_out((FollowNamed(reference),), read)
        assert [(say.response, say.values.get("due")) for say in done.says] == expected
