"""Every end has one resolution and a word why; one function moves requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.status import ACTIVE, Resolution, Status, UnexplainedError
from bot.cases.updates import Change, PastDayError, change_request
from bot.db.session import transaction
from tests.integration.test_cases import a_conversation, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def change(reference: str, status: Status, **more: object) -> None:
    async with transaction() as session:
        await change_request(session, Change(reference, status, "staff:ana", **more))  # type: ignore[arg-type]


async def ending(reference: str) -> tuple[str, str | None, bool]:
    async with transaction() as session:
        row = await find_request(session, reference)
        return row.status, row.resolution, row.ended_at is not None


async def test_work_that_is_done_is_fixed_and_stays_so_when_it_is_closed_for_good() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.RESOLVED)
    assert await ending(reference) == ("resolved", "fixed", True)
    await change(reference, Status.CLOSED)
    assert await ending(reference) == ("closed", "fixed", True)


@pytest.mark.parametrize("stands", sorted(ACTIVE))
async def test_no_work_is_closed_as_done_before_its_resident_was_asked(stands: Status) -> None:
    reference = (await file(await a_conversation())).reference
    if stands is not Status.OPEN:
        await change(reference, stands, public_text="Waits for a part: which side is it?")
    with pytest.raises(UnexplainedError, match="asked whether it is fixed") as told:
        await change(reference, Status.CLOSED, resolution=Resolution.FIXED, public_text="Filled.")
    assert told.value.missing == "resolved"
    assert await ending(reference) == (stands, None, False)
    await change(reference, Status.RESOLVED)
    await change(reference, Status.CLOSED, resolution=Resolution.FIXED)
    assert await ending(reference) == ("closed", "fixed", True)


async def test_what_was_closed_otherwise_is_no_work_that_is_done() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    with pytest.raises(UnexplainedError, match="asked whether it is fixed"):
        await change(reference, Status.CLOSED, resolution=Resolution.FIXED, public_text="Filled.")
    assert await ending(reference) == ("closed", "nothing_found", True)


async def test_who_takes_a_not_fixed_back_finds_it_resolved_though_it_was_closed_for_good() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.RESOLVED, public_text="Filled.")
    await change(reference, Status.CLOSED)
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)
        await record_feedback(session, conversation_id, reference, Verdict.FIXED)
    assert await ending(reference) == ("resolved", "fixed", True)


async def test_what_was_closed_as_done_before_this_was_asked_stays_so_and_can_be_noted() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    async with transaction() as session:
        await session.execute(text("UPDATE service_requests SET resolution = 'fixed'"))
        await session.execute(text("UPDATE updates SET resolution = 'fixed' WHERE resolution IS NOT NULL"))
    await change(reference, Status.CLOSED, resolution=Resolution.FIXED, internal_note="Looked again.")
    assert await ending(reference) == ("closed", "fixed", True)
    await change(reference, Status.OPEN)
    assert await ending(reference) == ("open", None, False)


async def test_opened_again_it_has_no_end() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    assert await ending(reference) == ("closed", "nothing_found", True)
    await change(reference, Status.OPEN)
    assert await ending(reference) == ("open", None, False)


@pytest.mark.parametrize(
    ("status", "resolution", "missing"),
    [
        (Status.CLOSED, None, "public_text"),
        (Status.CLOSED, Resolution.WILL_NOT_DO, "public_text"),
        (Status.CLOSED, Resolution.NOT_OURS, "referred_to"),
        (Status.CLOSED, Resolution.FIXED, "resolved"),
        (Status.CLOSED, Resolution.DUPLICATE, "duplicate_of"),
        (Status.RESOLVED, Resolution.WITHDRAWN, "resolution"),
        (Status.ON_HOLD, None, "public_text"),
        (Status.WAITING, None, "public_text"),
    ],
)
async def test_nobody_is_left_without_a_word_why(
    status: Status, resolution: Resolution | None, missing: str
) -> None:
    reference = (await file(await a_conversation())).reference
    with pytest.raises(UnexplainedError) as told:
        await change(reference, status, resolution=resolution)
    assert told.value.missing == missing
    assert await ending(reference) == ("open", None, False)


async def test_no_words_make_a_duplicate_of_nothing() -> None:
    reference = (await file(await a_conversation())).reference
    with pytest.raises(UnexplainedError, match="joined with the request"):
        await change(
            reference, Status.CLOSED, resolution=Resolution.DUPLICATE, public_text="We have it already."
        )
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    with pytest.raises(UnexplainedError, match="joined with the request"):
        await change(reference, Status.CLOSED, resolution=Resolution.DUPLICATE, public_text="It was there.")
    assert await ending(reference) == ("closed", "nothing_found", True)


async def test_a_duplicate_of_before_there_were_joins_stays_and_can_be_noted() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    async with transaction() as session:
        await session.execute(text("UPDATE service_requests SET resolution = 'duplicate'"))
    await change(reference, Status.CLOSED, resolution=Resolution.DUPLICATE, internal_note="Of last year's.")
    assert await ending(reference) == ("closed", "duplicate", True)


async def test_whose_it_is_is_explanation_enough() -> None:
    reference = (await file(await a_conversation())).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOT_OURS, referred_to="Caltrans")
    async with transaction() as session:
        row = await find_request(session, reference)
        assert (row.updates[-1].resolution, row.updates[-1].referred_to) == ("not_ours", "Caltrans")


async def test_an_end_is_taken_up_again_with_its_words_whatever_was_noted_meanwhile() -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    await change(reference, Status.CLOSED, resolution=Resolution.NOTHING_FOUND, public_text="Nothing there.")
    await change(reference, Status.CLOSED, internal_note="Looked twice.")
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)
    assert await ending(reference) == ("open", None, False)
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.FIXED)
        row = await find_request(session, reference)
        assert row.updates[-1].public_text == "Nothing there."
    assert await ending(reference) == ("closed", "nothing_found", True)


async def test_a_day_that_is_over_cannot_be_promised() -> None:
    reference = (await file(await a_conversation())).reference
    days_ago = (datetime.now(UTC) - timedelta(days=2)).date()
    with pytest.raises(PastDayError):
        await change(reference, Status.IN_PROGRESS, due_on=days_ago)


async def test_the_database_knows_no_end_without_a_resolution() -> None:
    reference = (await file(await a_conversation())).reference
    with pytest.raises(IntegrityError, match="end_has_resolution"):
        async with transaction() as session:
            await session.execute(
                text("UPDATE service_requests SET status = 'closed' WHERE reference = :reference"),
                {"reference": reference},
            )
