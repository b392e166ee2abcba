"""What was asked and not answered is asked once more, in daytime, and not of who answered or wants no texts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.merging import merge_requests
from bot.cases.moves import RESIDENT
from bot.cases.people import join_conversations
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.cases.withdrawing import mute_request
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Turn
from bot.delivery import reminders
from bot.delivery.push import update_request
from bot.delivery.reminders import remind
from bot.settings import load_settings
from tests.integration.telling import tell_everybody
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

# Noon in Santa Monica, on a day with and one without summer time.
SUMMER, WINTER = datetime(2026, 7, 14, 19, 0, tzinfo=UTC), datetime(2026, 12, 15, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = (f"+1310555{number:04d}" for number in itertools.count(200))


async def left_open(begun: datetime, **more: Any) -> int:
    """A conversation with a report that is not sent, written in last at `begun`."""
    conversation_id = await a_conversation(next(NUMBERS))
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.report_open, conversation.last_message_at = True, begun
        await session.execute(
            update(Message).where(Message.conversation_id == conversation_id).values(created_at=begun)
        )
        for name, value in more.items():
            setattr(conversation.contact, name, value)
    return conversation_id


async def asked_at(moment: datetime, status: Status = Status.RESOLVED) -> tuple[int, str]:
    """A conversation whose request was resolved, or asked about, with a turn that ended at `moment`."""
    conversation_id = await a_conversation(next(NUMBERS))
    reference = (await file(conversation_id, at=moment - timedelta(days=3))).reference
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", "Which lane?"))
    await tell_everybody()
    async with transaction() as session:
        await session.execute(
            update(Turn)
            .where(Turn.conversation_id == conversation_id)
            .values(created_at=moment, finished_at=moment)
        )
        await session.execute(update(Message).values(created_at=moment))
    return conversation_id, reference


async def reminded(now: datetime) -> int:
    async with transaction() as session:
        return await remind(session, load_settings(), now)


async def events() -> list[dict[str, Any]]:
    async with transaction() as session:
        rows = await session.scalars(select(Turn).where(Turn.finished_at.is_(None)).order_by(Turn.id))
        return [row.engine_message["metadata"]["update"] for row in rows]


@pytest.mark.parametrize("noon", [SUMMER, WINTER])
async def test_a_report_that_lies_there_is_asked_about_once(noon: datetime) -> None:
    await left_open(noon - 20.1 * HOUR)
    assert await reminded(noon - HOUR) == 0
    assert await reminded(noon) == 1
    assert await reminded(noon) == 0
    assert await reminded(noon + 20 * HOUR) == 0
    assert await events() == [{"remind": "report"}]


async def test_nobody_is_reminded_at_night() -> None:
    await left_open(SUMMER - 14 * HOUR)  # ten in the evening: twenty hours later it is six
    await left_open(SUMMER - 11 * HOUR)  # one in the night: twenty hours later it is nine in the evening
    assert await reminded(SUMMER + 6.5 * HOUR) == 1  # half past six
    assert await reminded(SUMMER + 9.5 * HOUR) == 0  # half past nine
    assert await reminded(SUMMER + 19.9 * HOUR) == 0  # before eight
    assert await reminded(SUMMER + 20.1 * HOUR) == 1


async def test_who_asked_back_waits_for_staff_and_is_not_reminded() -> None:
    conversation_id, reference = await asked_at(SUMMER - 25 * HOUR, Status.WAITING)
    async with transaction() as session:
        question = Said("which one?", asks=True, at=datetime.now(UTC) + HOUR)
        await add_to_request(session, conversation_id, question, reference)
    assert await reminded(SUMMER) == 0


async def test_a_report_from_days_ago_is_left_alone() -> None:
    await left_open(SUMMER - 50 * HOUR)
    assert await reminded(SUMMER) == 0


async def test_who_goes_on_and_stops_again_is_asked_once_more() -> None:
    conversation_id = await left_open(SUMMER - 21 * HOUR)
    assert await reminded(SUMMER) == 1
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        conversation.last_message_at = SUMMER + HOUR
    assert await reminded(SUMMER + 2 * HOUR) == 0
    assert await reminded(SUMMER + 23 * HOUR) == 1


async def test_who_wants_no_updates_is_still_asked_about_their_own_report() -> None:
    await left_open(SUMMER - 21 * HOUR, wants_updates=False)
    await left_open(SUMMER - 21 * HOUR, opted_out_at=SUMMER, opted_out_why="carrier")
    assert await reminded(SUMMER) == 1


async def test_who_cannot_be_reminded_stands_before_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "MOST", 2)
    for _ in range(2):
        await left_open(SUMMER - 22 * HOUR, opted_out_at=SUMMER, opted_out_why="carrier")
    await left_open(SUMMER - 21 * HOUR)
    assert await reminded(SUMMER) == 1


async def test_nobody_is_reminded_while_a_person_talks() -> None:
    conversation_id = await left_open(SUMMER - 21 * HOUR)
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).taken_over_at = SUMMER
    assert await reminded(SUMMER) == 0


@pytest.mark.parametrize(("status", "kind"), [(Status.RESOLVED, "feedback"), (Status.WAITING, "question")])
async def test_what_was_asked_about_a_request_is_asked_once_more(status: Status, kind: str) -> None:
    _, reference = await asked_at(SUMMER - 25 * HOUR, status)
    assert await reminded(SUMMER - 2 * HOUR) == 0
    assert await reminded(SUMMER) == 1
    assert await reminded(SUMMER + HOUR) == 0
    (event,) = await events()
    assert (event["remind"], event["reference"], event["service_code"]) == (kind, reference, "pothole")


async def test_who_has_answered_is_not_asked() -> None:
    conversation_id, reference = await asked_at(SUMMER - 25 * HOUR)
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.FIXED)
    assert await reminded(SUMMER) == 0


async def test_who_has_answered_in_another_conversation_of_theirs_is_not_asked() -> None:
    conversation_id, reference = await asked_at(SUMMER - 30 * HOUR)
    other = await a_conversation(next(NUMBERS))
    async with transaction() as session:
        await join_conversations(session, conversation_id, other)
        await session.execute(update(Message).values(created_at=SUMMER - 30 * HOUR))
        await record_feedback(session, other, reference, Verdict.FIXED)
    assert await reminded(SUMMER) == 0


async def test_what_moved_on_is_not_asked_about() -> None:
    _, reference = await asked_at(SUMMER - 25 * HOUR, Status.WAITING)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana"))
    assert await reminded(SUMMER) == 0


@pytest.mark.parametrize(("status", "kind"), [(Status.RESOLVED, "feedback"), (Status.WAITING, "question")])
async def test_what_staff_do_among_themselves_takes_no_reminder_away(status: Status, kind: str) -> None:
    _, reference = await asked_at(SUMMER - 25 * HOUR, status)
    double = (await file(await a_conversation(next(NUMBERS)), "the same hole")).reference
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", internal_note="Looked again."))
        crew = Change(reference, status, "staff:ana", assignment=Assignment(crew="Night crew 7"))
        await update_request(session, crew)
        if status is Status.WAITING:  # nothing is joined with what has ended
            await merge_requests(session, double, reference, "staff:ana")
    assert await reminded(SUMMER) == 1
    assert await reminded(SUMMER + HOUR) == 0
    assert [(event["remind"], event["reference"]) for event in await events()] == [(kind, reference)]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WAITING])
async def test_what_is_told_beside_a_question_asks_it_no_second_time(status: Status) -> None:
    conversation_id, reference = await asked_at(SUMMER - 25 * HOUR, status)
    async with transaction() as session:
        day = (datetime.now(UTC) + timedelta(days=9)).date()
        await update_request(session, Change(reference, status, "staff:ana", due_on=day))
    await tell_everybody()
    later = SUMMER - 24.5 * HOUR
    async with transaction() as session:
        newest = select(func.max(Turn.id)).where(Turn.conversation_id == conversation_id).scalar_subquery()
        await session.execute(
            update(Turn).where(Turn.id == newest).values(created_at=later, finished_at=later)
        )
        await session.execute(update(Message).values(created_at=later))
    assert await reminded(SUMMER) == 1
    assert await reminded(SUMMER + 2 * HOUR) == 0


async def test_what_is_asked_anew_waits_for_its_own_day() -> None:
    conversation_id, reference = await asked_at(SUMMER - 25 * HOUR, Status.WAITING)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.WAITING, "staff:ana", "The left lane?"))
    assert await reminded(SUMMER) == 0
    await tell_everybody()
    async with transaction() as session:
        newest = select(func.max(Turn.id)).where(Turn.conversation_id == conversation_id).scalar_subquery()
        await session.execute(
            update(Turn).where(Turn.id == newest).values(created_at=SUMMER, finished_at=SUMMER)
        )
    assert await reminded(SUMMER + 23 * HOUR) == 0
    assert await reminded(SUMMER + 25 * HOUR) == 1


async def test_who_does_not_want_to_hear_of_it_is_not_asked() -> None:
    conversation_id, reference = await asked_at(SUMMER - 25 * HOUR)
    async with transaction() as session:
        await mute_request(session, conversation_id, reference)
    another, _ = await asked_at(SUMMER - 25 * HOUR)
    async with transaction() as session:
        (await session.get_one(Conversation, another)).contact.wants_updates = False
    assert await reminded(SUMMER) == 0


async def test_who_is_here_is_not_interrupted() -> None:
    conversation_id = await left_open(SUMMER - 21 * HOUR)
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id,
                direction="out",
                channel="sms",
                author=RESIDENT,
                body="",
                state="sent",
                created_at=SUMMER - timedelta(minutes=5),
            )
        )
    assert await reminded(SUMMER) == 0
    assert await reminded(SUMMER + HOUR) == 1
