"""Nothing that staff did is told twice, at night, or out of order; and what is not told says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request, add_words
from bot.cases.lookup import recent_requests
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change
from bot.cases.withdrawing import mute_request
from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Addition, Contact, Message, Notice, ServiceRequest, Turn
from bot.delivery.ends import end_by_themselves
from bot.delivery.notices.tell import tell
from bot.delivery.notices.told import tellings_of
from bot.delivery.push import tell_of_delays, update_request
from bot.keeping.words import forget_words
from bot.settings import load_settings
from tests.integration.telling import as_they_are, noon_after, tell_everybody
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def change(reference: str, status: Status, words: str = "", **more: Any) -> None:
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", words, **more))


async def notices() -> list[Notice]:
    async with transaction() as session:
        return list(await session.scalars(select(Notice).order_by(Notice.id)))


async def told() -> list[dict[str, Any]]:
    """The events that the dialogue was, or will be, told, in order."""
    async with transaction() as session:
        rows = await session.scalars(select(Turn).where(Turn.update_id.is_not(None)).order_by(Turn.id))
        return [row.engine_message["metadata"]["update"] for row in rows]


async def nobody_is_here() -> None:
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=LONG_AGO))


async def test_moves_that_follow_each_other_are_told_in_one_turn_and_in_order() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.IN_PROGRESS, "A crew is on its way.")
    await change(reference, Status.IN_PROGRESS, "They are there.")
    await change(reference, Status.RESOLVED, "Filled.")
    assert await told() == []
    assert await tell_everybody() == 1
    (event,) = await told()
    words = [one["public_text"] for one in (*event["earlier"], event)]
    assert words == ["A crew is on its way.", "They are there.", "Filled."]
    assert (event["status"], event["resolving"]) == ("resolved", True)
    assert await tell_everybody() == 0


async def test_each_request_is_told_by_itself_the_newest_last() -> None:
    conversation_id = await a_conversation()
    one, two = (
        (await file(conversation_id, "a")).reference,
        (await file(conversation_id, "b")).reference,
    )
    await change(one, Status.IN_PROGRESS)
    await change(two, Status.IN_PROGRESS)
    await change(one, Status.ON_HOLD, "Waits for a part.")
    assert await tell_everybody() == 2
    assert [event["reference"] for event in await told()] == [two, one]


async def test_at_night_it_waits_for_the_morning_and_urgent_words_take_what_waits_along() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await nobody_is_here()
    await change(reference, Status.IN_PROGRESS, "We begin tomorrow.")
    async with transaction() as session:
        await session.execute(update(Notice).values(due_at=datetime.now(UTC) + timedelta(hours=8)))
    assert await tell(conversation_id, as_they_are) == 0
    await change(reference, Status.IN_PROGRESS, "Please move your car tonight.", urgent=True)
    assert await tell(conversation_id, as_they_are, now=datetime.now(UTC) + timedelta(minutes=2)) == 1
    (event,) = await told()
    assert [one["public_text"] for one in event["earlier"]] == ["We begin tomorrow."]


async def test_what_could_not_be_told_by_day_is_not_told_at_night() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await nobody_is_here()
    noon = noon_after(datetime.now(UTC))
    midnight, morning = noon + timedelta(hours=12), noon + timedelta(hours=20)
    assert morning.astimezone(city().time_zone).hour == 8
    async with transaction() as session:  # and then no worker was there
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana"), now=noon)
    assert await tell(conversation_id, as_they_are, now=midnight) == 0
    assert [(one.state, one.why, one.due_at) for one in await notices()] == [("waiting", "quiet", morning)]
    async with transaction() as session:
        urgent = Change(reference, Status.IN_PROGRESS, "staff:ana", "Move your car tonight.", urgent=True)
        await update_request(session, urgent, now=noon + timedelta(hours=8.98))
    assert await tell(conversation_id, as_they_are, now=midnight) == 1


async def test_what_is_no_longer_wanted_is_not_told_and_what_is_of_another_request_is() -> None:
    conversation_id = await a_conversation()
    one, two = (await file(conversation_id, "a")).reference, (await file(conversation_id, "b")).reference
    await change(one, Status.IN_PROGRESS)
    await change(two, Status.IN_PROGRESS)
    async with transaction() as session:
        await mute_request(session, conversation_id, two)
    assert await tell_everybody() == 1
    assert [event["reference"] for event in await told()] == [one]
    assert [(each.state, each.why) for each in await notices()] == [("told", None), ("suppressed", "muted")]


async def test_a_word_after_the_end_does_not_take_the_question_away() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.RESOLVED)
    await change(reference, Status.RESOLVED, "Thanks for your patience.")
    assert await tell_everybody() == 1
    (event,) = await told()
    assert event["resolving"]


async def test_done_work_that_turns_out_otherwise_is_told() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.RESOLVED)
    await tell_everybody()
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    await change(reference, Status.CLOSED, resolution=Resolution.NOT_OURS, referred_to="Caltrans")
    assert await tell_everybody() == 1
    event = (await told())[-1]
    assert (event["resolution"], event["referred_to"], event["note_only"]) == ("not_ours", "Caltrans", False)


async def test_a_move_that_is_moved_back_before_it_is_told_is_told_nobody() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.RESOLVED)
    await change(reference, Status.OPEN)
    assert await tell_everybody() == 0
    assert [(one.state, one.why) for one in await notices()] == [("suppressed", "put_back")] * 2
    async with transaction() as session:
        first = (await notices())[0]
        telling = (await tellings_of(session, [first.update_id]))[first.update_id]
    assert (telling.told, telling.not_told, telling.put_back) == (0, 0, 1)


async def test_a_word_or_a_promise_beside_a_move_that_is_moved_back_is_told() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.ON_HOLD, "Waits for a part.")
    await change(reference, Status.OPEN)
    assert await tell_everybody() == 1
    (event,) = await told()
    assert [one["public_text"] for one in (*event["earlier"], event)] == ["Waits for a part.", ""]
    day = datetime.now(UTC).date() + timedelta(days=40)
    await change(reference, Status.IN_PROGRESS, due_on=day)
    await change(reference, Status.OPEN)
    assert await tell_everybody() == 1


async def test_done_work_that_is_opened_by_a_slip_asks_nobody_again_whether_it_is_fixed() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.RESOLVED)
    assert await tell_everybody() == 1
    await change(reference, Status.OPEN)
    await change(reference, Status.RESOLVED)
    assert await tell_everybody() == 0


async def test_who_stops_the_texts_before_it_is_told_is_not_told_and_staff_see_why() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.IN_PROGRESS)
    async with transaction() as session:
        await session.execute(update(Contact).values(opted_out_at=datetime.now(UTC), opted_out_why="carrier"))
    assert await tell_everybody() == 0
    await change(reference, Status.RESOLVED)
    assert [(one.state, one.why) for one in await notices()] == [("suppressed", "carrier")] * 2
    assert await told() == []


async def test_who_is_forgotten_is_told_nothing_and_no_place_or_word_stays() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.IN_PROGRESS, "We begin tomorrow.")
    async with transaction() as session:
        await forget_words(session, [conversation_id], datetime.now(UTC))
    assert await tell_everybody() == 0
    (notice,) = await notices()
    assert (notice.state, notice.event) == ("suppressed", {})


async def test_a_missed_day_is_told_once_with_another_one() -> None:
    reference = (await file(await a_conversation(), at=datetime.now(UTC) - timedelta(days=60))).reference
    now = datetime.now(UTC)
    async with transaction() as session:
        assert await tell_of_delays(session, now) == 1
    async with transaction() as session:
        assert await tell_of_delays(session, now) == 0
        assert await tell_of_delays(session, now + timedelta(days=300)) == 0
        row = await session.scalar(select(ServiceRequest).where(ServiceRequest.reference == reference))
        assert row is not None
        assert row.due_on is not None
        assert row.due_on > now.date()
    await tell_everybody()
    (event,) = await told()
    assert (event["late"], event["due_on"], event["note_only"]) == (True, row.due_on.isoformat(), True)


async def test_a_day_that_cannot_be_moved_does_not_hold_up_the_others() -> None:
    ago = datetime.now(UTC) - timedelta(days=60)
    conversation_id = await a_conversation()
    without_figures = await file(conversation_id, "a", at=ago, service_code="dead_animal")
    async with transaction() as session:
        row = await session.get_one(ServiceRequest, without_figures.id)
        row.due_on = ago.date()  # staff promised it
    await file(conversation_id, "b", at=ago)
    async with transaction() as session:
        assert await tell_of_delays(session, datetime.now(UTC), most=1) == 1


async def after(days: float) -> int:
    async with transaction() as session:
        return await end_by_themselves(session, load_settings(), datetime.now(UTC) + timedelta(days=days))


async def test_a_question_that_nobody_answers_is_closed_kindly_after_a_week() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.WAITING, "Which side of the street?")
    assert await after(6.9) == 0
    assert await after(7.1) == 1
    assert await after(7.2) == 0
    await tell_everybody(timedelta(days=9))
    event = (await told())[-1]
    assert (event["status"], event["resolution"]) == ("closed", "no_answer")


async def test_the_kind_close_at_three_in_the_night_is_told_at_eight() -> None:
    reference = (await file(await a_conversation())).reference
    noon = noon_after(datetime.now(UTC))
    async with transaction() as session:
        question = Change(reference, Status.WAITING, "staff:ana", "Which side of the street?")
        await update_request(session, question, now=noon)
    await tell_everybody(timedelta(days=2))
    three = noon + timedelta(days=7, hours=15)
    async with transaction() as session:
        assert await end_by_themselves(session, load_settings(), three) == 1
    closed = (await notices())[-1]
    assert (closed.event["resolution"], closed.state, closed.why) == ("no_answer", "waiting", "quiet")
    local = closed.due_at.astimezone(city().time_zone)
    assert (local.date(), local.hour, local.minute) == (
        three.astimezone(city().time_zone).date(),
        8,
        0,
    )
    async with transaction() as session:
        ended = await session.scalar(select(ServiceRequest.ended_at))
    assert ended == three, "it ended when its clock said so"
    assert await tell(closed.conversation_id, as_they_are, now=three + timedelta(hours=4.9)) == 0
    assert await tell(closed.conversation_id, as_they_are, now=closed.due_at) == 1


async def test_an_answer_puts_the_request_back_and_nothing_ends() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.IN_PROGRESS)
    await change(reference, Status.WAITING, "Which side of the street?")
    async with transaction() as session:
        await add_words(session, conversation_id, "the north side", reference)
    assert await after(30) == 0
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert (summary.status, summary.last_public_text) == (Status.IN_PROGRESS, "")  # the question is answered


async def test_a_question_back_leaves_the_request_waiting_and_nothing_ends_until_staff_answer() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.WAITING, "Which building?")
    async with transaction() as session:
        question = Said("what do you mean?", asks=True, turn_id=7)
        for _ in range(2):  # a turn that is taken again
            await add_to_request(session, conversation_id, question, reference)
    async with transaction() as session:
        (row,) = await session.scalars(select(Addition))
        (summary,) = await recent_requests(session, conversation_id)
    assert (row.words, row.asks, summary.status) == ("what do you mean?", True, Status.WAITING)
    assert await after(30) == 0  # it is for us to answer
    await change(reference, Status.WAITING, "The one with the gate, or the other one?")
    assert await after(6.9) == 0
    async with transaction() as session:
        await add_to_request(session, conversation_id, Said("the gate", turn_id=8), reference)
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert summary.status == Status.OPEN


async def test_who_asked_back_and_was_answered_is_waited_for_a_week() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.WAITING, "Which building?")
    async with transaction() as session:
        await add_to_request(session, conversation_id, Said("which?", asks=True), reference)
    await change(reference, Status.WAITING, "The one with the gate, or the other one?")
    assert await after(7.1) == 1


async def test_what_was_on_hold_waits_again_for_the_same_thing() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.ON_HOLD, "It waits for a part.")
    await change(reference, Status.WAITING, "Which side of the street?")
    await change(reference, Status.WAITING, "North or south?")
    async with transaction() as session:
        await add_words(session, conversation_id, "the north side", reference)
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert (summary.status, summary.last_public_text) == (Status.ON_HOLD, "It waits for a part.")


async def test_done_work_is_closed_for_good_without_a_word_and_stays_done() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.RESOLVED, "Filled.")
    before = len(await notices())
    assert await after(13.9) == 0
    assert await after(14.1) == 1
    assert len(await notices()) == before
    async with transaction() as session:
        (summary,) = await recent_requests(session, conversation_id)
    assert (summary.status, summary.resolution) == (Status.CLOSED, Resolution.FIXED)


async def test_what_waits_for_its_resident_runs_late_for_nobody() -> None:
    reference = (await file(await a_conversation(), at=datetime.now(UTC) - timedelta(days=60))).reference
    await change(reference, Status.WAITING, "Which side of the street?")
    async with transaction() as session:
        assert await tell_of_delays(session, datetime.now(UTC)) == 0
