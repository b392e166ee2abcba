"""Independent clients against a real socket: `georeport` from PyPI, FixMyStreet's way of reading XML, and schemathesis over the whole surface."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests
import uvicorn
import xmltodict
from georeport import GeoReport

from bot.cases.status import Status
from bot.city.current import catalogue
from bot.db.embedded import EmbeddedDatabase
from bot.settings import ROOT
from bot.web.app import create_app
from bot.web.open311.description import described
from tests.open311 import HERE, V2, Sender, a_key, change, plain_client, show

pytestmark = pytest.mark.integration


@pytest.fixture
async def address(database: EmbeddedDatabase) -> AsyncIterator[str]:
    """The endpoint on a port of its own, served in this process."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server._serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}{V2}"
    server.should_exit = server.force_exit = True
    await serving
    listener.close()


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_the_client_of_pypi_reads_all_there_is(address: str, form: str) -> None:
    key = await a_key()
    post = {"api_key": key, "service_code": "graffiti", "description": "On a wall.", **HERE}
    answer = await asyncio.to_thread(requests.post, f"{address}/requests.json", data=post, timeout=30)
    reference = answer.json()[0]["service_request_id"]
    second = await asyncio.to_thread(
        requests.post, f"{address}/requests.json", data={**post, "description": "2"}, timeout=30
    )
    for one in (reference, second.json()[0]["service_request_id"]):
        await show(one)
    await change(reference, Status.RESOLVED, "Painted over.")
    client = GeoReport(address, jurisdiction="santamonica.gov", output_format=form)

    def read() -> dict[str, Any]:
        return {
            "services": client.get_service_list(),
            "definition": client.get_service_definition("graffiti"),
            "all": client.get_service_requests(),
            "closed": client.get_service_requests(service_request_id=f"{reference},SM-000000"),
            "one": client.get_service_request(reference),
        }

    found = await asyncio.to_thread(read)
    assert [one["service_code"] for one in found["services"]] == [
        code for group in catalogue().groups for code in group.services
    ]
    assert found["definition"]["service_code"] == "graffiti"
    assert [one["status"] for one in found["all"]] == ["open", "closed"]
    assert found["one"]["status_notes"] == "Painted over."
    # xmltodict makes no list of one.
    assert found["closed"] in ([found["one"]], found["one"])


async def test_the_way_of_fixmystreet(address: str) -> None:
    """As Open311.pm has it: XML, form-encoded, `api_key` and `jurisdiction_id` in the body, updates of the last hours."""
    key = await a_key()
    ours = {"api_key": key, "jurisdiction_id": "santamonica.gov"}

    def post(path: str, fields: dict[str, str]) -> Any:
        answer = requests.post(f"{address}/{path}", data={**ours, **fields}, timeout=30)
        answer.raise_for_status()
        return xmltodict.parse(answer.content)

    def get(path: str, **query: str) -> Any:
        answer = requests.get(f"{address}/{path}", params={**ours, **query}, timeout=30)
        answer.raise_for_status()
        return xmltodict.parse(answer.content)

    report = {
        "service_code": "pothole",
        **HERE,
        "description": "title: Hole\n\ndetail: Deep.\n\nurl: https://www.fixmystreet.com/report/1\n\nSubmitted via FixMyStreet\n",
        "email": "user@example.org",
        "first_name": "Test",
        "last_name": "User",
    }
    filed = await asyncio.to_thread(post, "requests.xml", report)
    reference = filed["service_requests"]["request"]["service_request_id"]
    comment = {
        "update_id": "9",
        "updated_datetime": "2026-11-30T12:00:00Z",
        "service_request_id": reference,
        "service_request_id_ext": "1",
        "status": "OPEN",
        "description": "Any news?",
        "public_anonymity_required": "FALSE",
        "title": "Mx",
    }
    taken = await asyncio.to_thread(post, "servicerequestupdates.xml", comment)
    assert taken["service_request_updates"]["request_update"]["update_id"]
    await change(reference, Status.IN_PROGRESS, "On our list.")
    told = await asyncio.to_thread(get, "servicerequestupdates.xml")
    update = told["service_request_updates"]["request_update"]
    assert (update["service_request_id"], update["description"]) == (reference, "On our list.")
    meta = await asyncio.to_thread(get, "services/graffiti.xml")
    assert (
        meta["service_definition"]["attributes"] is None
        or meta["service_definition"]["attributes"]["attribute"]
    )


async def test_whatever_is_sent_every_answer_is_as_described(address: str) -> None:
    key = await a_key(per_minute=6_000)
    async with plain_client() as client:
        reference = await Sender(client, key).files()
    await show(reference)
    exploring = [sys.executable, "-m", "tests.open311_surface", address, key, reference]
    done = await asyncio.to_thread(
        subprocess.run, exploring, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    described_ones = {
        one["operationId"] for methods in described()["paths"].values() for one in methods.values()
    }
    assert set(told) == described_ones
    # It came past the door: what needs no luck went well, and the rest was told what is wrong.
    assert all("200:" in seen for name, seen in told.items() if name != "file"), done.stdout
    assert "201:" in told["file"]
    assert "400:" in told["file"]
