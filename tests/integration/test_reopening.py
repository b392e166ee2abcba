"""What a resident sends opens a request again that was closed for want of their answer, as they were told it would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actions.effects import carry_out
from actions.reading import Read
from bot.cases.feedback import found_not_fixed
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.promises import first_promise, with_figures
from bot.cases.status import Resolution, Status
from bot.city.current import catalogue
from bot.city.location import Location, LocationKind, Point
from bot.conversation.intake.effects import AddToRequest, Effect, GiveFeedback, Withdraw
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Turn
from bot.db.session import transaction
from bot.db.tables import Notice, ServiceRequest
from bot.delivery.ends import end_by_themselves
from bot.delivery.push import tell_of_delays
from bot.settings import load_settings
from tests.integration.test_cases import a_conversation, file, photos
from tests.integration.test_notices import change

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

CORNER = Location(Point(34.0195, -118.4912), "Pico Blvd & 17th St", LocationKind.INTERSECTION)


async def a_kind_close(conversation_id: int) -> str:
    """The reference of a request whose resident was asked and did not answer for a week."""
    reference = (await file(conversation_id)).reference
    await change(reference, Status.WAITING, "Which side of the street?")
    async with transaction() as session:
        assert await end_by_themselves(session, load_settings(), datetime.now(UTC) + timedelta(days=7.1)) == 1
    return reference


async def says(conversation_id: int, effect: Effect, *, days: float = 0, message_id: int = 7) -> list[str]:
    """What is answered to a turn that asks for this, so many days from now."""
    turn = Turn(message_id, "", "answer", at=datetime.now(UTC) + timedelta(days=days))
    read = Read(turn, None, None, Memory(met=True), "en", f"conversation-{conversation_id}")
    done = await carry_out([effect], read)
    return [say.response for say in (*done.says, *done.after)]


async def stands(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def test_a_question_back_is_kept_as_one_where_nothing_stands_beside_it() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.WAITING, "Which building?")
    said = await says(conversation_id, AddToRequest(reference, words="which building?", asks=True))
    assert said == ["utter_question_for_staff"]
    assert (await stands(reference)).status == Status.WAITING
    picture = AddToRequest(reference, await photos(1), "this one?", asks=True)
    await says(conversation_id, picture, message_id=8)
    assert (await stands(reference)).status == Status.OPEN


@pytest.mark.parametrize("what", ["words", "photo", "pin"])
async def test_words_a_photo_or_a_pin_open_it_again_and_the_reply_says_so(what: str) -> None:
    conversation_id = await a_conversation()
    reference = await a_kind_close(conversation_id)
    effect = {
        "words": AddToRequest(reference, words="the north side"),
        "photo": AddToRequest(reference, await photos(1)),
        "pin": AddToRequest(reference, words="Pico Blvd & 17th St", location=CORNER),
    }[what]
    added = "utter_photos_added" if what == "photo" else "utter_words_added"
    said = await says(conversation_id, effect, days=13)
    assert said == [added, "utter_open_again", "utter_promise_now"]
    request = await stands(reference)
    assert (request.status, request.resolution, request.ended_at) == (Status.OPEN, None, None)
    newest = request.updates[-1]
    assert (newest.author, newest.internal_note) == ("resident", "The resident answered.")
    # More of it opens nothing a second time.
    assert await says(conversation_id, AddToRequest(reference, words="by the school")) == [
        "utter_words_added"
    ]


async def test_an_answer_that_comes_late_is_no_work_that_is_not_fixed() -> None:
    conversation_id = await a_conversation()
    reference = await a_kind_close(conversation_id)
    await says(conversation_id, AddToRequest(reference, words="the north side"))
    async with transaction() as session:
        assert await found_not_fixed(session, [(await find_request(session, reference)).id]) == set()


async def test_the_others_who_follow_it_hear_that_it_is_open_again() -> None:
    conversation_id, other = await a_conversation(), await a_conversation("+13105550125")
    reference = (await file(conversation_id)).reference
    async with transaction() as session:
        await follow_request(session, Following(other, reference, "here, too", "", None))
    await change(reference, Status.CLOSED, resolution=Resolution.NO_ANSWER)
    assert "utter_open_again" in await says(conversation_id, AddToRequest(reference, words="the north side"))
    async with transaction() as session:
        newest = (await session.scalars(select(Notice).order_by(Notice.id))).all()[-1]
    assert (newest.conversation_id, newest.event["status"]) == (other, "open")


async def test_long_after_it_is_a_request_of_its_own_about_the_first() -> None:
    conversation_id = await a_conversation()
    reference = await a_kind_close(conversation_id)
    effect = AddToRequest(reference, words="the north side")
    assert await says(conversation_id, effect, days=21.3) == ["utter_followed_up"]
    assert await says(conversation_id, effect, days=21.3) == ["utter_followed_up"]
    before = await stands(reference)
    assert (before.status, before.resolution) == (Status.CLOSED, Resolution.NO_ANSWER)
    async with transaction() as session:
        (new,) = (
            await session.scalars(select(ServiceRequest).where(ServiceRequest.follow_up_of_id == before.id))
        ).all()
    assert (new.service_code, new.description) == (before.service_code, "the north side")
    assert before.updates[-1].internal_note == f"The resident answered after all: {new.reference}."


async def test_who_takes_it_back_does_not_want_it_opened() -> None:
    conversation_id = await a_conversation()
    reference = await a_kind_close(conversation_id)
    assert await says(conversation_id, Withdraw(reference, "never mind")) == ["utter_told_staff"]
    assert (await stands(reference)).status == Status.CLOSED


async def test_work_that_was_not_fixed_is_promised_another_day_and_the_reply_says_it() -> None:
    conversation_id, other = await a_conversation(), await a_conversation("+13105550125")
    ago = datetime.now(UTC) - timedelta(days=60)
    reference = (await file(conversation_id, at=ago)).reference
    async with transaction() as session:
        await follow_request(session, Following(other, reference, "here, too", "", None))
        assert await tell_of_delays(session, datetime.now(UTC)) == 1
    await change(reference, Status.RESOLVED, "Filled.")
    not_fixed = GiveFeedback(reference, verdict="not_fixed")
    assert await says(conversation_id, not_fixed, days=3) == ["utter_promise_now"]
    assert await says(conversation_id, not_fixed, days=3) == []
    request = await stands(reference)
    when = datetime.now(UTC) + timedelta(days=3)
    assert request.due_on == first_promise(catalogue().services["pothole"], when)
    assert request.late_told_at is None
    async with transaction() as session:
        newest = (await session.scalars(select(Notice).order_by(Notice.id))).all()[-1]
        # It is late again only when the new day is over, and that is told then.
        assert await tell_of_delays(session, when) == 0
        assert await tell_of_delays(session, when + timedelta(days=60)) == 1
    assert (newest.conversation_id, newest.event["due_on"]) == (other, request.due_on.isoformat())


async def test_what_is_opened_again_where_no_figures_are_known_is_promised_no_day_that_is_over() -> None:
    conversation_id = await a_conversation()
    code = next(code for code in catalogue().services if code not in with_figures())
    reference = (await file(conversation_id, service_code=code)).reference
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    await change(reference, Status.OPEN, due_on=tomorrow)
    await change(reference, Status.RESOLVED, "Done.")
    assert await says(conversation_id, GiveFeedback(reference, verdict="not_fixed"), days=5) == []
    assert (await stands(reference)).due_on is None


async def test_what_ended_otherwise_is_opened_by_no_word_that_is_added() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.CLOSED, "It is not ours.", resolution=Resolution.NOT_OURS)
    assert await says(conversation_id, AddToRequest(reference, words="and wet")) == ["utter_words_added"]
    assert (await stands(reference)).status == Status.CLOSED
