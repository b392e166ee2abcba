"""What several tests share: a gateway, and a city that wants pictures of its work."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from bot.city.current import serve
from bot.db.embedded import EmbeddedDatabase
from bot.photos import apart
from bot.settings import PACKS, settings
from tests.gateway import Gateway, configured, open_client


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes, and waits for them up to a minute, begins first: other tests fill the time."""
    items.sort(key=lambda item: item.get_closest_marker("faults") is None)


@pytest.fixture(scope="package", autouse=True)
def decoded_once() -> Iterator[None]:
    """A picture that many tests send is decoded for the first of them: each time costs a process."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(apart, "take_in_now", lru_cache(maxsize=32)(apart.take_in_now))
        yield


@pytest.fixture
async def gateway(database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    with configured(monkeypatch):
        async with open_client() as client:
            yield Gateway(client)


@pytest.fixture
def photo_city(tmp_path: Path) -> Iterator[Path]:
    """A city whose potholes are filled before a camera."""
    folder = tmp_path / "photo_city"
    shutil.copytree(PACKS / "santa_monica", folder)
    services = folder / "services.yml"
    words = services.read_text(encoding="utf-8")
    assert words.count("\n  pothole:\n") == 1
    services.write_text(
        words.replace("\n  pothole:\n", "\n  pothole:\n    completion_photo: true\n"), "utf-8"
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CITYLINE_CITY", str(folder))
        settings.cache_clear()
        serve(None)
        yield folder
    settings.cache_clear()
    serve(None)
