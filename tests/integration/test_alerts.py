"""A known outage or works: told once to each who has reported there, and found for who reports there next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, update

from actions.filing import ActionFileRequest
from actions.request_form import ValidateRequestForm
from bot.cases.alerts import AlertError, AlreadyGivenError, NewAlert, alert_for
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.city.current import city
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import Alert, Conversation, Message, Notice, ServiceRequest
from bot.delivery.alerting import Reached, close_alert, give_alert, preview
from tests.console import PICO, a_conversation, a_request
from tests.integration.telling import noon_after

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

NOW = datetime.now(UTC)
MONTANA = Location(Point(34.0315, -118.4936), LocationKind.INTERSECTION, "Montana Ave & 14th St")
WORDS = {"en": "water main works on Pico until 6 pm.", "es": "obras del agua en Pico hasta las 6 pm."}
OVER = {"en": "The works are over.", "es": "Las obras terminaron."}


def an_alert(**more: Any) -> NewAlert:
    values: dict[str, Any] = {
        "words": WORDS,
        "until": NOW + timedelta(hours=5),
        "author": "staff:ana",
        "middle": PICO,
        "radius": 300,
    }
    return NewAlert(**(values | more))


async def give(new: NewAlert) -> tuple[int, Reached]:
    async with transaction() as session:
        alert, reached = await give_alert(session, new, NOW)
        return alert.id, reached


async def notices() -> list[tuple[int, str, Any]]:
    async with transaction() as session:
        rows = await session.scalars(select(Notice).order_by(Notice.id))
        return [(row.conversation_id, row.state, row.event.get("known")) for row in rows]


async def test_each_resident_is_told_once_of_the_newest_and_each_request_says_so() -> None:
    one, two = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    first = await a_request("a", one)
    second = await a_request("b", one, service_code="graffiti")
    others = await a_request("c", two)
    await a_request("d", await a_conversation("+13105550103"), location=MONTANA)
    finished = await a_request("e", await a_conversation("+13105550104"))
    async with transaction() as session:
        await change_request(session, Change(finished, Status.RESOLVED, "staff:ana"))
    async with transaction() as session:
        assert await preview(session, an_alert(), NOW) == Reached(3, 2, 2)
    alert_id, reached = await give(an_alert())
    assert reached == Reached(3, 2, 2)
    assert [(who, known) for who, _, known in await notices()] == [(one, WORDS), (two, WORDS)]
    async with transaction() as session:
        told = await session.scalars(select(Notice).order_by(Notice.id))
        assert [notice.event["reference"] for notice in told] == [second, others]
        for reference in (first, second, others):
            request = await find_request(session, reference)
            assert request.alert_id == alert_id
            assert request.updates[-1].internal_note == f"Known: {WORDS['en']}"
            assert request.status == Status.OPEN


async def test_who_wants_no_texts_is_counted_apart_and_not_told() -> None:
    conversation_id = await a_conversation()
    await a_request("a", conversation_id)
    async with transaction() as session:
        (await session.get_one(Conversation, conversation_id)).contact.wants_updates = False
    _, reached = await give(an_alert())
    assert reached == Reached(1, 1, 0)
    assert [state for _, state, _ in await notices()] == ["suppressed"]


async def test_only_the_services_that_are_named_are_meant() -> None:
    await a_request("a", await a_conversation("+13105550101"))
    await a_request("b", await a_conversation("+13105550102"), service_code="graffiti")
    async with transaction() as session:
        assert (await preview(session, an_alert(service_codes=("graffiti",)), NOW)).requests == 1
        assert (await preview(session, an_alert(middle=None, radius=None), NOW)).requests == 2


async def test_who_reports_there_next_is_found_it_until_it_is_over() -> None:
    alert_id, _ = await give(an_alert(service_codes=("pothole",)))
    async with transaction() as session:
        found = await alert_for(session, "pothole", PICO.point, NOW)
        assert found is not None
        assert found.id == alert_id
        assert await alert_for(session, "graffiti", PICO.point, NOW) is None
        assert await alert_for(session, "pothole", MONTANA.point, NOW) is None
        assert await alert_for(session, "pothole", PICO.point, NOW + timedelta(hours=5)) is None
    async with transaction() as session:
        assert await close_alert(session, alert_id, {}, "staff:ana", NOW) == Reached(0, 0, 0)
        assert await close_alert(session, 999, {}, "staff:ana", NOW) is None
    async with transaction() as session:
        assert await alert_for(session, "pothole", PICO.point, NOW) is None


async def test_that_it_is_over_is_told_to_who_was_told_of_it() -> None:
    conversation_id = await a_conversation()
    await a_request("a", conversation_id)
    alert_id, _ = await give(an_alert())
    async with transaction() as session:
        assert await close_alert(session, alert_id, OVER, "staff:ana", NOW) == Reached(1, 1, 1)
    assert [known for _, _, known in await notices()] == [WORDS, OVER]


async def test_a_second_click_gives_it_out_and_tells_it_once() -> None:
    await a_request("a")
    told = await asyncio.gather(give(an_alert()), give(an_alert()), return_exceptions=True)
    refused = [one for one in told if isinstance(one, AlreadyGivenError)]
    given = [one[0] for one in told if isinstance(one, tuple)]
    assert [one.alert_id for one in refused] == given
    assert len(given) == 1
    assert len(await notices()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"words": {**WORDS, "en": "water main works on Pico until 8 pm."}},
        {"until": NOW + timedelta(hours=7)},
        {"radius": 1000},
        {"middle": None, "radius": None},
        {"service_codes": ("pothole",)},
    ],
)
async def test_what_says_something_else_is_another_one(changes: dict[str, Any]) -> None:
    first, _ = await give(an_alert())
    second, _ = await give(an_alert(**changes))
    assert second != first


async def test_what_was_ended_is_given_out_again_where_it_comes_back() -> None:
    first, _ = await give(an_alert())
    async with transaction() as session:
        await close_alert(session, first, {}, "staff:ana", NOW)
    second, _ = await give(an_alert())
    assert second != first


async def test_a_second_click_on_its_end_tells_it_once() -> None:
    await a_request("a")
    alert_id, _ = await give(an_alert())
    for reached in (Reached(1, 1, 1), Reached(0, 0, 0)):
        async with transaction() as session:
            assert await close_alert(session, alert_id, OVER, "staff:ana", NOW) == reached
    assert [known for _, _, known in await notices()] == [WORDS, OVER]


async def test_one_whose_time_ran_out_while_its_end_was_written_is_ended_with_these_words() -> None:
    await a_request("a")
    alert_id, _ = await give(an_alert())
    later = NOW + timedelta(hours=6)
    async with transaction() as session:
        assert await close_alert(session, alert_id, OVER, "staff:ana", later) == Reached(1, 1, 1)
        alert = await session.get_one(Alert, alert_id)
        assert (alert.until, alert.ended_by) == (NOW + timedelta(hours=5), "staff:ana")


@pytest.mark.parametrize(("urgent", "hour"), [(True, 22), (False, 8)])
async def test_at_night_only_what_is_urgent_is_told(*, urgent: bool, hour: int) -> None:
    await a_request("a")
    async with transaction() as session:
        await session.execute(update(Message).values(created_at=NOW - timedelta(days=2)))
    ten = noon_after(NOW) + timedelta(hours=10)
    async with transaction() as session:
        new = an_alert(until=ten + timedelta(hours=12), urgent=urgent)
        alert, _ = await give_alert(session, new, ten)
        await close_alert(session, alert.id, OVER, "staff:ana", ten, urgent=urgent)
    async with transaction() as session:
        due = await session.scalars(select(Notice.due_at))
        assert [one.astimezone(city().time_zone).hour for one in due] == [hour, hour]


async def test_who_reports_there_all_the_same_is_filed_under_it_and_hears_when_it_is_over() -> None:
    alert_id, _ = await give(an_alert())
    conversation_id = await a_conversation()
    slots, heard = await spoken(
        conversation_id, "report", "pothole at Pico and 4th", {}, ValidateRequestForm()
    )
    assert ("utter_known", WORDS["en"]) in heard
    slots, _ = await spoken(conversation_id, "affirm", "send it", slots, ValidateRequestForm())
    await spoken(conversation_id, "affirm", "send it", slots, ActionFileRequest())
    async with transaction() as session:
        filed = (await session.scalars(select(ServiceRequest))).one()
        assert filed.alert_id == alert_id
    assert await notices() == []
    async with transaction() as session:
        assert await close_alert(session, alert_id, OVER, "staff:ana", NOW) == Reached(1, 1, 1)
    assert [(who, known) for who, _, known in await notices()] == [(conversation_id, OVER)]


async def spoken(
    conversation_id: int, intent: str, words: str, slots: dict[str, Any], action: Any
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What an action makes of the resident's words: the slots after it, and its responses with their notes."""
    message = {
        "text": words,
        "intent": {"name": intent, "confidence": 0.95},
        "services": [{"code": "pothole", "confidence": 0.95}],
        "language": "en",
        "metadata": {"message_id": 1},
    }
    event = {"event": "user", "input_channel": "sms"}
    loop = {"name": "request_form"}
    tracker = Tracker(
        f"conversation-{conversation_id}", slots, message, [event], False, None, loop, "action_listen"
    )
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    after = slots | {one["name"]: one["value"] for one in events if one["event"] == "slot"}
    return after, [(one.get("response"), one.get("note", "")) for one in dispatcher.messages]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"words": {"en": "works", "es": " "}}, "words_es"),
        ({"words": {"en": "w" * 201, "es": "obras"}}, "words_en"),
        ({"until": NOW}, "until"),
        ({"radius": 5000}, "radius"),
        ({"radius": None}, "radius"),
    ],
)
async def test_what_is_missing_is_named_and_nobody_is_told(changes: dict[str, Any], missing: str) -> None:
    await a_request("a")
    with pytest.raises(AlertError) as refused:
        await give(an_alert(**changes))
    assert refused.value.missing == missing
    async with transaction() as session:
        assert (await session.scalars(select(Alert))).all() == []
    assert await notices() == []
