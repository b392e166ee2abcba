"""Independent clients against a real socket: `georeport` from PyPI, FixMyStreet's way of reading XML, and schemathesis over the whole surface."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import schemathesis
import uvicorn
import xmltodict
from georeport import GeoReport
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.cases.status import Status
from bot.city.current import catalogue
from bot.db.embedded import EmbeddedDatabase
from bot.web.app import create_app
from bot.web.open311.description import described
from tests.open311 import HERE, V2, a_key, change, show

pytestmark = pytest.mark.integration

EXAMPLES = 20  # of each operation


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


def operations() -> list[str]:
    return [
        operation["operationId"]
        for methods in described()["paths"].values()
        for operation in methods.values()
    ]


@pytest.mark.parametrize("name", operations())
async def test_whatever_is_sent_every_answer_is_as_described(address: str, name: str) -> None:
    key = await a_key(per_minute=6_000)
    await asyncio.to_thread(explore(address, name, key))


def explore(address: str, name: str, key: str) -> Callable[[], None]:
    """Requests that the description allows and such as it does not, always the same ones."""
    schema = schemathesis.openapi.from_dict(described())
    operation = schema.find_operation_by_id(name)

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def every(case: Any) -> None:
        # With a key that is right it goes on to what is behind.
        if isinstance(case.query, dict):
            case.query.pop("api_key", None)
        if isinstance(case.body, dict):
            case.body["api_key"] = key
        answer = case.call(base_url=address)
        case.validate_response(
            answer,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )
        # The same in the other form, well-formed, and with the same end.
        again = answer.request.copy()
        again.url = again.url.replace(".json", ".xml", 1)
        other = requests.Session().send(again, timeout=30)
        assert other.status_code // 100 == answer.status_code // 100
        assert ElementTree.fromstring(other.content).tag  # noqa: S314 - our own

    return every
