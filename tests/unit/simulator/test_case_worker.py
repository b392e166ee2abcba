"""The case worker's page: what may be done there, what it says where something may not, and whom the instance calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.settings import load_settings
from bot.simulator.config import SIMULATOR_INSTANCE, Retries, config_from_settings
from bot.simulator.servicenow.rule import signature
from bot.web.sync import is_signed
from tests.simulation import City, Simulation
from tests.standin import Fault, Reply

WEBHOOK = "/sync/servicenow"
OURS = (SIMULATOR_INSTANCE.username, SIMULATOR_INSTANCE.password)


@pytest.fixture
def desk(simulate: Callable[..., Simulation], city: City) -> Simulation:
    city.on(WEBHOOK, Reply(204))
    return simulate(
        instance=SIMULATOR_INSTANCE,
        groups=("Public Works", "Police"),
        sync_webhook=f"{city.url}{WEBHOOK}",
        sync_retries=Retries(3, 0.01, 0.02),
        read_timeout=5.0,
    )


async def _a_case(desk: Simulation, **values: str) -> str:
    """A case that Cityline made; the path of its page's data."""
    body = {"short_description": "Pothole: 4th St", "correlation_id": "SM-ABC234", **values}
    answer = await desk.http.post("/api/sn_customerservice/case", json=body, auth=OURS)
    return f"/simulator/servicenow/cases/sn_customerservice_case/{answer.json()['result']['sys_id']}"


async def _work(desk: Simulation, path: str, **work: Any) -> dict[str, Any]:
    answer = await desk.http.post(path, json=work)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def _refused(desk: Simulation, path: str, **work: Any) -> str:
    before = (await desk.http.get(path)).json()
    answer = await desk.http.post(path, json=work)
    assert answer.status_code == 409
    assert (await desk.http.get(path)).json() == before
    return str(answer.json()["detail"])


def _lines(case: dict[str, Any]) -> list[str]:
    return [
        f"{one['who']} {one['kind']} {one.get('text') or one.get('after') or one.get('name') or ''}".strip()
        for one in case["activity"]
    ]


async def test_a_case_is_worked_from_new_to_closed(desk: Simulation) -> None:
    path = await _a_case(desk)
    (line,) = (await desk.http.get("/simulator/servicenow/cases")).json()
    assert (line["number"], line["summary"], line["state_name"], line["phase"]) == (
        "CS0001001",
        "Pothole: 4th St",
        "New",
        "new",
    )
    await _work(desk, path, state="10", take=True)
    await _work(desk, path, assignment_group="Public Works", due_date="2026-12-03")
    await _work(desk, path, state="18", comments=" Which lane? ")
    await _work(desk, path, work_notes="Crew 4")
    await desk.http.post(f"{path}/files", json={"sample": "filled"})
    await _work(desk, path, state="6", resolution="1", close_notes="Filled.")
    case = await _work(desk, path, state="3")
    assert (case["phase"], case["group"], case["due_date"], case["assigned_to"]) == (
        "closed",
        "Public Works",
        "2026-12-03",
        "Abel Tuter",
    )
    assert _lines(case) == [
        "Cityline made",
        "Abel Tuter change Open",
        "Abel Tuter change Abel Tuter",
        "Abel Tuter change Public Works",
        "Abel Tuter change 2026-12-03",
        "Abel Tuter change Awaiting Info",
        "Abel Tuter comment Which lane?",
        "Abel Tuter internal Crew 4",
        "Abel Tuter file filled.jpg",
        "Abel Tuter change Resolved",
        "Abel Tuter change Solved - Fixed",
        "Abel Tuter change Filled.",
        "Abel Tuter change Closed",
    ]


async def test_an_incident_is_worked_alike_in_its_own_states(desk: Simulation) -> None:
    made = await desk.http.post("/api/now/table/incident", json={"short_description": "Pothole"}, auth=OURS)
    path = f"/simulator/servicenow/cases/incident/{made.json()['result']['sys_id']}"
    choices = (await desk.http.get(path)).json()["choices"]
    assert "Ask something" in await _refused(desk, path, state=choices["awaiting"])
    case = await _work(desk, path, state=choices["awaiting"], comments="Which lane?")
    assert (case["number"], case["state_name"], case["phase"]) == ("INC0001001", "On Hold", "awaiting")
    code = choices["codes"][0]["value"]
    case = await _work(desk, path, state=choices["resolved"], resolution=code, close_notes="Filled.")
    assert (case["phase"], case["resolution"]) == ("resolved", "Solution provided")
    assert (await _work(desk, path, state=choices["closed"]))["state_name"] == "Closed"


async def test_what_the_integration_wrote_is_shown_as_such(desk: Simulation) -> None:
    path = await _a_case(desk)
    await desk.http.put(
        f"/api/sn_customerservice/case/{path.rpartition('/')[2]}", json={"comments": "It is deep"}, auth=OURS
    )
    await _work(desk, path, comments="Thank you")
    activity = (await desk.http.get(path)).json()["activity"]
    assert [(one["who"], one["cityline"]) for one in activity] == [
        ("Cityline", True),
        ("Cityline", True),
        ("Abel Tuter", False),
    ]


async def test_a_closed_case_says_kindly_that_it_is_read_only(desk: Simulation) -> None:
    path = await _a_case(desk)
    case = await _work(desk, path, state="3", resolution="3", close_notes="Not ours to mend.")
    assert case["read_only"].startswith("CS0001001 is closed, and closed records are read only.")
    assert await _refused(desk, path, comments="one more thing") == case["read_only"]
    attached = await desk.http.post(f"{path}/files", json={"sample": "filled"})
    assert (attached.status_code, attached.json()["detail"]) == (409, case["read_only"])
    assert (await desk.http.delete(path)).status_code == 204
    assert (await desk.http.get("/simulator/servicenow/cases")).json() == []


async def test_the_form_wants_a_question_and_how_it_ended(desk: Simulation) -> None:
    path = await _a_case(desk)
    assert "Ask something" in await _refused(desk, path, state="18", comments="  ")
    for how in ({}, {"resolution": "1"}, {"close_notes": "Done."}, {"resolution": "1", "close_notes": " "}):
        for end in ("6", "3"):
            assert "Say how it ended" in await _refused(desk, path, state=end, **how)
    assert "no such state" in await _refused(desk, path, state="99")
    assert "no such group" in await _refused(desk, path, assignment_group="Moon Works")
    assert "no such resolution" in await _refused(desk, path, resolution="99")


async def test_a_record_that_is_gone_is_said_to_be(desk: Simulation) -> None:
    gone = "/simulator/servicenow/cases/sn_customerservice_case/00"
    answers = [
        await desk.http.get(gone),
        await desk.http.post(gone, json={"state": "10"}),
        await desk.http.delete(gone),
        await desk.http.post(f"{gone}/files", json={"sample": "filled"}),
        await desk.http.get("/simulator/servicenow/cases/sys_user/00"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert answers[0].json()["detail"] == "This record is not there any more."
    assert (await desk.http.get("/simulator/servicenow/files/00")).status_code == 404


async def test_files_are_shown_and_never_run(desk: Simulation) -> None:
    path = await _a_case(desk)
    page = b"<script>alert(1)</script>"
    put = await desk.http.post(f"{path}/files", files={"file": ("a.html", page, "text/html")})
    assert put.status_code == 201
    shown = await desk.http.get(f"/simulator/servicenow/files/{put.json()['file']}")
    assert shown.content == page
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    for wrong in ({"json": {"sample": "moon"}}, {"json": {}}, {"files": {"other": b"x"}}):
        assert (await desk.http.post(f"{path}/files", **wrong)).status_code == 422  # type: ignore[arg-type]
    empty = await desk.http.post(f"{path}/files", files={"file": ("a.jpg", b"", "image/jpeg")})
    assert empty.status_code == 409


async def test_the_address_of_a_record_in_the_instance_leads_to_it_here(desk: Simulation) -> None:
    uri = "sn_customerservice_case.do?sys_id=4f4f"
    answer = await desk.http.get("/nav_to.do", params={"uri": uri})
    assert answer.headers["location"] == "/servicenow#sn_customerservice_case/4f4f"
    elsewhere = await desk.http.get("/nav_to.do", params={"uri": "//evil.example/"})
    assert elsewhere.headers["location"] == "/servicenow"


async def test_the_page_is_linked_from_the_phones_where_an_instance_is_played_and_only_there(
    desk: Simulation, simulator: Simulation
) -> None:
    assert 'href="/servicenow"' in (await desk.http.get("/")).text
    assert (await desk.http.get("/servicenow")).status_code == 200
    assert 'href="/servicenow"' not in (await simulator.http.get("/")).text
    for path in ("/servicenow", "/simulator/servicenow/cases", "/api/now/table/incident"):
        assert (await simulator.http.get(path)).status_code == 404


async def _events(desk: Simulation, *kinds: str) -> AsyncIterator[dict[str, Any]]:
    async with desk.http.stream("GET", "/simulator/servicenow/events", timeout=20) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind in kinds:
                yield json.loads(line.removeprefix("data: "))


async def test_whoever_looks_is_told_of_each_deed_and_of_each_call(desk: Simulation) -> None:
    events = _events(desk, "ready", "case", "called")
    await anext(events)
    path = await _a_case(desk)
    made = await anext(events)
    assert (made["deed"], made["sys_id"]) == ("made", path.rpartition("/")[2])
    await _work(desk, path, state="10")
    told = [await anext(events), await anext(events)]
    assert [one["type"] for one in told] == ["case", "called"]
    assert (told[0]["deed"], told[1]["status"], told[1]["attempts"]) == ("changed", 204, 1)
    await events.aclose()  # type: ignore[attr-defined]


# The business rule.


async def test_cityline_is_called_with_a_signature_that_it_believes(desk: Simulation, city: City) -> None:
    path = await _a_case(desk)
    sys_id = path.rpartition("/")[2]
    await _work(desk, path, state="10")
    (call,) = await city.wait_for(1, WEBHOOK)
    assert json.loads(call.body) == {"sys_id": sys_id}
    given = call.headers["x-cityline-signature"]
    assert is_signed(call.body, given, SIMULATOR_INSTANCE.sync_secret)
    assert not is_signed(call.body + b" ", given, SIMULATOR_INSTANCE.sync_secret)


async def test_a_file_and_an_end_are_told_and_what_cityline_did_itself_is_not(
    desk: Simulation, city: City
) -> None:
    path = await _a_case(desk)
    sys_id = path.rpartition("/")[2]
    where = {"table_name": "sn_customerservice_case", "table_sys_id": sys_id, "file_name": "p.jpg"}
    await desk.http.put(f"/api/sn_customerservice/case/{sys_id}", json={"comments": "It is deep"}, auth=OURS)
    await desk.http.post("/api/now/attachment/file", params=where, content=b"x", auth=OURS)
    assert city.taken(WEBHOOK) == []
    await desk.http.post(f"{path}/files", json={"sample": "filled"})
    await city.wait_for(1, WEBHOOK)
    await desk.http.delete(path)
    calls = await city.wait_for(2, WEBHOOK)
    assert [json.loads(call.body)["sys_id"] for call in calls] == [sys_id, sys_id]


async def test_a_call_that_fails_is_made_again_and_one_that_is_refused_is_not(
    desk: Simulation, city: City
) -> None:
    city.on(WEBHOOK, Reply(500), Fault.RESET, Reply(204), Reply(403))
    path = await _a_case(desk)
    events = _events(desk, "ready", "called")
    await anext(events)
    await _work(desk, path, state="10")
    call = await anext(events)
    assert (call["status"], call["attempts"]) == (204, 3)
    await _work(desk, path, comments="Soon.")
    call = await anext(events)
    assert (call["status"], call["attempts"]) == (403, 1)
    assert len(city.taken(WEBHOOK)) == 4
    await events.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [Fault.HANG, Fault.RESET, Reply(500)])
async def test_a_change_neither_waits_for_cityline_nor_fails_with_it(
    desk: Simulation, city: City, answer: Fault | Reply
) -> None:
    city.on(WEBHOOK, answer)
    path = await _a_case(desk)
    async with asyncio.timeout(2):
        case = await _work(desk, path, state="10")
    assert case["phase"] == "working"


async def test_without_a_secret_nobody_is_called(simulate: Callable[..., Simulation], city: City) -> None:
    silent = replace(SIMULATOR_INSTANCE, sync_secret="")
    desk = simulate(instance=silent, sync_webhook=f"{city.url}{WEBHOOK}")
    path = await _a_case(desk)
    await _work(desk, path, state="10")
    await desk.say("sms", "+13105551234", text="hello")  # comes after any call that had been made
    await city.wait_for(1, "/channels/sms")
    assert city.taken(WEBHOOK) == []


def test_the_signature_is_that_of_the_contract() -> None:
    # echo -n '{"sys_id": "1"}' | openssl dgst -sha256 -hmac key
    wanted = "bcbd0f1a95c133366f86844dddd57fc9ec454d1813d3e60bb68b06b6b97a2c6f"
    assert signature(b'{"sys_id": "1"}', "key") == f"sha256={wanted}"


# Whose instance it is.


@pytest.mark.parametrize(
    ("given", "played"),
    [
        ({}, False),
        ({"CITYLINE_SYNC": "servicenow"}, True),
        (
            {
                "CITYLINE_SYNC": "servicenow",
                "SERVICENOW_URL": "http://127.0.0.1:8312",
                "SERVICENOW_USERNAME": "me",
                "SERVICENOW_PASSWORD": "mine",
            },
            True,
        ),
        (
            {
                "CITYLINE_SYNC": "servicenow",
                "SERVICENOW_URL": "https://example.service-now.com",
                "SERVICENOW_USERNAME": "me",
                "SERVICENOW_PASSWORD": "mine",
            },
            False,
        ),
    ],
)
def test_an_instance_of_ones_own_is_never_played(given: dict[str, str], played: bool) -> None:
    config = config_from_settings(load_settings(_env_file=None, **given), base_url="http://127.0.0.1:8312")
    assert (config.instance is not None) is played
    if config.instance is not None:
        own = "SERVICENOW_USERNAME" in given
        assert config.instance.username == ("me" if own else SIMULATOR_INSTANCE.username)
        assert config.instance.password == ("mine" if own else SIMULATOR_INSTANCE.password)
        assert bool(config.instance.sync_secret) is not own
        assert "Public Works" in config.groups


async def test_accounts_of_ones_own_open_the_played_instance(simulate: Callable[..., Simulation]) -> None:
    desk = simulate(instance=SIMULATOR_INSTANCE)
    client = {"client_id": SIMULATOR_INSTANCE.client_id, "client_secret": SIMULATOR_INSTANCE.client_secret}
    given = await desk.http.post("/oauth_token.do", data={**client, "grant_type": "client_credentials"})
    let_in = httpx.Headers({"Authorization": f"Bearer {given.json()['access_token']}"})
    assert (await desk.http.get("/api/now/table/incident", headers=let_in)).json() == {"result": []}
