"""Pictures of every page of the console for `docs/console/`, to be looked at: `make pictures`. No part of `make test`.

`PICTURES=all` makes each on a phone and on a desk, in the light and in the dark, in every language of the interface, under
build/pictures; without, one of the desk and one of the phone are made for the documentation.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Page
from sqlalchemy import select, update

from bot.db.session import transaction
from bot.db.tables import Conversation, Danger, Message, Staff
from bot.settings import ROOT
from bot.web.permissions import ROUTES
from tests.alarms import told_danger
from tests.browser.conftest import DESK, PHONE, chromium, console, open_console
from tests.pictures.city import a_monday

__all__ = ["chromium", "console"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]

ALL = os.environ.get("PICTURES") == "all"
FOLDER = ROOT / "build" / "pictures" if ALL else ROOT / "docs" / "console"
TALLEST = 2600  # pixels of a picture: what is below it looks like what is above
# Streams, parts of pages, files and what only leads on.
NO_PAGES = (
    "/live",
    "-fresh",
    "/fresh",
    "-export",
    ".csv",
    ".yml",
    "map.png",
    "/photos/",
    "/attention",
    "/oidc",
    "/pin/",
    "/city/{code}/",
)
# What an address does not tell: a page as it is after a step.
MORE = {
    "requests-on-the-map": "/console/requests?map=1",
    "requests-found": "/console/requests?q=pothole&status=all",
    "requests-none": "/console/requests?q=zeppelin",
    "many": "/console/many?chosen=1&chosen=2&chosen=3",
    "today-of-the-department": "/console/today?whose=department",
    "city-service": "/console/city/services/entry?at=services%2Fpothole",
    "city-question": "/console/city/follow-ups/entry?at=services%2Fpothole%2Fquestions%2Fsize",
    "city-holidays": "/console/city/holidays",
    "city-working-days": "/console/city/calendar/entry",
    "city-department-new": "/console/city/departments/new",
    "city-keeping": "/console/city/keeping/entry?at=keeping",
    "not-found": "/console/requests/SM-NOSUCH",
}
STATUS = {"not-found": 404, "password-token": 410}  # where it is no 200
LOOKS = (
    [
        (size, scheme, language)
        for size in ("desk", "phone")
        for scheme in ("light", "dark")
        for language in ("en", "es")
    ]
    if ALL
    else [("desk", "light", "en"), ("phone", "dark", "es")]
)


def pages(references: list[str], conversation: int, message: int) -> Iterator[tuple[str, str]]:
    """Name of the picture and address of the page."""
    values = {
        "reference": references[2],
        "conversation_id": conversation,
        "message_id": message,
        "photo_id": 1,
        "batch_id": 1,
        "key": "resolved",
        "code": "services",
        "username": "ana",
        "token": "none",
    }
    for route, _ in ROUTES.items():
        method, _, path = route.partition(" ")
        if method != "GET" or any(part in path for part in NO_PAGES) or path == "/console":
            continue
        if path == "/console/insight/{name}":
            for name in ("reports", "work", "places", "texts", "ratings"):
                yield f"insight-{name}", path.format(name=name)
            continue
        name = path.removeprefix("/console/").replace("{", "").replace("}", "").replace("/", "-")
        address = path.format(**values)
        yield name, address + (f"?into={references[10]}" if path.endswith("/join") else "")
    yield from MORE.items()


async def kept(page: Page, folder: Path, name: str) -> None:
    """The picture of a page, cut where it goes on alike; WebP, since it is a third of a PNG."""
    shot = Image.open(io.BytesIO(await page.screenshot(full_page=True, animations="disabled")))
    shot = shot.crop((0, 0, shot.width, min(shot.height, TALLEST)))
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread(shot.convert("RGB").save, folder / f"{name}.webp", quality=72, method=6)


async def test_every_page(chromium: Browser, console: str) -> None:
    references = await a_monday()
    async with transaction() as session:
        conversation = await session.scalar(select(Conversation.id).order_by(Conversation.id).offset(1))
        message = await session.scalar(select(Message.id).where(Message.conversation_id == conversation))
    wrong = []
    for look, (size, scheme, language) in enumerate(LOOKS):
        async with transaction() as session:
            await session.execute(update(Staff).where(Staff.username == "maria").values(language=language))
        folder = FOLDER / f"{size}-{scheme}-{language}"
        page, _ = await open_console(chromium, console, PHONE if size == "phone" else DESK, scheme)
        # From another number each time: the same text from the same one is the same message.
        await told_danger(f"+13105553{900 + look}", "theres a guy with a gun in front of the library on 6th")
        await page.goto("/console/requests")
        await kept(page, folder, "danger")
        async with transaction() as session:
            await session.execute(update(Danger).values(acknowledged_at=datetime.now(UTC)))
        for name, address in pages(references, conversation or 1, message or 1):
            answer = await page.goto(address)
            await page.wait_for_load_state("networkidle") if "insight" in address else None
            if answer is None or answer.status != STATUS.get(name, 200):
                wrong.append(f"{address}: {answer.status if answer else None}")
            await kept(page, folder, name)
        await page.context.close()
    assert wrong == []
