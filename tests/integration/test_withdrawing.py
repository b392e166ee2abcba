"""Taking a request back, not hearing of one any more, and what is filed about one that ended long ago."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.cases.follow_ups import file_follow_up
from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request, subscribed_conversations
from bot.cases.withdrawing import Withdrawn, mute_request, unmute_requests, withdraw_request
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def withdraw(conversation_id: int, reference: str) -> Withdrawn:
    async with transaction() as session:
        return await withdraw_request(session, conversation_id, reference, "somebody fixed it")


async def stands(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def follow(reference: str) -> int:
    other = await a_conversation("+13105550125")
    async with transaction() as session:
        await follow_request(session, Following(other, reference, "here, too", "", None))
    return other


async def follow_up(conversation_id: int, reference: str, key: str = "k") -> str:
    async with transaction() as session:
        now = datetime.now(UTC)
        filed = await file_follow_up(
            session, conversation_id, reference, "it is back", (), "en", now, f"follow-up:{key}"
        )
        return filed.reference


async def test_what_nobody_works_on_is_taken_back_once_and_says_why() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    assert await withdraw(conversation_id, reference) is Withdrawn.TAKEN_BACK
    assert await withdraw(conversation_id, reference) is Withdrawn.TAKEN_BACK
    request = await stands(reference)
    assert (request.status, request.resolution) == (Status.CLOSED, Resolution.WITHDRAWN)
    assert [one.internal_note for one in request.updates] == ["", "somebody fixed it"]
    assert request.updates[-1].author == "resident"


async def test_what_somebody_works_on_is_for_staff() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    async with transaction() as session:
        await change_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana"))
    assert await withdraw(conversation_id, reference) is Withdrawn.FOR_STAFF
    assert (await stands(reference)).status == Status.IN_PROGRESS


async def test_what_others_follow_stays_for_them() -> None:
    conversation_id = await a_conversation()
    request = await file(conversation_id)
    other = await follow(request.reference)
    assert await withdraw(conversation_id, request.reference) is Withdrawn.OTHERS_FOLLOW
    assert await withdraw(other, request.reference) is Withdrawn.OTHERS_FOLLOW
    async with transaction() as session:
        assert await subscribed_conversations(session, request.id) == []
    assert (await stands(request.reference)).status == Status.OPEN


async def test_nobody_takes_back_what_is_not_theirs() -> None:
    reference = (await file(await a_conversation())).reference
    stranger = await a_conversation("+13105550124")
    with pytest.raises(UnknownRequestError):
        await withdraw(stranger, reference)
    async with transaction() as session:
        with pytest.raises(UnknownRequestError):
            await mute_request(session, stranger, reference)
    with pytest.raises(UnknownRequestError):
        await follow_up(stranger, reference)


async def test_who_asks_for_texts_again_hears_of_all_of_them() -> None:
    conversation_id = await a_conversation()
    request = await file(conversation_id)
    async with transaction() as session:
        await mute_request(session, conversation_id, request.reference)
    async with transaction() as session:
        assert await subscribed_conversations(session, request.id) == []
        await unmute_requests(session, conversation_id)
    async with transaction() as session:
        assert await subscribed_conversations(session, request.id) == [conversation_id]


async def test_a_follow_up_is_filed_once_for_the_same_service_and_place() -> None:
    conversation_id = await a_conversation()
    before = await stands((await file(conversation_id)).reference)
    async with transaction() as session:
        await change_request(session, Change(before.reference, Status.RESOLVED, "staff:ana"))
    new = await stands(await follow_up(conversation_id, before.reference))
    assert await follow_up(conversation_id, before.reference) == new.reference
    same = ("service_code", "address", "lat", "lon", "neighborhood", "location_kind", "place_text")
    assert [getattr(new, name) for name in same] == [getattr(before, name) for name in same]
    assert (new.status, new.description, new.follow_up_of_id) == (Status.OPEN, "it is back", before.id)
    told = (await stands(before.reference)).updates
    assert [one.internal_note for one in told][-1] == f"Not fixed, says a resident: {new.reference}."
    assert (await stands(before.reference)).status == Status.RESOLVED
    async with transaction() as session:
        assert len((await session.scalars(select(ServiceRequest))).all()) == 2
