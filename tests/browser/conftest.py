"""A real browser on the real console. Without Chromium these tests are skipped, and say so."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from playwright import async_api, sync_api
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.cases.staff import create_staff
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.web.app import create_app
from tests.console import PASSWORD

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # milliseconds until a page must show what is expected: other tests run beside it, and 5 s were not always enough
for _api in (async_api, sync_api):
    _api.expect.set_options(timeout=PATIENCE)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: the console was NOT tried in a browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def console(database: EmbeddedDatabase) -> AsyncIterator[str]:
    """The address of a console that Maria may log in to, served in this process."""
    async with transaction() as session:
        await create_staff(session, "maria", PASSWORD, name="Maria Lopez")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_config=None, access_log=False, lifespan="off"))
    # The test run's own signal handlers stay.
    serving = asyncio.create_task(server._serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = server.force_exit = True
    await serving
    listener.close()


async def open_console(
    chromium: Browser, address: str, size: dict[str, int], scheme: str = "light", *, by_hand: bool = False
) -> tuple[Page, list[str]]:
    """A logged-in page, and the list of everything the browser complained about. `by_hand`: its form is filled in and sent."""
    context = await chromium.new_context(viewport=size, color_scheme=scheme, base_url=address)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    if not by_hand:
        await _post_log_in(context)
    await page.goto("/console/requests")
    if by_hand:
        await page.get_by_label("Username").fill("maria")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_url("**/console/requests")
    return page, complaints


async def _post_log_in(context: BrowserContext) -> None:
    """As the form does, without drawing its page: of fifty tests that need somebody logged in, few are about it."""
    asked = await context.request.get("/console/login")
    token = re.search(r'name="form_token" value="([^"]*)"', await asked.text())
    assert token is not None
    form: dict[str, str | float | bool] = {
        "form_token": token[1],
        "username": "maria",
        "password": PASSWORD,
        "next": "",
    }
    answer = await context.request.post("/console/login", form=form, max_redirects=0)
    assert answer.status == 303
