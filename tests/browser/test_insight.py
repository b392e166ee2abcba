"""Insight in a real browser: drawn without a complaint of the browser, open to everybody, and whole without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.feedback import Verdict, record_feedback
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.db.session import transaction
from bot.insight.days import today
from bot.web.console.insight.router import PAGES
from tests.browser.conftest import open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.console import a_conversation, a_request

pytestmark = pytest.mark.browser


def so_far(name: str) -> str:
    day = today(datetime.now(UTC))
    return f"/console/insight/{name}".rstrip("/") + f"?from={day}&to={day}"


@pytest.fixture
async def city(console: str) -> str:
    """The address of a console with a request that was done and rated."""
    conversation_id = await a_conversation()
    reference = await a_request(f"draft:{conversation_id}:1", conversation_id)
    await a_request("two", conversation_id, service_code="graffiti", language="es")
    async with transaction() as session:
        await change_request(
            session, Change(reference, Status.RESOLVED, "staff:ana", "Filled.", resolution=Resolution.FIXED)
        )
        await record_feedback(session, conversation_id, reference, Verdict.FIXED, 4, "gracias, quedó bien")
    return console


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_is_open_to_everybody_and_fits(chromium: Browser, city: str, size: str) -> None:
    page, complaints = await open_console(chromium, city, SIZES[size])
    found = []
    for address in (*map(so_far, PAGES), "/console/insight?from=2020-01-01&to=2020-01-31", "/console/week"):
        await page.goto(address)
        await page.evaluate("for (const one of document.querySelectorAll('details.means')) one.open = true")
        found += await barriers(page)
        if await page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
            found.append(f"{address} is wider than the {size}")
    assert found == []
    assert complaints == []  # of the policy for scripts and styles, too
    await page.context.close()


async def test_each_chart_is_drawn_of_its_table(chromium: Browser, city: str) -> None:
    page, complaints = await open_console(chromium, city, SIZES["desk"])
    await page.goto(so_far(""))
    for name in ("Filed and done", "What is filed"):
        section = page.locator(f"section[aria-label={name!r}], section:has(h2:text-is({name!r}))")
        await expect(section.get_by_role("img")).to_be_visible()
        assert await _is_painted(page, name)
        await expect(section.get_by_role("table")).to_be_visible()
    await page.emulate_media(color_scheme="dark")
    assert await _is_painted(page, "What is filed")
    assert complaints == []
    await page.context.close()


async def _is_painted(page: Page, name: str) -> bool:
    """Whether there is anything on the canvas of a chart."""
    return bool(
        await page.wait_for_function(
            """(name) => {
                const head = [...document.querySelectorAll("h2")].find((one) => one.textContent === name);
                const canvas = head.closest("section").querySelector("canvas");
                const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
                copy.drawImage(canvas, 0, 0);
                const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
                return pixels.some((value) => value);
            }""",
            arg=name,
        )
    )


async def test_without_javascript_the_tables_tell_everything(chromium: Browser, city: str) -> None:
    logged_in, _ = await open_console(chromium, city, SIZES["phone"])
    context = await chromium.new_context(
        java_script_enabled=False, base_url=city, storage_state=await logged_in.context.storage_state()
    )
    page = await context.new_page()
    await page.goto(so_far(""))
    row = page.locator("section", has=page.get_by_role("heading", name="What is filed")).get_by_role("row")
    await expect(row.filter(has_text="Graffiti")).to_contain_text("1")
    await page.locator("#service").select_option(label="Graffiti")
    await page.get_by_role("button", name="Show").click()
    await expect(row.filter(has_text="Graffiti")).to_have_count(1)
    await expect(row.filter(has_text="Pothole")).to_have_count(0)
    await context.close()
    await logged_in.context.close()


async def test_on_paper_only_the_figures_are_left(chromium: Browser, city: str) -> None:
    page, complaints = await open_console(chromium, city, SIZES["desk"])
    await page.goto(f"/console/week?of={today(datetime.now(UTC))}")
    await expect(page.get_by_role("button", name="Print")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    await expect(page.get_by_role("button", name="Print")).to_be_hidden()
    await expect(page.get_by_role("rowheader", name="Pothole or damaged road")).to_be_visible()
    assert complaints == []
    await page.context.close()
