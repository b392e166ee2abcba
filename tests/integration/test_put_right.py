"""What a resident says it is, after the filing: changed while it is theirs alone and nobody has begun, else staff decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.cases.following import Following, follow_request
from bot.cases.lookup import UnknownRequestError
from bot.cases.promises import first_promise
from bot.cases.put_right import Renamed, move_request, rename_request
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.city.current import catalogue
from bot.db.session import transaction
from bot.db.tables import Addition, Audit, ServiceRequest, Update
from tests.integration.test_cases import OCEAN_PARK, PICO, a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

WORDS = "sorry, it is the traffic signal, not a pothole"


async def rename(conversation_id: int, reference: str, service: str = "traffic_signal") -> Renamed | None:
    async with transaction() as session:
        return await rename_request(session, conversation_id, reference, service, WORDS, turn_id=7)


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        found = await session.scalars(select(ServiceRequest).where(ServiceRequest.reference == reference))
        return found.one()


async def test_service_department_and_day_change_and_the_words_say_why() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    assert await rename(conversation_id, reference)
    request, signal = await request_of(reference), catalogue().services["traffic_signal"]
    assert (request.service_code, request.department) == ("traffic_signal", signal.department)
    assert request.due_on == first_promise(signal, request.created_at)
    async with transaction() as session:
        assert list(await session.scalars(select(Addition.words))) == [WORDS]
        noted = await session.scalar(select(Audit).where(Audit.action == "request.corrected"))
        entry = (await session.scalars(select(Update).order_by(Update.id.desc()).limit(1))).one()
    assert noted is not None
    assert noted.detail["corrected"] == ["service"]
    assert entry.author == "resident"
    assert entry.corrected == {"service": {"before": "pothole", "after": "traffic_signal"}}


async def test_a_turn_that_is_taken_again_changes_nothing_more() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    assert await rename(conversation_id, reference)
    assert await rename(conversation_id, reference)
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Addition)) == 1


async def test_what_somebody_works_on_or_follows_is_for_staff() -> None:
    first, second = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    begun, followed = (await file(first)).reference, (await file(first, "draft-2")).reference
    async with transaction() as session:
        await change_request(session, Change(begun, Status.IN_PROGRESS, "staff:ana"))
        await follow_request(session, Following(second, followed, "here too", "by the shop", PICO))
    for reference in (begun, followed):
        assert not await rename(first, reference)
        assert (await request_of(reference)).service_code == "pothole"


async def test_nobody_renames_what_is_not_theirs_or_to_what_does_not_exist() -> None:
    first, second = await a_conversation("+13105550101"), await a_conversation("+13105550102")
    reference = (await file(first)).reference
    assert not await rename(second, reference)
    assert not await rename(first, reference, "the moon")
    assert (await request_of(reference)).service_code == "pothole"
    with pytest.raises(UnknownRequestError):
        await rename(first, "SM-NOBODY")


async def test_both_may_be_put_right_one_after_the_other_and_each_stands_in_the_history() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    assert await rename(conversation_id, reference)
    async with transaction() as session:
        assert await move_request(session, conversation_id, reference, OCEAN_PARK, "at Ocean Park", turn_id=8)
    async with transaction() as session:
        entries = (await session.scalars(select(Update).order_by(Update.id))).all()
    assert [sorted(one.corrected or ()) for one in entries] == [[], ["service"], ["place"]]


async def test_another_service_is_promised_no_day_that_is_over() -> None:
    conversation_id = await a_conversation()
    now = datetime.now(UTC)
    reference = (await file(conversation_id, at=now - timedelta(days=90))).reference
    renamed = await rename(conversation_id, reference)
    assert renamed is not None
    assert renamed.due_on is not None
    assert renamed.due_on > now.date()
    assert (await request_of(reference)).due_on == renamed.due_on
