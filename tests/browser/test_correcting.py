"""The pencil in a browser: on the screen of a desk and of a phone, from the keyboard, in either light, and without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.correcting import Wanted
from bot.cases.lookup import find_request
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.push import correct_request
from tests.browser.conftest import DESK, open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.browser.test_console import a_reported_pothole
from tests.integration.test_correcting import LINCOLN

pytestmark = pytest.mark.browser


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def fits(page: Page) -> bool:
    width = page.viewport_size["width"] if page.viewport_size else 0
    return bool(await page.evaluate("document.documentElement.scrollWidth") <= width)


async def enter(page: Page, place: str) -> None:
    await page.get_by_label("Place", exact=False).first.fill(place)
    await page.get_by_role("button", name="Look").click()


@pytest.mark.parametrize("size", SIZES)
async def test_every_step_of_it_is_open_to_all_and_fits(chromium: Browser, console: str, size: str) -> None:
    reference = await a_reported_pothole()
    page, complaints = await open_console(chromium, console, SIZES[size])
    await page.goto(f"/console/requests/{reference}/correct")
    found = await barriers(page)
    assert await fits(page)
    await enter(page, "Memorial Park or Douglas Park")
    await expect(page.get_by_role("group", name="Which one is it?")).to_be_visible()
    found += await barriers(page)
    await page.get_by_label("Douglas Park").check()
    await page.get_by_label("Service").select_option("sidewalk")
    await page.get_by_label("What it is about").fill("A lifted slab by the tree. " + "w" * 90)
    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_role("heading", name="What changes")).to_be_in_viewport()
    found += await barriers(page)
    assert await fits(page)
    await page.get_by_role("button", name="Save and tell them").click()
    await expect(page.get_by_role("status").filter(has_text="Put right.")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"{reference}#corrected$"))  # a reload says it no more
    found += await barriers(page)
    assert await fits(page)
    assert found == []
    assert [one for one in complaints if "422" not in one] == []
    assert (await request_of(reference)).address == "Douglas Park"


async def test_a_pencil_is_used_from_the_keyboard_and_leads_into_its_field(
    chromium: Browser, console: str
) -> None:
    reference = await a_reported_pothole()
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    await page.get_by_role("link", name="Give it to somebody else").press("Enter")
    await expect(page.get_by_label("Department")).to_be_focused()
    await page.get_by_role("link", name="Put the place right").press("Enter")
    await expect(page.get_by_label("Place", exact=False).first).to_be_focused()
    await page.keyboard.press("ControlOrMeta+A")
    await page.keyboard.type("1427 Lincoln Blvd")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("we corrected the place to: 1427 Lincoln Blvd")).to_be_visible()
    await page.get_by_role("button", name="Save and tell them").press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Put right.")).to_be_visible()
    assert complaints == []
    assert (await request_of(reference)).address == "1427 Lincoln Blvd"


async def test_a_page_that_is_open_shows_what_a_colleague_puts_right(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    async with transaction() as session:
        await correct_request(session, reference, Wanted("sidewalk", LINCOLN), "staff:sam", datetime.now(UTC))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Sidewalk")
    await expect(page.locator("#facts")).to_contain_text("1427 Lincoln Blvd")


async def test_without_scripts_it_is_put_right_all_the_same(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, DESK)
    context = await chromium.new_context(
        java_script_enabled=False, base_url=console, storage_state=await page.context.storage_state()
    )
    plain = await context.new_page()
    await plain.goto(f"/console/requests/{reference}")
    await plain.get_by_role("link", name="Put right what it is about").click()
    await plain.get_by_label("What it is about").fill("A lifted slab")
    await plain.get_by_role("button", name="Look").click()
    await expect(plain.get_by_text("only staff read these words")).to_be_visible()
    await plain.get_by_role("button", name="Save").click()
    await expect(plain.get_by_role("status").filter(has_text="Put right.")).to_be_visible()
    assert (await request_of(reference)).staff_description == "A lifted slab"
