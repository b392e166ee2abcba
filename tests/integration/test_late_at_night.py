"""What was due by day and is taken up at night waits for the morning: as a turn, and on its way out. Nothing else waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import select, text, update

from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import city
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.states import OutboundState
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Notice, Turn
from bot.delivery.deliver import deliver_all
from bot.delivery.notices.late import put_off_turns
from bot.delivery.notices.tell import tell
from bot.delivery.push import update_request
from tests.integration.telling import as_they_are, noon_after
from tests.integration.test_cases import a_conversation, file
from tests.integration.test_delivery import RecordingProvider, no_photo

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NOON = noon_after(datetime.now(UTC))
EVENING = NOON + timedelta(hours=8, minutes=50)
MIDNIGHT = NOON + timedelta(hours=12)
MORNING = NOON + timedelta(hours=20)


@pytest.fixture
async def talk() -> int:
    """A conversation whose resident wrote long ago."""
    assert MORNING.astimezone(city().time_zone).hour == 8
    conversation_id = await a_conversation()
    await spoke(conversation_id, NOON - timedelta(days=3))
    return conversation_id


async def spoke(conversation_id: int, at: datetime) -> None:
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id,
                direction="in",
                channel="sms",
                author="resident",
                state="handled",
                created_at=at,
            )
        )


async def change(reference: str, words: str, at: datetime, **more: Any) -> None:
    async with transaction() as session:
        wanted = Change(reference, Status.IN_PROGRESS, "staff:ana", words, **more)
        await update_request(session, wanted, now=at)


async def notices() -> list[Notice]:
    async with transaction() as session:
        return list(await session.scalars(select(Notice).order_by(Notice.id)))


async def waiting_turns() -> list[list[str]]:
    """The words of each turn that no engine was asked for."""
    async with transaction() as session:
        rows = await session.scalars(select(Turn).where(Turn.posted_at.is_(None)).order_by(Turn.id))
        events = [row.engine_message["metadata"]["update"] for row in rows]
    return [[one["public_text"] for one in (*event["earlier"], event)] for event in events]


async def taken_up(conversation_id: int, now: datetime) -> OpenTurn | None:
    """The next turn, as a worker takes it."""
    async with transaction() as session:
        await put_off_turns(session, conversation_id, now)
        found = await open_turn(session, conversation_id)
    assert found is None or isinstance(found, OpenTurn)
    return found


async def said(conversation_id: int, *words: str, now: datetime) -> list[int]:
    """The dialogue takes the turn and says something to it; gives the messages that wait to be sent."""
    turn = await taken_up(conversation_id, now)
    assert turn is not None
    async with transaction() as session:
        await finish_turn(session, turn, [Reply(one) for one in words])
    async with transaction() as session:
        return list(await session.scalars(select(Message.id).where(Message.turn_id == turn.id)))


async def sent(conversation_id: int, now: datetime) -> list[str]:
    provider = RecordingProvider()
    await deliver_all(provider, conversation_id, no_photo, now=now)
    return [words for _, words, _ in provider.sent]


# --- the turn ----------------------------------------------------------------------------------


async def test_a_turn_that_is_taken_up_at_night_waits_for_the_morning_with_what_comes_meanwhile(
    talk: int,
) -> None:
    one, two = (await file(talk, "a")).reference, (await file(talk, "b")).reference
    await change(one, "A crew is on its way.", EVENING)
    await change(two, "We look at it.", EVENING)
    assert await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2)) == 2
    assert await taken_up(talk, MIDNIGHT) is None
    assert {(each.state, each.why, each.due_at, each.turn_id) for each in await notices()} == {
        ("waiting", "quiet", MORNING, None)
    }
    await change(one, "They are there.", MIDNIGHT)
    assert await tell(talk, as_they_are, now=MIDNIGHT) == 0
    assert await tell(talk, as_they_are, now=MORNING) == 2
    assert await waiting_turns() == [["We look at it."], ["A crew is on its way.", "They are there."]]


async def test_it_is_taken_up_by_day_by_whoever_is_there_and_once(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    for _ in range(3):
        assert await taken_up(talk, MIDNIGHT) is None
    assert await tell(talk, as_they_are, now=MORNING) == 1
    assert await tell(talk, as_they_are, now=MORNING) == 0
    turn = await taken_up(talk, MORNING)
    assert turn is not None
    assert turn.metadata["update"]["public_text"] == "A crew is on its way."


async def test_the_job_of_the_morning_is_made_with_it(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    await taken_up(talk, MIDNIGHT)
    assert ("tell_notices", MORNING, ANY) in await jobs()


async def test_what_is_urgent_is_taken_up_at_night_and_takes_the_others_along(talk: int) -> None:
    one, two = (await file(talk, "a")).reference, (await file(talk, "b")).reference
    await change(one, "We begin tomorrow.", MIDNIGHT)
    await change(two, "Please move your car now.", MIDNIGHT, urgent=True)
    await change(one, "At eight.", MIDNIGHT)
    assert await tell(talk, as_they_are, now=MIDNIGHT + timedelta(minutes=2)) == 2
    later = MIDNIGHT + timedelta(hours=1)
    assert (await said(talk, "Move your car", now=later)) != []
    assert await sent(talk, later) == ["Move your car"]
    assert (await said(talk, "Tomorrow at eight", now=later)) != []
    assert await sent(talk, later) == ["Tomorrow at eight"]


async def test_who_is_there_is_told_at_night(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    await spoke(talk, MIDNIGHT - timedelta(minutes=3))
    assert await taken_up(talk, MIDNIGHT) is not None


async def test_what_was_told_to_somebody_who_was_there_a_moment_ago_goes_on(talk: int) -> None:
    reference = (await file(talk)).reference
    await spoke(talk, MIDNIGHT - timedelta(minutes=14))
    await change(reference, "A crew is on its way.", MIDNIGHT)
    await tell(talk, as_they_are, now=MIDNIGHT + timedelta(seconds=3))
    soon = MIDNIGHT + timedelta(minutes=5)
    await said(talk, "On its way", now=soon)
    assert await sent(talk, soon) == ["On its way"]


async def test_a_turn_that_an_engine_was_asked_for_is_never_unmade(talk: int) -> None:
    """It may have been taken: it is posted again, and its words wait on their way out."""
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    asked = await taken_up(talk, EVENING + timedelta(minutes=3))
    again = await taken_up(talk, MIDNIGHT)
    assert asked is not None
    assert again is not None
    assert (again.id, again.posted_before) == (asked.id, True)


async def test_what_a_resident_said_is_answered_while_the_update_waits(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=talk,
                direction="in",
                channel="sms",
                author="resident",
                state="received",
                body="any news?",
                created_at=NOON,
            )
        )
    turn = await taken_up(talk, MIDNIGHT)
    assert turn is not None
    assert turn.message == "any news?"


@pytest.mark.parametrize("day", ["2026-03-07", "2026-10-31"])
async def test_on_the_nights_that_are_an_hour_shorter_or_longer_the_morning_is_eight(
    talk: int, day: str
) -> None:
    zone = city().time_zone
    evening = datetime.fromisoformat(f"{day} 20:50").replace(tzinfo=zone).astimezone(UTC)
    reference = (await file(talk)).reference
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=evening - timedelta(days=1)))
    await change(reference, "A crew is on its way.", evening)
    await tell(talk, as_they_are, now=evening + timedelta(minutes=2))
    assert await taken_up(talk, evening + timedelta(hours=3)) is None
    (notice,) = await notices()
    assert f"{notice.due_at.astimezone(zone):%H:%M}" == "08:00"
    assert notice.due_at - evening in (timedelta(hours=10, minutes=10), timedelta(hours=12, minutes=10))


# --- on its way out ----------------------------------------------------------------------------


async def jobs() -> list[tuple[str, datetime | None, int]]:
    async with transaction() as session:
        rows = await session.execute(
            text(
                "SELECT task_name, scheduled_at, priority FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            )
        )
        return [(row[0], row[1], row[2]) for row in rows]


async def test_words_that_could_not_be_sent_by_day_wait_for_the_morning(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    await said(talk, "First", "Second", now=EVENING + timedelta(minutes=3))
    assert await sent(talk, MIDNIGHT) == []
    assert ("deliver", MORNING, -1) in await jobs()
    assert await sent(talk, MORNING) == ["First", "Second"]
    assert await sent(talk, MORNING) == []


async def test_an_answer_does_not_wait_behind_them(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    await said(talk, "A crew is on its way.", now=EVENING + timedelta(minutes=3))
    async with transaction() as session:
        conversation = await session.get_one(Conversation, talk)
        await queue_replies(session, conversation, [Reply("Good evening, this is Ana.")], author="staff:ana")
    assert await sent(talk, MIDNIGHT) == ["Good evening, this is Ana."]
    assert await sent(talk, MORNING) == ["A crew is on its way."]


async def test_who_writes_at_night_is_told_first_what_waits(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    await said(talk, "A crew is on its way.", now=EVENING + timedelta(minutes=3))
    await spoke(talk, MIDNIGHT)
    async with transaction() as session:
        conversation = await session.get_one(Conversation, talk)
        await queue_replies(session, conversation, [Reply("You are welcome.")])
    assert await sent(talk, MIDNIGHT) == ["A crew is on its way.", "You are welcome."]


async def test_what_is_begun_is_sent_to_its_end(talk: int) -> None:
    reference = (await file(talk)).reference
    await change(reference, "A crew is on its way.", EVENING)
    await tell(talk, as_they_are, now=EVENING + timedelta(minutes=2))
    first, _ = await said(talk, "First", "Second", now=EVENING + timedelta(minutes=3))
    async with transaction() as session:
        row = await session.get_one(Message, first)
        row.state = OutboundState.SENT
    assert await sent(talk, MIDNIGHT) == ["Second"]
