"""FixMyStreet's extension: what becomes of requests, and what is passed on of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.cases.added import found_added
from bot.cases.api_keys import Right
from bot.cases.feedback import found_not_fixed
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.status import Resolution, Status
from bot.cases.undoing import last_join, undo_merge
from bot.db.session import transaction
from bot.db.tables import Addition, Notice, ServiceRequest, SyncLink
from bot.delivery.ends import end_by_themselves
from bot.settings import settings
from tests.console import a_conversation, a_request
from tests.open311 import Sender, a_key, change, checked, offered, parsed, problem, show

pytestmark = pytest.mark.integration


async def stands(reference: str) -> tuple[str, str | None]:
    async with transaction() as session:
        row = await find_request(session, reference)
        return row.status, row.resolution


async def words_of(reference: str) -> list[str]:
    async with transaction() as session:
        return [one.words for one in (await find_request(session, reference)).additions]


async def test_every_public_change_is_an_update_and_nothing_else_is(sender: Sender) -> None:
    filed = await sender.files()
    async with transaction() as session:
        (await find_request(session, filed)).updated_at -= timedelta(minutes=1)
    await change(filed, Status.IN_PROGRESS, internal_note="Ana knows the place.")
    await change(filed, Status.IN_PROGRESS, internal_note="Only for us.")
    await change(filed, Status.IN_PROGRESS, "A crew comes on Tuesday.")
    await change(filed, Status.RESOLVED, "Filled.")
    told = await sender.reads("servicerequestupdates.json", "Updates")
    assert [(one["status"], one["external_status_code"], one["description"]) for one in told] == [
        ("open", "in_progress", ""),
        ("open", "in_progress", "A crew comes on Tuesday."),
        ("closed", "fixed", "Filled."),
    ]
    assert {one["service_request_id"] for one in told} == {filed}
    assert len({one["update_id"] for one in told}) == 3
    xml = parsed(await sender.get("servicerequestupdates.xml"))
    assert xml.tag == "service_request_updates"
    assert [one.text for one in xml.findall("request_update/update_id")] == [one["update_id"] for one in told]


async def test_updates_are_those_of_requests_that_one_may_see(stranger: Sender, sender: Sender) -> None:
    filed, texted = await sender.files(), await a_request()
    for reference in (filed, texted):
        await change(reference, Status.IN_PROGRESS)

    async def told(reader: Sender) -> list[str]:
        return [
            one["service_request_id"] for one in await reader.reads("servicerequestupdates.json", "Updates")
        ]

    assert await told(stranger) == []
    assert await told(sender) == [filed]
    await show(texted)
    assert await told(stranger) == [texted]
    assert await told(sender) == [filed, texted]


async def test_updates_are_asked_for_by_their_time_and_in_pages(sender: Sender) -> None:
    filed, began = await sender.files(), datetime.now(UTC)
    for words in ("One.", "Two.", "Three."):
        await change(filed, Status.OPEN, words)

    async def told(**query: str) -> list[str]:
        return [
            one["description"] for one in await sender.reads("servicerequestupdates.json", "Updates", **query)
        ]

    hour = timedelta(hours=1)
    assert await told(start_date=(began - hour).isoformat(), end_date=(began + hour).isoformat()) == [
        "One.",
        "Two.",
        "Three.",
    ]
    assert await told(end_date=(began - hour).isoformat()) == []
    assert await told(start_date=(began + hour).isoformat()) == []
    assert await told(page="2", page_size="2") == ["Three."]


async def test_what_is_passed_on_is_an_addition_that_staff_see(sender: Sender) -> None:
    filed = await sender.files()
    answer = await sender.updates(
        filed, update_id="17", status="OPEN", description="It grew.", email="ana@example.org"
    )
    (told,) = checked(answer, "TakenUpdates")
    assert told["service_request_id"] == filed
    async with transaction() as session:
        row = await find_request(session, filed)
        (added,) = row.additions
        assert (added.words, added.conversation_id) == ("It grew.", None)
        assert await found_added(session, [row.id]) == {row.id}
    again = await sender.updates(filed, update_id="17", status="OPEN", description="It grew.")
    assert checked(again, "TakenUpdates") == [told]
    assert await words_of(filed) == ["It grew."]
    # Without an id of the sender's, the same words are the same update for a day.
    for _ in range(2):
        await sender.updates(filed, description="Still there.")
    assert await words_of(filed) == ["It grew.", "Still there."]
    # Nothing of it is public.
    assert await sender.reads("servicerequestupdates.json", "Updates") == []


async def test_not_fixed_opens_it_again_and_whoever_follows_it_is_told(sender: Sender) -> None:
    filed = await sender.files()
    follower = await a_conversation()
    async with transaction() as session:
        await follow_request(session, Following(follower, filed, "me too", "", None))
    await change(filed, Status.RESOLVED, "Filled.")
    await sender.updates(filed, update_id="1", status="open", description="It is not.")
    assert await stands(filed) == ("open", None)
    async with transaction() as session:
        row = await find_request(session, filed)
        assert await found_not_fixed(session, [row.id]) == {row.id}
        assert row.updates[-1].internal_note == "FixMyStreet: it is not done."
        notices = list(await session.scalars(select(Notice).order_by(Notice.id)))
        assert [(one.conversation_id, one.event["status"]) for one in notices] == [
            (follower, "resolved"),
            (follower, "open"),
        ]
    # The same update once more, after the work was done again, changes nothing.
    await change(filed, Status.RESOLVED, "Filled again.")
    await sender.updates(filed, update_id="1", status="open", description="It is not.")
    assert (await stands(filed))[0] == "resolved"


async def test_what_was_said_before_the_end_does_not_open_it(sender: Sender) -> None:
    filed = await sender.files()
    said = datetime.now(UTC) - timedelta(hours=1)
    await change(filed, Status.RESOLVED, "Filled.")
    await sender.updates(filed, status="OPEN", description="Any news?", updated_datetime=said.isoformat())
    assert (await stands(filed))[0] == "resolved"
    assert await words_of(filed) == ["Any news?"]
    later = datetime.now(UTC) + timedelta(seconds=5)
    await sender.updates(filed, status="OPEN", description="No!", updated_datetime=later.isoformat())
    assert (await stands(filed))[0] == "open"


async def test_what_ended_long_ago_is_not_opened_again(sender: Sender) -> None:
    filed = await sender.files()
    await change(filed, Status.RESOLVED, "Filled.")
    ago = datetime.now(UTC) - timedelta(days=settings().reopen_days, hours=1)
    async with transaction() as session:
        await session.execute(update(ServiceRequest).values(ended_at=ago))
    assert "file a new request" in problem(
        await sender.updates(filed, status="open", description="Back."), 400
    )
    assert await words_of(filed) == []


async def test_who_reported_it_may_take_it_back_while_nobody_is_at_it(sender: Sender) -> None:
    alone, followed, begun = [await sender.files(description=str(number)) for number in range(3)]
    async with transaction() as session:
        await follow_request(session, Following(await a_conversation(), followed, "me too", "", None))
    await change(begun, Status.IN_PROGRESS)
    for reference in (alone, followed, begun):
        await sender.updates(reference, status="CLOSED", description="It is gone.")
    assert await stands(alone) == ("closed", Resolution.WITHDRAWN)
    assert await stands(followed) == ("open", None)
    assert await stands(begun) == ("in_progress", None)
    async with transaction() as session:
        assert (await find_request(session, begun)).updates[-1].internal_note == "FixMyStreet: it is over."


async def test_a_state_alone_is_told_once_and_adds_nothing(sender: Sender) -> None:
    begun = await sender.files()
    await change(begun, Status.IN_PROGRESS)
    for number in range(3):
        answer = await sender.updates(begun, update_id=str(number), status="closed")
        assert checked(answer, "TakenUpdates")[0]["update_id"].startswith("u")
    async with transaction() as session:
        row = await find_request(session, begun)
        assert [one.internal_note for one in row.updates if one.internal_note] == ["FixMyStreet: it is over."]
        assert row.additions == []


async def test_an_answer_to_a_question_of_staff_sets_it_going_again(sender: Sender) -> None:
    filed = await sender.files()
    await change(filed, Status.IN_PROGRESS)
    await change(filed, Status.WAITING, "Which lane is it in?")
    (*_, asked) = await sender.reads("servicerequestupdates.json", "Updates")
    assert (asked["external_status_code"], asked["description"]) == ("waiting", "Which lane is it in?")
    await sender.updates(filed, status="open", description="The left one.")
    assert (await stands(filed))[0] == "in_progress"


async def test_an_answer_that_comes_after_its_time_opens_what_was_closed_for_want_of_it(
    sender: Sender,
) -> None:
    filed = await sender.files()
    await change(filed, Status.WAITING, "Which lane is it in?")
    later = datetime.now(UTC) + timedelta(days=settings().answer_days, hours=1)
    async with transaction() as session:
        assert await end_by_themselves(session, settings(), later) == 1
    assert await stands(filed) == ("closed", Resolution.NO_ANSWER)
    await sender.updates(filed, description="The left one.")
    assert await stands(filed) == ("open", None)
    async with transaction() as session:
        row = await find_request(session, filed)
        assert await found_not_fixed(session, [row.id]) == set()


async def test_a_join_that_is_undone_gives_back_what_was_passed_on_meanwhile(sender: Sender) -> None:
    filed, other = await sender.files(), await a_request()
    now = datetime.now(UTC)
    async with transaction() as session:
        await merge_requests(session, filed, other, "staff:ana", now)
    await sender.updates(filed, update_id="1", description="Meanwhile.")
    async with transaction() as session:
        source, target = await find_request(session, filed), await find_request(session, other)
        join = await last_join(session, source.id, target.id)
        assert join is not None
        await undo_merge(session, join.id, "staff:ana", now)
    assert await words_of(filed) == ["Meanwhile."]
    assert await words_of(other) == []


async def test_what_is_filed_and_passed_on_goes_to_the_citys_own_system(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {
        "CITYLINE_SYNC": "servicenow",
        "SERVICENOW_URL": "https://example.service-now.com",
        "SERVICENOW_USERNAME": "cityline",
        "SERVICENOW_PASSWORD": "x",
    }

    async def waits() -> list[bool]:
        async with transaction() as session:
            waiting = [one.pending_since is not None for one in await session.scalars(select(SyncLink))]
            await session.execute(update(SyncLink).values(pending_since=None))
        return waiting

    with offered(monkeypatch, **theirs):
        filed = await sender.files()
        assert await waits() == [True]
        await sender.updates(filed, update_id="1", description="It grew.")
        assert await waits() == [True]
        await sender.updates(filed, update_id="1", description="It grew.")
        assert await waits() == [False]


async def test_what_is_passed_on_of_a_joined_request_goes_to_the_other_one(sender: Sender) -> None:
    filed, other = await sender.files(), await a_request()
    await sender.updates(filed, update_id="1", description="Before.")
    async with transaction() as session:
        await merge_requests(session, filed, other, "staff:ana")
    await sender.updates(filed, update_id="2", description="After.")
    await sender.updates(filed, update_id="1", description="Before.")
    assert await words_of(other) == ["Before.", "After."]
    async with transaction() as session:
        assert None not in list(await session.scalars(select(Addition.key_id)))


async def test_only_the_key_that_filed_it_and_may_do_so_passes_anything_on(
    stranger: Sender, sender: Sender
) -> None:
    filed, texted = await sender.files(), await a_request()
    problem(await stranger.updates(filed, description="x"), 403)
    other = Sender(sender.client, await a_key("Other"))
    problem(await other.updates(filed, description="x"), 404)
    await show(texted)
    problem(await sender.updates(texted, description="x"), 404)
    filing = Sender(sender.client, await a_key("Filing", Right.FILE))
    assert "no right" in problem(await filing.updates(await filing.files(), description="x"), 403)
    assert await words_of(filed) == []


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"service_request_id": ""}, 400, "service_request_id is missing"),
        ({"service_request_id": "17"}, 404, "no such request"),
        ({}, 400, "description is missing"),
        ({"description": "x" * 4001}, 400, "4,000"),
        ({"description": "x", "updated_datetime": "now"}, 400, "updated_datetime"),
    ],
)
async def test_updates_that_say_nothing_are_told_so(
    sender: Sender, fields: dict[str, str], status: int, words: str
) -> None:
    filed = await sender.files()
    answer = await sender.post("servicerequestupdates.json", **{"service_request_id": filed, **fields})
    assert words in problem(answer, status)
    assert await words_of(filed) == []
