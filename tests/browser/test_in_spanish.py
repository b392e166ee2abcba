"""The console in Spanish in a real browser: longer words fit on a phone, nobody is kept out, and scripts speak it, too."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from bot.cases.roles import Role
from bot.db.session import transaction
from bot.db.tables import Message, Staff
from tests.browser.conftest import open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.console import a_request
from tests.filled_console import filled

pytestmark = pytest.mark.browser

# What is wider than the page without a place of its own to be moved in.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *, header *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("[tabindex='0'], svg, .visually-hidden"))
  .map((one) => `${one.localName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`).slice(0, 3)"""


async def in_spanish(chromium: Browser, console: str, size: str) -> Page:
    async with transaction() as session:
        wanted = {"role": Role.ADMIN, "language": "es", "department": "Public Works"}
        await session.execute(update(Staff).where(Staff.username == "maria").values(**wanted))
    page, _ = await open_console(chromium, console, SIZES[size])
    return page


def every_page(references: list[str], conversations: list[int], message_id: int) -> list[str]:
    """A page of each kind."""
    first, second, closed = references[0], references[1], references[-1]
    return [
        "requests?status=all",
        "requests?status=all&map=1",
        "requests?q=nada",
        *(f"requests/{reference}" for reference in (first, second, closed)),
        f"requests/{first}/correct",
        f"requests/{first}/join?into={second}",
        f"requests/{first}/record",
        "many?chosen=1&chosen=2",
        "many/1",
        "new-request",
        "today?whose=department",
        "conversations",
        *(f"conversations/{one}" for one in conversations),
        f"conversations/{conversations[0]}/record",
        f"conversations/{conversations[0]}/file",
        "mentions",
        "review",
        "review/sample",
        "review/find",
        "review/teach",
        f"messages/{message_id}/teach",
        "insight",
        *(f"insight/{name}" for name in ("reports", "work", "places", "texts", "ratings")),
        "week",
        "alerts",
        "words",
        "words/resolved",
        "account",
        "account/second-step",
        "accounts",
        "accounts/maria",
        "audit",
        "running",
    ]


async def everything() -> list[str]:
    references, conversations = await filled()
    async with transaction() as session:
        message_id = await session.scalar(select(Message.id).order_by(Message.id))
    assert message_id is not None
    return every_page(references, conversations, message_id)


async def test_nothing_is_wider_than_a_phone_or_a_desk(chromium: Browser, console: str) -> None:
    addresses = await everything()
    page = await in_spanish(chromium, console, "phone")
    found = []
    for address in addresses:
        await page.goto(f"/console/{address}")
        assert await page.evaluate("document.documentElement.lang") == "es"
        for name, size in SIZES.items():
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            found += [f"{address}, {name}: {one}" for one in await page.evaluate(TOO_WIDE)]
    assert found == []
    await page.context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_nobody_is_kept_out_of_the_spanish_pages(chromium: Browser, console: str, size: str) -> None:
    references, conversations = await filled()
    page = await in_spanish(chromium, console, size)
    found = []
    for address in (
        "requests?status=all",
        f"requests/{references[1]}",
        f"conversations/{conversations[0]}",
        "insight",
        "account",
        "audit",
    ):
        await page.goto(f"/console/{address}")
        found += await barriers(page)
    assert found == []
    await page.context.close()


async def test_scripts_speak_the_language_of_the_page(chromium: Browser, console: str) -> None:
    await a_request("one")
    page = await in_spanish(chromium, console, "desk")
    await page.goto("/console/requests?status=all")
    count = page.locator("#many-count")
    await expect(count).to_have_text("Primero marque algunas.")
    await page.locator(".choose input").first.check()
    await expect(count).to_have_text("Elegidas: 1")
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Teclas de esta página")).to_be_visible()
    await page.context.close()


async def test_the_login_speaks_as_the_browser_does(chromium: Browser, console: str) -> None:
    for locale, heading in (
        ("es-MX", "Consola del personal"),
        ("en-US", "Staff console"),
        ("fr", "Staff console"),
    ):
        context = await chromium.new_context(locale=locale)
        page = await context.new_page()
        await page.goto(f"{console}/console/login")
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        await context.close()
