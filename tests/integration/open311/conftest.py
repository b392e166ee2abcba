"""Other systems: one with a key that may do everything, and one without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cases.filing import add_photos
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.staff import create_staff
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.photos.intake import take_in
from bot.photos.store import PhotoStore
from bot.web import media
from tests.console import PASSWORD, Browser, fresh_client
from tests.open311 import PhotoOf, Sender, a_key, plain_client
from tests.photos import jpeg


@pytest.fixture
async def stranger(database: EmbeddedDatabase) -> AsyncIterator[Sender]:
    async with plain_client() as client:
        yield Sender(client)


@pytest.fixture
async def sender(database: EmbeddedDatabase) -> AsyncIterator[Sender]:
    async with plain_client() as client:
        yield Sender(client, await a_key())


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PhotoStore:
    """The photo store of the web process."""
    ours = PhotoStore(f"file://{tmp_path}/photos")
    monkeypatch.setattr(media, "current_store", lambda: ours)
    return ours


@pytest.fixture
def photo_of(store: PhotoStore) -> PhotoOf:
    """Gives a request a resident's photo, which nobody has cleared, and gives its id."""

    async def work(reference: str) -> int:
        taken = take_in(jpeg())
        store.put(taken)
        async with transaction() as session:
            request = await find_request(session, reference)
            photo = await keep_photo(session, taken)
            await add_photos(session, request.id, (photo.id,), None, at=request.created_at)
        return photo.id

    return work


@pytest.fixture
async def maria(database: EmbeddedDatabase) -> AsyncIterator[Browser]:
    """A browser in which Maria of the city's staff is logged in."""
    async with transaction() as session:
        await create_staff(session, "maria", PASSWORD, name="Maria Lopez")
    async with fresh_client() as client:
        browser = Browser(client)
        assert (await browser.log_in("maria")).status_code == 303
        yield browser
