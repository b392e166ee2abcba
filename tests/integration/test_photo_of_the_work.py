"""A service whose work is not done without a picture of it: in every way in which work ends, and anew when it was not done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.lookup import find_request
from bot.cases.status import Resolution, Status, UnexplainedError
from bot.cases.updates import Change, change_request
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from tests.commands import run_command
from tests.integration.test_cases import a_conversation, file, photos
from tests.photos import jpeg

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def change(reference: str, to: Status, **more: object) -> None:
    async with transaction() as session:
        await change_request(session, Change(reference, to, "staff:ana", **more))  # type: ignore[arg-type]


async def status_of(reference: str) -> str:
    async with transaction() as session:
        return (await find_request(session, reference)).status


async def test_work_is_resolved_with_its_photo_or_not_at_all(photo_city: Path) -> None:
    reference = (await file(await a_conversation())).reference
    with pytest.raises(UnexplainedError, match="needs a photo of the finished work") as told:
        await change(reference, Status.RESOLVED, public_text="Filled.")
    assert told.value.missing == "photos"
    assert await status_of(reference) == Status.OPEN
    await change(reference, Status.RESOLVED, photo_ids=await photos(1))
    assert await status_of(reference) == Status.RESOLVED


async def test_a_photo_that_was_taken_before_is_enough_and_closing_otherwise_needs_none(
    photo_city: Path,
) -> None:
    conversation_id = await a_conversation()
    worked, declined = [(await file(conversation_id, key)).reference for key in ("one", "two")]
    await change(worked, Status.IN_PROGRESS, photo_ids=await photos(1))
    await change(worked, Status.RESOLVED)
    assert await status_of(worked) == Status.RESOLVED
    await change(declined, Status.CLOSED, resolution=Resolution.NOTHING_FOUND)
    assert await status_of(declined) == Status.CLOSED


async def test_what_was_not_fixed_needs_a_photo_of_its_own(photo_city: Path) -> None:
    conversation_id = await a_conversation()
    reference = (await file(conversation_id)).reference
    first, second = await photos(2)
    await change(reference, Status.RESOLVED, photo_ids=(first,))
    async with transaction() as session:
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)
    with pytest.raises(UnexplainedError):
        await change(reference, Status.RESOLVED)
    await change(reference, Status.RESOLVED, photo_ids=(second,))
    async with transaction() as session:  # and who takes it back has seen the picture
        await record_feedback(session, conversation_id, reference, Verdict.NOT_FIXED)
        await record_feedback(session, conversation_id, reference, Verdict.FIXED)
    assert await status_of(reference) == Status.RESOLVED


async def test_another_service_needs_none(photo_city: Path) -> None:
    reference = (await file(await a_conversation(), service_code="sidewalk")).reference
    await change(reference, Status.RESOLVED)
    assert await status_of(reference) == Status.RESOLVED


async def test_the_command_says_which_option_is_missing(
    photo_city: Path, database: EmbeddedDatabase, tmp_path: Path
) -> None:
    reference = (await file(await a_conversation())).reference
    environment = {**os.environ, "DATABASE_URL": database.url()}
    resolving = ("request", "update", reference, "--status", "resolved", "--public", "Filled.")
    refused = run_command(*resolving, environment=environment)
    assert refused.returncode == 1
    assert "needs a photo of the finished work. --photo FILE." in " ".join(refused.stderr.split())
    picture = tmp_path / "done.jpg"
    picture.write_bytes(jpeg())
    done = run_command(*resolving, "--photo", str(picture), environment=environment)
    assert done.returncode == 0, done.stderr
    assert await status_of(reference) == Status.RESOLVED
