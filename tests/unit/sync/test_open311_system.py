"""Endpoints that know no more than the protocol: open and closed, tokens, no updates, pictures anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from bot.cases.status import Resolution, Status
from bot.settings import load_settings
from bot.sync.failures import AwayError, GoneError, NotLetInError, NotYetError, RefusedError, SlowDownError
from bot.sync.open311.client import Client
from bot.sync.open311.naming import Naming
from bot.sync.open311.system import Open311
from bot.sync.system import Entry, Ours, Standing, TheirFile

URL = "https://other.example.gov/open311/v2"
NOW = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
OURS = Ours(
    request_id=7,
    reference="SM-7K3R9P",
    service_code="pothole",
    summary="Pothole",
    description="Resident: huge pothole",
    answers={"lane": "left"},
    address="Pico Blvd & 4th St",
    lat=34.0081,
    lon=-118.4885,
    neighborhood="",
    channel="sms",
    language="en",
    created_at=NOW,
    standing=Standing(Status.OPEN),
    department="Public Works",
    due_on=None,
    last_words="",
    entries=(),
    pictures=(),
)
Answer = Callable[[httpx.Request], Any]


class Endpoint:
    """Answers by path; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.get(f"{request.method} {request.url.path.removeprefix('/open311/v2/')}")
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(404, json=[]) if answer is None else httpx.Response(200, json=answer)

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.asked[-1].content.decode())


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


Opened = Callable[..., Open311]


@pytest.fixture
async def opened(endpoint: Endpoint) -> AsyncIterator[Opened]:
    systems: list[Open311] = []

    def make(**naming: Any) -> Open311:
        settings = load_settings(
            open311_endpoint_url=URL,
            open311_endpoint_key="key-of-ours",
            open311_endpoint_jurisdiction="other.gov",
        )
        system = Open311(Client(settings, httpx.MockTransport(endpoint)), Naming(**naming), settings)
        systems.append(system)
        return system

    yield make
    for system in systems:
        await system.aclose()


async def test_a_request_is_filed_with_what_the_protocol_has(endpoint: Endpoint, opened: Opened) -> None:
    endpoint.answers["POST requests.json"] = [{"service_request_id": 638344}]
    endpoint.answers["GET requests/638344.json"] = [{"service_request_id": 638344, "status": "open"}]
    written = await opened(services={"pothole": "006"}, attributes=True).create("SM-7K3R9P", OURS)
    assert (written.record.id, written.record.standing) == ("638344", Standing(Status.OPEN))
    post = next(one for one in endpoint.asked if one.method == "POST")
    form = parse_qs(post.content.decode())
    assert (form["service_code"], form["lat"], form["attribute[lane]"]) == (["006"], ["34.008100"], ["left"])
    assert form["description"] == ["Resident: huge pothole\n[Cityline SM-7K3R9P]"]
    assert (form["api_key"], form["jurisdiction_id"]) == (["key-of-ours"], ["other.gov"])


async def test_a_slow_id_is_asked_for_by_its_token(endpoint: Endpoint, opened: Opened) -> None:
    system = opened()
    endpoint.answers["POST requests.json"] = [{"token": "4711"}]
    made = (await system.create("SM-7K3R9P", OURS)).record
    assert (made.id, made.number) == ("token:4711", "")
    endpoint.answers["GET tokens/4711.json"] = [{"token": "4711", "service_request_id": None}]
    with pytest.raises(NotYetError):
        await system.read(made.id)
    assert not await system.say(made.id, Entry("a1", "later", True, NOW))
    endpoint.answers["GET tokens/4711.json"] = [{"token": "4711", "service_request_id": "9"}]
    endpoint.answers["GET requests/9.json"] = [{"service_request_id": "9", "status": "open"}]
    assert (await system.read(made.id)).id == "9"


async def test_closed_is_what_the_map_says_with_their_notes_as_its_words(
    endpoint: Endpoint, opened: Opened
) -> None:
    endpoint.answers["GET requests/9.json"] = [
        {"service_request_id": "9", "status": "closed", "status_notes": "<b>Filled.</b>"}
    ]
    record = await opened().read("9")
    assert (record.standing, record.closing_words) == (Standing(Status.RESOLVED, Resolution.FIXED), "Filled.")
    record = await opened(closed_is="closed").read("9")
    assert record.standing == Standing(Status.CLOSED, Resolution.WILL_NOT_DO)


async def test_what_they_say_more_finely_is_understood_and_may_be_named(
    endpoint: Endpoint, opened: Opened
) -> None:
    endpoint.answers["GET requests/9.json"] = [
        {"service_request_id": "9", "status": "closed", "requested_datetime": "2026-11-30T08:00:00-08:00"}
    ]
    endpoint.answers["GET servicerequestupdates.json"] = [
        {
            "service_request_id": "9",
            "update_id": 1,
            "external_status_code": "NFA",
            "description": "Private road.",
        },
        {
            "service_request_id": "8",
            "update_id": 2,
            "external_status_code": "fixed",
            "description": "Another's.",
        },
    ]
    record = await opened(updates=True, codes={"NFA": "will_not_do"}).read("9")
    assert record.standing == Standing(Status.CLOSED, Resolution.WILL_NOT_DO)
    assert [one.words for one in record.words] == ["Private road."]


async def test_without_updates_nothing_is_told_and_nothing_is_written(
    endpoint: Endpoint, opened: Opened
) -> None:
    system = opened()
    assert system.facts_of(OURS) == {}
    assert not await system.say("9", Entry("a1", "it is deep", True, NOW))
    assert endpoint.asked == []


async def test_after_a_try_it_is_found_by_its_mark_or_by_its_place(
    endpoint: Endpoint, opened: Opened
) -> None:
    system = opened()
    endpoint.answers["GET requests.json"] = [
        {"service_request_id": "1", "lat": 34.0081, "long": -118.4885, "description": None},
        {"service_request_id": "2", "lat": 34.02, "long": -118.49, "description": "x\n[Cityline SM-7K3R9P]"},
    ]
    assert await system.find("SM-7K3R9P", OURS, tried=False) is None
    assert await system.find("SM-7K3R9P", OURS, tried=True) == "2"
    endpoint.answers["GET requests.json"] = [
        {"service_request_id": "1", "lat": "34.00811", "long": "-118.48851", "description": None},
        {"service_request_id": "3", "lat": "x", "long": None},
    ]
    assert await system.find("SM-7K3R9P", OURS, tried=True) == "1"
    endpoint.answers["GET requests.json"] *= 2
    assert await system.find("SM-7K3R9P", OURS, tried=True) is None, "nobody can say which"


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("https://other.example.gov/photos/1.jpg", True),
        ("https://photos.example.gov/1.jpg", True),
        ("http://photos.example.gov/1.jpg", False),
        ("https://169.254.169.254/latest", False),
        ("http://other.example.gov:8080/1.jpg", False),
        ("file:///etc/passwd", False),
        ("https://other.example.gov.evil.test/1.jpg", False),
    ],
)
async def test_pictures_are_fetched_from_their_hosts_alone(
    url: str, fetched: bool, endpoint: Endpoint, opened: Opened
) -> None:
    for path in ("photos/1.jpg", "/photos/1.jpg", "/1.jpg"):
        endpoint.answers[f"GET {path}"] = httpx.Response(200, content=b"picture")
    content = await opened(media_hosts=["photos.example.gov"]).fetch(TheirFile(url, "1.jpg", "image/*", 0))
    assert (content == b"picture") is fetched
    assert bool(endpoint.asked) is fetched


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(403, json=[{"code": 403, "description": "api_key: unknown"}]), NotLetInError),
        (httpx.Response(401), NotLetInError),
        (httpx.Response(302, headers={"Location": "https://login.example.gov"}), NotLetInError),
        (httpx.Response(404, json=[]), GoneError),
        (httpx.Response(429, headers={"Retry-After": "90"}), SlowDownError),
        (httpx.Response(500), AwayError),
        (httpx.Response(200, text="<html>"), AwayError),
        (httpx.Response(200, json=["x"]), AwayError),
        (httpx.Response(400, json=[{"code": 400, "description": "service_code: unknown"}]), RefusedError),
    ],
)
async def test_every_answer_means_something(
    answer: httpx.Response, error: type[Exception], endpoint: Endpoint, opened: Opened
) -> None:
    endpoint.answers["GET requests/9.json"] = answer
    with pytest.raises(error) as raised:
        await opened().read("9")
    if isinstance(raised.value, SlowDownError):
        assert raised.value.wait == 90
    assert "key-of-ours" not in str(raised.value)


@pytest.mark.parametrize("answer", [{"service_requests": []}, [], {"requests": []}])
async def test_nothing_is_a_request_that_is_not_shown_yet(
    answer: Any, endpoint: Endpoint, opened: Opened
) -> None:
    endpoint.answers["GET requests/9.json"] = answer
    with pytest.raises(NotYetError):
        await opened().read("9")
