"""A city whose requests are worked in ServiceNow."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cases.lookup import find_request
from bot.city.current import city
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Notice, ServiceRequest, SyncLink
from bot.photos.store import PhotoStore
from bot.settings import settings
from bot.sync.exchange import exchange
from bot.sync.links import waiting
from bot.sync.pulling import pull
from bot.sync.servicenow.system import ServiceNow, open_servicenow
from tests.instance import RunningInstance, running_instance
from tests.integration.test_cases import a_conversation, file

START = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)


@pytest.fixture(scope="package")
def instance_server() -> Iterator[RunningInstance]:
    with running_instance() as running:
        yield running


@pytest.fixture
def instance(instance_server: RunningInstance) -> RunningInstance:
    """The instance, empty again and well."""
    kept, api = instance_server.instance, instance_server.api
    for records in kept.records.values():
        records.clear()
    kept.journal.clear()
    kept.attachments.clear()
    kept.groups[:] = list(city().departments)
    api.requests.clear()
    api.failing.statuses.clear()
    api.failing.lost_answers = 0
    api.access.tokens.clear()
    api.access.token_seconds = 1800.0
    api.access.password = "open-sesame"
    instance_server.table = "sn_customerservice_case"
    return instance_server


@dataclass
class Synced:
    """Both sides, and the work between them done on demand."""

    instance: RunningInstance
    system: ServiceNow
    store: PhotoStore
    now: datetime = START

    async def exchange(self, *, later: float = 1.0) -> None:
        """What a worker does with all that waits, `later` seconds after the last time. Raises what an exchange raises."""
        self.now += timedelta(seconds=later)
        async with transaction() as session:
            ids = await waiting(session, self.system.name)
        for request_id in ids:
            await exchange(self.system, self.store, request_id, self.now)

    async def both_ways(self) -> None:
        """Look for changes there and exchange, until nothing waits."""
        for _ in range(6):
            self.now += timedelta(seconds=10)
            await pull(self.system, self.now, timedelta(seconds=1))
            async with transaction() as session:
                if not await waiting(session, self.system.name):
                    return
            await self.exchange()
        raise AssertionError("it does not come to rest")

    async def file(self, **changes: object) -> str:
        """A request of a new resident; its reference."""
        number = next(_numbers)
        filed = await file(await a_conversation(f"+1310555{number:04d}"), f"draft-{number}", **changes)
        return filed.reference

    async def request(self, reference: str) -> ServiceRequest:
        async with transaction() as session:
            return await find_request(session, reference)

    async def link(self, reference: str) -> SyncLink:
        async with transaction() as session:
            query = select(SyncLink).join(ServiceRequest, ServiceRequest.id == SyncLink.request_id)
            return (await session.scalars(query.where(ServiceRequest.reference == reference))).one()

    async def told(self, reference: str) -> list[dict[str, object]]:
        """What the residents of a request are told of it, in order."""
        request = await self.request(reference)
        async with transaction() as session:
            rows = await session.scalars(select(Notice).order_by(Notice.id))
            return [one.event for one in rows if one.event["request_id"] == request.id]


_numbers = itertools.count(1000)
Configure = Callable[[str], None]


@pytest.fixture
async def synced(
    database: EmbeddedDatabase,
    instance: RunningInstance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Synced]:
    """A city with cases, let in by user and password; a file of its own, with its departments as groups."""
    shipped = settings().city_pack / "sync.yml"
    named = tmp_path / "sync.yml"
    lines = "".join(f'    "{name}": "{name}"\n' for name in city().departments)
    named.write_text(f"{shipped.read_text(encoding='utf-8')}  departments:\n{lines}", encoding="utf-8")
    for name, value in {
        "CITYLINE_SYNC": "servicenow",
        "CITYLINE_SYNC_MAP": str(named),
        "SERVICENOW_URL": instance.url,
        "SERVICENOW_USERNAME": instance.api.access.username,
        "SERVICENOW_PASSWORD": instance.api.access.password,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    system = open_servicenow(settings())
    try:
        yield Synced(instance, system, PhotoStore(f"file://{tmp_path / 'photos'}"))
    finally:
        await system.aclose()
        settings.cache_clear()
