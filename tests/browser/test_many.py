"""Several requests without a mouse: walked by keys, ticked, changed, taken back; and nothing of it keeps anybody out."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.web.live.stream import hub
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, open_console
from tests.console import a_conversation, a_request
from tests.journeys.stack import eventually

pytestmark = pytest.mark.browser


async def several(count: int = 4) -> list[str]:
    return [
        await a_request(f"many{number}", await a_conversation(f"+1310555{2000 + number}"))
        for number in range(count)
    ]


async def barriers(page: Page) -> list[str]:
    found = []
    for size in (PHONE, DESK):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += await violations(page, colors_only=scheme == "dark")
    return found


async def test_a_list_is_walked_ticked_changed_and_put_back_with_the_keys_alone(
    chromium: Browser, console: str
) -> None:
    references = await several()
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto("/console/requests?sort=number")
    for key in ("j", "x", "j", "x", "k", "x", "j", "j", "x"):  # the first one is let go again
        await page.keyboard.press(key)
    await expect(page.locator("#many-count")).to_have_text("2 chosen")
    await page.keyboard.press("c")
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 requests")
    assert await barriers(page) == []
    for reference, is_chosen in zip(reversed(references), (False, True, True, False), strict=True):
        assert (reference in await page.locator(".many-chosen").inner_text()) is is_chosen
    await page.get_by_text("On hold", exact=True).last.click()
    await page.get_by_label("Begin with ready words").select_option(index=1)
    await expect(page.get_by_label("Words for residents")).not_to_have_value("")
    await page.get_by_label("Words for residents").fill("It waits for a part.")
    await page.get_by_role("button", name="See what happens").click()
    await expect(page.locator("#happens")).to_contain_text("2 residents are told")
    await expect(page.locator("#happens")).to_contain_text("It waits for a part.")
    assert await barriers(page) == []
    await page.get_by_role("button", name="Change 2 requests").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 are changed")
    assert await barriers(page) == []
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 are as they were")
    async with transaction() as session:
        row = await session.get_one(ServiceRequest, 2)
        assert row.status == "open"
    assert complaints == []
    await page.context.close()


async def test_what_is_ticked_stays_ticked_when_the_list_hears_of_something_new(
    chromium: Browser, console: str
) -> None:
    await several(2)
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto("/console/requests?sort=number")
    await eventually(lambda: hub.streams == 1, "the stream")
    await page.locator(".choose input").last.check()
    await a_request("late", await a_conversation("+13105552999"))
    await expect(page.locator("#rows .choose input")).to_have_count(3)
    await expect(page.locator("#rows .choose input").last).to_be_checked()
    await expect(page.locator("#rows .choose input").first).not_to_be_checked()
    await expect(page.locator("#many-count")).to_have_text("1 chosen")
    assert complaints == []
    await page.context.close()


async def test_with_shift_all_between_two_are_ticked(chromium: Browser, console: str) -> None:
    await several(4)
    page, _ = await open_console(chromium, console, DESK)
    await page.goto("/console/requests?sort=number")
    boxes = page.locator(".choose input")
    await boxes.nth(0).click()
    await boxes.nth(2).click(modifiers=["Shift"])
    await expect(page.locator("#many-count")).to_have_text("3 chosen")
    assert [await boxes.nth(number).is_checked() for number in range(4)] == [True, True, True, False]
    await page.context.close()


async def test_the_keys_of_a_page_are_told_and_never_pressed_while_somebody_types(
    chromium: Browser, console: str
) -> None:
    reference = (await several(1))[0]
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of this page")
    await expect(keys).to_contain_text("Write to the resident")
    assert await barriers(page) == []
    await page.keyboard.press("Escape")
    await expect(keys).not_to_be_visible()
    await page.keyboard.press("n")
    await expect(page.locator("#change-note")).to_be_visible()
    await page.locator("#note-words").fill("")
    await page.locator("#note-words").press_sequentially("emqa?")
    await expect(page.locator("#note-words")).to_have_value("emqa?")
    await expect(page.locator("#change-note")).to_be_visible()
    await page.context.close()


async def test_on_a_phone_the_list_with_its_ticks_keeps_nobody_out(chromium: Browser, console: str) -> None:
    await several(2)
    page, _ = await open_console(chromium, console, PHONE)
    await page.goto("/console/requests?sort=number")
    await page.locator(".choose input").first.check()
    assert await barriers(page) == []
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= DESK["width"]
    await page.context.close()


async def test_the_map_beside_the_list_is_walked_with_the_keyboard_and_keeps_nobody_out(
    chromium: Browser, console: str
) -> None:
    references = await several(3)
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto("/console/requests?sort=number")
    await page.get_by_role("link", name="On the map").click()
    together = page.get_by_role("link", name="3 requests: show them from nearer by")
    await together.focus()
    assert await barriers(page) == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Whole city")).to_be_visible()
    await expect(page.locator("#rows")).to_contain_text(references[0])
    assert await barriers(page) == []
    await page.get_by_role("link", name="Without the map").click()
    await expect(page.locator("#list-map")).to_have_count(0)
    assert complaints == []
    await page.context.close()
