"""The same by the Table API, with the example file for incidents."""

from __future__ import annotations

import pytest

from bot.cases.lookup import find_request
from bot.cases.status import Resolution, Status
from bot.db.session import transaction
from bot.settings import PACKS
from bot.sync.exchange import send_again
from bot.sync.servicenow.naming import read_naming
from bot.sync.servicenow.system import ServiceNow
from tests.integration.sync.conftest import Synced

pytestmark = pytest.mark.integration
EXAMPLE = PACKS / "santa_monica" / "sync-incidents.yml"


async def test_a_request_goes_and_comes_as_an_incident(synced: Synced) -> None:
    synced.system = ServiceNow(synced.system._client, read_naming(EXAMPLE))
    synced.instance.table = "incident"
    reference = await synced.file()
    await synced.exchange()
    incident = synced.instance.only()
    assert (incident["correlation_id"], incident["subcategory"]) == (reference, "pothole")
    assert (await synced.link(reference)).remote_number.startswith("INC")
    synced.instance.work(incident["sys_id"], state="6", close_code="Solution provided", close_notes="Filled.")
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.RESOLVED, "Filled.")


async def test_what_is_cancelled_there_is_closed_here_with_its_reason(synced: Synced) -> None:
    synced.system = ServiceNow(synced.system._client, read_naming(EXAMPLE))
    synced.instance.table = "incident"
    reference = await synced.file()
    await synced.exchange()
    synced.instance.work(
        synced.instance.only()["sys_id"],
        state="8",
        close_code="No resolution provided",
        close_notes="This is a private road.",
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.resolution) == (Status.CLOSED, Resolution.WILL_NOT_DO)
    assert request.updates[-1].public_text == "This is a private road."


async def test_the_example_fits_a_plain_instance(synced: Synced) -> None:
    system = ServiceNow(synced.system._client, read_naming(EXAMPLE))
    assert [one.sentence async for one in system.check() if one.wrong] == []


async def test_the_shipped_file_fits_a_plain_instance(synced: Synced) -> None:
    assert [one.sentence async for one in synced.system.check() if one.wrong] == []


async def test_what_a_live_instance_does_not_have_is_told(synced: Synced) -> None:
    naming = read_naming(EXAMPLE)
    fields = naming.fields.model_copy(update={"address": "u_adress"})
    departments = {"Big Blue Bus": "Busses", "Moon Works": "City Clerk"}
    wrong = naming.model_copy(update={"fields": fields, "closed": ("9",), "departments": departments})
    told = [one.sentence async for one in ServiceNow(synced.system._client, wrong).check() if one.wrong]
    assert told == [
        "fields.address: incident has no field u_adress.",
        "closed: state has no choice 9. It has 1 (New), 2 (In Progress), 3 (On Hold), 6 (Resolved), 7 (Closed), 8 (Canceled).",
        "departments: there is no group Busses.",
        "departments: the city pack has no department Moon Works.",
    ]
    nowhere = naming.model_copy(update={"table": "u_311"})
    assert [one.sentence async for one in ServiceNow(synced.system._client, nowhere).check()] == [
        "There is no table u_311, or our account may not see it."
    ]


async def test_a_group_that_the_map_gives_to_a_department_we_do_not_have_is_told_to_staff_and_the_rest_is_taken(
    synced: Synced,
) -> None:
    naming = read_naming(EXAMPLE)
    wrong = naming.model_copy(update={"departments": {**naming.departments, "Moon Works": "City Manager"}})
    renamed = {ours: theirs for ours, theirs in wrong.departments.items() if ours != "City Manager"}
    wrong = wrong.model_copy(update={"departments": renamed})
    synced.system = ServiceNow(synced.system._client, wrong)
    synced.instance.table = "incident"
    reference = await synced.file()
    await synced.exchange()
    before = (await synced.request(reference)).department
    synced.instance.work(
        synced.instance.only()["sys_id"], state="2", assignment_group="City Manager", comments="On our way."
    )
    await synced.both_ways()
    request = await synced.request(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.IN_PROGRESS, "On our way.")
    assert request.department == before
    assert (await synced.link(reference)).problem == (
        "sync.yml names the department Moon Works, which the city pack does not have."
    )


async def test_an_end_whose_code_the_map_does_not_name_tells_nobody_that_it_is_fixed(synced: Synced) -> None:
    naming = read_naming(EXAMPLE)
    fixed = [one for one in naming.resolutions if one.ours is Resolution.FIXED]
    synced.system = ServiceNow(
        synced.system._client, naming.model_copy(update={"resolutions": tuple(fixed[:1])})
    )
    synced.instance.table = "incident"
    reference = await synced.file()
    await synced.exchange()
    incident = synced.instance.only()["sys_id"]
    synced.instance.work(incident, state="6", close_code="No resolution provided", close_notes="No funds.")
    await synced.both_ways()
    assert (await synced.request(reference)).status == Status.OPEN
    assert (
        "code No resolution provided, which sync.yml does not name" in (await synced.link(reference)).problem
    )
    synced.system = ServiceNow(synced.system._client, naming)  # it is named since
    async with transaction() as session:
        request = await find_request(session, reference)
        await send_again(session, "servicenow", request.id, synced.now)
    await synced.both_ways()
    assert (await synced.request(reference)).resolution == Resolution.WILL_NOT_DO
