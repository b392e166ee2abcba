"""The pin on the console's map: tapped, dragged and moved by keys, on the screen of a desk and of a phone, and taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.correcting import Wanted
from bot.cases.lookup import find_request
from bot.city.current import gazetteer
from bot.city.location import Point
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.push import correct_request
from tests.browser.conftest import DESK, PHONE, open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.browser.test_console import a_reported_pothole
from tests.console import PICO

pytestmark = pytest.mark.browser

UNTIL = PICO.point  # where the pothole stands


@dataclass
class Map:
    """The form of one request in a browser, and everything the browser complained about."""

    page: Page
    complaints: list[str]
    reference: str

    async def entered(self) -> str:
        return await self.page.locator("#place").input_value()

    async def pin(self) -> Point:
        lat, lon = (await self.entered()).split(", ")
        return Point(float(lat), float(lon))

    async def box(self) -> tuple[float, float, float, float]:
        await self.page.locator("#pin-map").scroll_into_view_if_needed()
        box = await self.page.locator("#pin-map").bounding_box()
        assert box
        return box["x"], box["y"], box["width"], box["height"]

    async def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """From a point of the map to another, in shares of its width and height."""
        x, y, width, height = await self.box()
        mouse = self.page.mouse
        await mouse.move(x + start[0] * width, y + start[1] * height)
        await mouse.down()
        for step in (0.3, 0.7, 1.0):
            right, down = (start[axis] + (end[axis] - start[axis]) * step for axis in (0, 1))
            await mouse.move(x + right * width, y + down * height)
        await mouse.up()

    async def tap(self, right: float, down: float) -> None:
        x, y, width, height = await self.box()
        await self.page.mouse.click(x + right * width, y + down * height)

    async def tells(self, words: str) -> None:
        await expect(self.page.locator("#pin-place")).to_contain_text(words)


async def open_map(chromium: Browser, console: str, size: dict[str, int], reference: str) -> Map:
    page, complaints = await open_console(chromium, console, size)
    await page.goto(f"/console/requests/{reference}")
    await page.get_by_role("link", name="Put the place right").click()
    await expect(page.locator("#pin-picture svg")).to_be_visible()
    return Map(page, complaints, reference)


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


@pytest.mark.parametrize("size", SIZES)
async def test_a_spot_is_tapped_named_looked_at_and_saved_and_every_step_is_open_to_all(
    chromium: Browser, console: str, size: str
) -> None:
    shown = await open_map(chromium, console, SIZES[size], await a_reported_pothole())
    page = shown.page
    await shown.tap(0.2, 0.7)
    pin = await shown.pin()
    near = gazetteer().reverse(pin).name
    await shown.tells(f"New place: {near}")
    await expect(page.locator(".pin-legend").first).to_contain_text("Stands there now: Pico Blvd & 4th St")
    found = await barriers(page)
    assert (await request_of(shown.reference)).address == "Pico Blvd & 4th St", "nothing is saved yet"
    await page.get_by_role("button", name="Look at what changes").click()
    await expect(page.get_by_role("heading", name="What changes")).to_be_in_viewport()
    looked = page.locator("#look")
    await expect(looked.get_by_text(f"we corrected the place to: {near}")).to_be_visible()
    await expect(looked.get_by_role("img", name=f"Map around {near} and, as it stands now,")).to_be_visible()
    assert await looked.locator(".pin-mark").count() == 2
    await shown.tells(f"New place: {near}")
    found += await barriers(page)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.get_by_role("button", name="Save and tell them").click()
    await expect(page.get_by_role("status").filter(has_text="Put right.")).to_be_visible()
    row = await request_of(shown.reference)
    assert (row.address, row.lat, row.lon, row.location_kind) == (near, pin.lat, pin.lon, "pin")
    assert found == shown.complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_pin_of_what_stands_there_is_dragged_and_taken_back(
    chromium: Browser, console: str, size: dict[str, int]
) -> None:
    shown = await open_map(chromium, console, size, await a_reported_pothole())
    await shown.drag((0.5, 0.46), (0.75, 0.3))
    first = await shown.pin()
    assert first.lat > UNTIL.lat
    assert first.lon > UNTIL.lon
    await shown.drag((0.75, 0.3), (0.6, 0.3))
    assert UNTIL.lon < (await shown.pin()).lon < first.lon, "the new pin is dragged on"
    await shown.page.get_by_role("button", name="Take the pin away").click()
    assert await shown.entered() == "Pico Blvd & 4th St"
    await expect(shown.page.get_by_role("button", name="Take the pin away")).to_be_hidden()
    await expect(shown.page.locator("#pin-map")).to_be_focused()
    await expect(shown.page.locator("#pin-place")).to_be_empty()
    assert shown.complaints == []


async def test_arrows_move_the_pin_and_escape_takes_it_away(chromium: Browser, console: str) -> None:
    shown = await open_map(chromium, console, DESK, await a_reported_pothole())
    page = shown.page
    await page.locator("#place").press("Tab")
    await page.keyboard.press("ArrowUp")
    up = await shown.pin()
    assert up.lat > UNTIL.lat
    assert up.lon == pytest.approx(UNTIL.lon, abs=2e-6)
    await page.keyboard.press("Shift+ArrowRight")
    assert (await shown.pin()).lon - up.lon > 3 * (up.lat - UNTIL.lat)
    for _ in range(12):
        await page.keyboard.press("Shift+ArrowRight")
    await expect(page.locator("#pin-after .pin")).to_be_in_viewport()
    x, _, width, _ = await shown.box()
    eye = await page.locator("#pin-after .pin-eye").bounding_box()
    assert eye
    assert x < eye["x"] < x + width, "the map comes along"
    await page.keyboard.press("+")
    await page.keyboard.press("-")
    await page.keyboard.press("Escape")
    assert await shown.entered() == "Pico Blvd & 4th St"
    assert shown.complaints == []


async def test_pushing_the_map_and_its_buttons_leave_the_place_as_it_is(
    chromium: Browser, console: str
) -> None:
    shown = await open_map(chromium, console, DESK, await a_reported_pothole())
    before = await shown.page.locator("#pin-before .pin-eye").bounding_box()
    await shown.drag((0.1, 0.8), (0.3, 0.8))
    after = await shown.page.locator("#pin-before .pin-eye").bounding_box()
    assert before
    assert after
    assert after["x"] > before["x"]
    await shown.page.get_by_role("button", name="Closer").click()
    await shown.page.get_by_role("button", name="Farther").click()
    assert await shown.entered() == "Pico Blvd & 4th St"
    assert shown.complaints == []


async def test_outside_of_the_city_it_says_so_kindly_before_and_after_it_is_looked_at(
    chromium: Browser, console: str
) -> None:
    shown = await open_map(chromium, console, DESK, await a_reported_pothole())
    page = shown.page
    for _ in range(4):
        await page.get_by_role("button", name="Farther").click()
    await shown.tap(0.95, 0.5)
    await shown.tells("outside Santa Monica. Move the pin into the city, or take it away.")
    assert await barriers(page) == []
    await page.get_by_role("button", name="Look at what changes").click()
    await expect(page.get_by_role("alert")).to_contain_text("outside Santa Monica")
    await expect(page.get_by_role("alert")).to_contain_text("Not saved yet.")
    await shown.tells("outside Santa Monica")
    await page.get_by_role("button", name="Take the pin away").click()
    assert await shown.entered() == "Pico Blvd & 4th St"
    assert [one for one in shown.complaints if "422" not in one] == []


async def test_what_is_typed_goes_before_the_pin_and_typed_coordinates_are_one(
    chromium: Browser, console: str
) -> None:
    shown = await open_map(chromium, console, DESK, await a_reported_pothole())
    page = shown.page
    await page.locator("#place").fill("1427 Lincoln Blvd")
    await shown.tap(0.3, 0.8)
    assert "," in await shown.entered()
    await page.get_by_role("button", name="Take the pin away").click()
    assert await shown.entered() == "1427 Lincoln Blvd", "what was typed before it comes back"
    await shown.tap(0.3, 0.8)
    await page.locator("#place").fill("Main and Hill")
    await expect(page.locator("#pin-place")).to_be_empty()
    await expect(page.get_by_role("button", name="Take the pin away")).to_be_hidden()
    await page.locator("#place").fill("34.0195, -118.4912")
    await shown.tells("New place: ")
    await expect(page.locator("#pin-after .pin-eye")).to_be_in_viewport()
    assert shown.complaints == []


async def test_a_request_without_a_place_gets_one_from_the_map(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    async with transaction() as session:
        await correct_request(session, reference, Wanted(placeless=True), "staff:sam", datetime.now(UTC))
    shown = await open_map(chromium, console, PHONE, reference)
    page = shown.page
    nowhere = page.get_by_label("It has no place")
    await expect(nowhere).to_be_checked()
    await page.locator("#pin-map").focus()
    await page.keyboard.press("ArrowDown")
    await shown.tells("New place: ")
    await expect(nowhere).not_to_be_checked()
    await nowhere.check()
    assert await shown.entered() == ""
    await page.locator("#pin-map").focus()
    await page.keyboard.press("ArrowDown")
    await page.get_by_role("button", name="Look at what changes").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").filter(has_text="Put right.")).to_be_visible()
    assert (await request_of(reference)).location_kind == "pin"
    assert shown.complaints == []


async def test_without_scripts_there_is_no_map_and_the_place_is_typed(
    chromium: Browser, console: str
) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, DESK)
    context = await chromium.new_context(
        java_script_enabled=False, base_url=console, storage_state=await page.context.storage_state()
    )
    plain = await context.new_page()
    await plain.goto(f"/console/requests/{reference}/correct")
    await expect(plain.locator("#pin-part")).to_be_hidden()
    await plain.locator("#place").fill("1427 Lincoln Blvd")
    await plain.get_by_role("button", name="Look").click()
    await plain.get_by_role("button", name="Save and tell them").click()
    assert (await request_of(reference)).address == "1427 Lincoln Blvd"
