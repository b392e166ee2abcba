"""What the case worker does on the page reaches the request; what residents say reaches the page."""

from __future__ import annotations

import pytest

from bot.cases.additions import add_words
from bot.cases.feedback import Verdict
from bot.cases.status import Resolution, Status
from bot.db.session import transaction
from bot.delivery.push import hear_verdict
from bot.simulator.servicenow.desk import CannotDoError, Desk, Work
from bot.simulator.servicenow.finished import finished_photo
from tests.integration.sync.conftest import Synced

pytestmark = pytest.mark.integration


class _Worker:
    """Somebody at the desk of the instance, with the one case that Cityline made."""

    def __init__(self, synced: Synced) -> None:
        self.synced = synced
        self.desk = Desk(synced.instance.instance, synced.instance.api.access.username)
        line = self.desk.cases()[0]
        self.where = (line["table"], line["sys_id"])

    async def does(self, **work: object) -> None:
        self.desk.work(*self.where, Work.model_validate(work))
        await self.synced.both_ways()

    async def photographs(self, name: str) -> None:
        photo = finished_photo(name)
        assert photo is not None
        self.desk.attach(*self.where, f"{name}.jpg", "image/jpeg", photo)
        await self.synced.both_ways()

    def reads(self) -> list[str]:
        """What the integration wrote, by the page."""
        activity = self.desk.case(*self.where)["activity"]
        return [one["text"].splitlines()[0] for one in activity if one["cityline"] and "text" in one]


@pytest.fixture
async def filed(synced: Synced) -> str:
    reference = await synced.file()
    await synced.exchange()
    return reference


async def test_a_case_is_worked_to_its_end(synced: Synced, filed: str) -> None:
    worker = _Worker(synced)
    await worker.does(state="10", take=True, assignment_group="Police", due_date="2026-12-18")
    request = await synced.request(filed)
    assert (request.status, request.department, str(request.due_on)) == (
        Status.IN_PROGRESS,
        "Police",
        "2026-12-18",
    )
    await worker.does(state="18", comments="Which lane is it in?")
    assert (await synced.request(filed)).status == Status.WAITING
    request = await synced.request(filed)
    assert request.conversation_id is not None
    async with transaction() as session:
        await add_words(session, request.conversation_id, "the left one", filed)
    await synced.both_ways()
    assert worker.reads()[0] == "The resident adds: the left one"
    await worker.photographs("filled")
    await worker.does(state="6", resolution="1", close_notes="Filled with hot asphalt.")
    request = await synced.request(filed)
    assert (request.status, request.resolution) == (Status.RESOLVED, Resolution.FIXED)
    told = await synced.told(filed)
    assert [len(one["photos"]) for one in told if one["photos"]] == [1]  # type: ignore[arg-type]
    assert told[-1]["public_text"] == "Filled with hot asphalt."


async def test_a_work_note_reaches_staff_and_no_resident(synced: Synced, filed: str) -> None:
    await _Worker(synced).does(work_notes="Two bags of asphalt.")
    request = await synced.request(filed)
    assert request.updates[-1].internal_note == "Two bags of asphalt."
    assert await synced.told(filed) == []


async def test_what_is_closed_is_read_only_and_a_reopening_is_a_case_of_its_own(
    synced: Synced, filed: str
) -> None:
    worker = _Worker(synced)
    await worker.does(state="6", resolution="1", close_notes="Done.")
    await worker.does(state="3")
    assert (await synced.request(filed)).status == Status.CLOSED
    with pytest.raises(CannotDoError, match="read only"):
        await worker.does(comments="One more thing.")
    request = await synced.request(filed)
    assert request.conversation_id is not None
    async with transaction() as session:
        await hear_verdict(session, request.conversation_id, filed, Verdict.NOT_FIXED, idempotency_key="t1")
    await synced.both_ways()
    assert [one["phase"] for one in worker.desk.cases()] == ["new", "closed"]


async def test_a_case_that_is_deleted_is_told_to_staff(synced: Synced, filed: str) -> None:
    from bot.sync.exchange import send_again

    worker = _Worker(synced)
    worker.desk.delete(*worker.where)
    async with transaction() as session:
        await send_again(session, "servicenow", (await synced.request(filed)).id, synced.now)
    await synced.exchange()
    assert (await synced.link(filed)).problem == "The record is not there any more."
    assert worker.desk.cases() == []
