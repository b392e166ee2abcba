"""Another system that speaks Open311 with the real application on the real database, and what its answers have to look like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest

from bot.cases.api_keys import Right, Terms, add_key
from bot.cases.showing import list_on_city_page
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.delivery.push import update_request
from bot.settings import settings
from bot.web.app import create_app
from bot.web.open311.description import described

BASE = "http://127.0.0.1:8311"
V2 = "/open311/v2"
PhotoOf = Callable[[str], Awaitable[int]]
HERE = {"lat": "34.021034", "long": "-118.487499"}  # 1437 11th St
BLOCK = "1400 block of 11th St"


def plain_client(**headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(), raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)


@contextmanager
def offered(monkeypatch: pytest.MonkeyPatch, **values: str) -> Iterator[None]:
    """With these settings."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        yield
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def a_key(
    name: str = "FixMyStreet",
    *rights: Right,
    media_hosts: tuple[str, ...] = (),
    per_minute: int = 600,
    shown: bool = False,
) -> str:
    terms = Terms(frozenset(rights or Right), media_hosts, per_minute, shown)
    async with transaction() as session:
        return await add_key(session, name, terms, actor="cli", now=datetime.now(UTC))


@dataclass
class Sender:
    """Another system with its key; "" for one without."""

    client: httpx.AsyncClient
    key: str = ""

    async def get(self, path: str, **query: str) -> httpx.Response:
        keyed = {"api_key": self.key} if self.key else {}
        return await self.client.get(f"{V2}/{path}", params={**keyed, **query})

    async def reads(self, path: str, schema: str, **query: str) -> Any:
        """The JSON of an answer that went well and has the structure of that name."""
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return checked(answer, schema)

    async def post(self, path: str = "requests.json", **fields: Any) -> httpx.Response:
        keyed = {"api_key": self.key} if self.key else {}
        return await self.client.post(f"{V2}/{path}", data={**keyed, **fields})

    async def files(self, **fields: Any) -> str:
        """File a pothole, or what the fields say; gives its id."""
        answer = await self.post(
            **{"service_code": "pothole", "description": "A deep hole.", **HERE, **fields}
        )
        assert answer.status_code == 201, answer.text
        reference: str = checked(answer, "Filed")[0]["service_request_id"]
        return reference

    async def updates(self, reference: str, **fields: Any) -> httpx.Response:
        return await self.post("servicerequestupdates.json", service_request_id=reference, **fields)


def checked(answer: httpx.Response, schema: str) -> Any:
    """The JSON of an answer, which has the structure of that name."""
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    value = answer.json()
    document = described()
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    jsonschema.Draft202012Validator(
        wanted, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)
    return value


def problem(answer: httpx.Response, status: int) -> str:
    """What an error in JSON tells, all of it on one line."""
    assert answer.status_code == status, answer.text
    errors = checked(answer, "Errors")
    assert {error["code"] for error in errors} == {status}
    return " ".join(error["description"] for error in errors)


def parsed(answer: httpx.Response) -> ElementTree.Element:
    """An answer in XML."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def told_by(element: ElementTree.Element) -> Mapping[str, str | None]:
    return {child.tag: child.text for child in element}


async def show(reference: str, listed: bool = True) -> None:
    """Staff choose to show it."""
    async with transaction() as session:
        await list_on_city_page(session, reference, "staff:ana", datetime.now(UTC), listed=listed)


async def change(reference: str, status: Status, text: str = "", **more: Any) -> None:
    """Staff change a request."""
    async with transaction() as session:
        await update_request(session, Change(reference, status, "staff:ana", text, **more))
