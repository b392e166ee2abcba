"""Pages of those who look after the console: for everybody's eyes and hands, on a phone and on a desk, and quiet in a real browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import update

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.db.session import transaction
from bot.db.tables import Staff
from tests.browser.conftest import open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.console import PASSWORD, a_conversation, a_request

pytestmark = pytest.mark.browser

Steps = Callable[[Page], Awaitable[None]]


async def _audit(page: Page) -> None:
    await page.goto("/console/audit")


async def _audit_without_result(page: Page) -> None:
    await page.get_by_label("About").fill("SM-NOSUCH")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_text("Nothing found").wait_for()


async def _accounts(page: Page) -> None:
    await page.goto("/console/accounts")


async def _account_refused(page: Page) -> None:
    await page.get_by_label("Name", exact=True).fill("Ana")
    await page.get_by_label("Username").last.fill("two words")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_text("Not added yet.").wait_for()


async def _an_account_with_its_link(page: Page) -> None:
    await page.get_by_label("Username").last.fill("ana.ruiz")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("heading", name="A link to choose a password").wait_for()


async def _choosing_a_password(page: Page) -> None:
    await page.goto(await page.get_by_role("textbox", name="Link").input_value())


async def _a_link_that_is_over(page: Page) -> None:
    await page.goto("/console/password/none")


async def _account(page: Page) -> None:
    await page.goto("/console/account")


async def _second_step(page: Page) -> None:
    await page.goto("/console/account/second-step")
    await page.get_by_text("Cannot scan it?").click()


async def _second_step_refused(page: Page) -> None:
    await page.get_by_label("Type the six digits").fill("000000")
    await page.get_by_role("button", name="Turn it on").click()
    await page.get_by_text("That code does not work.").wait_for()


async def _record_of_a_request(page: Page) -> None:
    await page.goto("/console/requests")
    await page.locator("a.request").first.click()
    await page.get_by_role("link", name="Record", exact=True).click()


async def _record_of_a_resident(page: Page) -> None:
    await page.get_by_role("link", name="Their own record").click()


async def _erasing_refused(page: Page) -> None:
    await page.get_by_label("Type ERASE").fill("no")
    await page.get_by_role("button", name="Erase for good").click()
    await page.get_by_text("Nothing was erased.").wait_for()


WAYS: tuple[Steps, ...] = (
    _audit,
    _audit_without_result,
    _accounts,
    _account_refused,
    _an_account_with_its_link,
    _choosing_a_password,
    _a_link_that_is_over,
    _account,
    _second_step,
    _second_step_refused,
    _record_of_a_request,
    _record_of_a_resident,
    _erasing_refused,
)
REFUSED = ("422", "410")  # the browser notes each answer that is none of 200


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_of_administration(
    chromium: Browser, console: str, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.console.accounts.settings", lambda: type("At", (), {"base_url": console}))
    async with transaction() as session:
        await session.execute(update(Staff).values(role=Role.ADMIN))
        await create_staff(
            session,
            "wolfeschlegelsteinhausenbergerdorff",
            PASSWORD,
            name="W" * 90,
            department="Public Works",
            own_department_only=True,
        )
    await a_request("one", await a_conversation())
    page, complaints = await open_console(chromium, console, SIZES[size])
    found = []
    for way in WAYS:
        await way(page)
        found += await barriers(page)
        if await page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
            found.append(f"{page.url} is wider than the {size}")
    assert found == []
    assert [one for one in complaints if not any(code in one for code in REFUSED)] == []
    await page.context.close()
