"""A crew's day in a real browser: what is sent without a network is kept in the phone, told, and sent once when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.assignment import Assignment
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.push import update_request
from tests.browser.axe import violations
from tests.browser.conftest import PHONE, open_console
from tests.console import a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.browser


async def a_job(key: str = "one", **more: object) -> str:
    reference = await a_request(key, await a_conversation(f"+13105550{100 + len(key)}"), **more)
    async with transaction() as session:
        held = Assignment("Public Works", "", "maria")
        await update_request(session, Change(reference, Status.OPEN, "system", assignment=held))
    return reference


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def done_with_a_photo(page: Page, reference: str, photo: Path) -> None:
    stop = page.locator(f"#stop-{reference}")
    await stop.locator("summary", has_text="Done").click()
    await stop.get_by_label("Photo of the work").set_input_files(photo)
    await stop.get_by_label("Words for the resident").fill("Filled.")
    await stop.get_by_role("button", name="It is done").click()


async def test_what_cannot_be_sent_is_kept_through_a_reload_and_sent_once_later(
    chromium: Browser, console: str, tmp_path: Path
) -> None:
    reference = await a_job()
    photo = tmp_path / "done.jpg"
    photo.write_bytes(jpeg())
    page, _ = await open_console(chromium, console, PHONE)
    await page.goto("/console/today")
    await page.route("**/console/today/**", lambda route: route.abort())
    await done_with_a_photo(page, reference, photo)
    await expect(page.locator("#unsent")).to_contain_text("One answer is not sent yet.")
    await expect(page.locator(f"#stop-{reference} [data-waits]")).to_have_text("Waits to be sent.")
    await page.reload()
    await expect(page.locator("#unsent")).to_contain_text(f"{reference} is done")
    assert (await request_of(reference)).status == Status.OPEN
    await page.unroute("**/console/today/**")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#unsent")).to_be_hidden()
    await expect(page.locator(f"#stop-{reference} [data-waits]")).to_have_text("Saved.")
    request = await request_of(reference)
    assert (request.status, request.updates[-1].public_text) == (Status.RESOLVED, "Filled.")
    assert len(request.photos) == 1
    await page.context.close()


async def test_an_answer_that_was_lost_on_its_way_back_does_nothing_twice(
    chromium: Browser, console: str
) -> None:
    reference = await a_job()
    page, _ = await open_console(chromium, console, PHONE)
    await page.goto("/console/today")
    arrived = 0

    async def lose_the_first_answer(route: object) -> None:
        nonlocal arrived
        arrived += 1
        if arrived == 1:
            await route.fetch()  # type: ignore[attr-defined]
            await route.abort()  # type: ignore[attr-defined]
        else:
            await route.continue_()  # type: ignore[attr-defined]

    await page.route("**/console/today/**", lose_the_first_answer)
    await page.get_by_role("button", name="On the way").click()
    await expect(page.locator("#unsent")).to_be_visible()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#unsent")).to_be_hidden()
    request = await request_of(reference)
    assert [one.to_status for one in request.updates].count(Status.IN_PROGRESS) == 1
    assert arrived == 2
    await page.context.close()


async def test_what_is_refused_is_told_and_can_be_dropped(chromium: Browser, console: str) -> None:
    reference = await a_job()
    page, _ = await open_console(chromium, console, PHONE)
    await page.goto("/console/today")
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "system", "By others."))
    await page.get_by_role("button", name="On the way").click()
    await expect(page.locator("#unsent")).to_contain_text("It has ended meanwhile")
    await page.get_by_role("button", name="Drop it").click()
    await expect(page.locator("#unsent")).to_be_hidden()
    await page.context.close()


async def test_from_where_the_phone_is_the_nearest_comes_first(chromium: Browser, console: str) -> None:
    await a_job("one")
    page, _ = await open_console(chromium, console, PHONE)
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 34.0081, "longitude": -118.4885})
    await page.goto("/console/today")
    await page.get_by_role("button", name="In walking order").click()
    await expect(page.locator("[data-far]").first).to_have_text("1 ft on")
    await page.context.close()


@pytest.mark.parametrize("width", [390, 1440])
async def test_nobody_is_kept_out_of_the_crews_page(chromium: Browser, console: str, width: int) -> None:
    page, complaints = await open_console(chromium, console, {"width": width, "height": 844})
    await page.goto("/console/today")
    found = await violations(page)
    await a_job("one")
    await a_job("three", service_code="graffiti")
    await page.goto("/console/today")
    await page.evaluate("for (const one of document.querySelectorAll('.stop details')) one.open = true")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += await violations(page)
    assert found == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    await page.context.close()
