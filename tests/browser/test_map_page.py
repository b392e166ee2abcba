"""The page with the pin on a phone: dragged, tapped, moved by keys, and all of it without JavaScript as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Point
from bot.conversation.map_links import new_map_link
from bot.conversation.receive import receive
from bot.db.session import transaction
from bot.db.tables import Message
from tests.browser.test_console import TOO_FAINT

pytestmark = pytest.mark.browser

PICO = Point(34.0105, -118.4912)
PHONE = {"width": 375, "height": 740}
SMALLEST = {"width": 320, "height": 568}


@dataclass
class Shown:
    """The page on a phone, and everything the browser complained about."""

    page: Page
    complaints: list[str]

    async def value(self, name: str) -> float:
        return float(await self.page.locator(f"input[name={name}]").input_value())

    async def pin(self) -> tuple[float, float]:
        return await self.value("lat"), await self.value("lon")

    async def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """From a point of the map to another, in pixels of the phone."""
        box = await self.page.locator("#map").bounding_box()
        assert box
        mouse = self.page.mouse
        await mouse.move(box["x"] + start[0], box["y"] + start[1])
        await mouse.down()
        for step in (0.3, 0.7, 1.0):
            x, y = (start[axis] + (end[axis] - start[axis]) * step for axis in (0, 1))
            await mouse.move(box["x"] + x, box["y"] + y)
        await mouse.up()

    async def settled(self) -> None:
        """Until the picture of the part that is seen is there."""
        await expect(self.page.locator("#picture")).to_have_css("transform", "matrix(1, 0, 0, 1, 0, 0)")


async def a_link(language: str = "en", point: Point | None = PICO) -> str:
    async with transaction() as session:
        said = Inbound(
            Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="pothole", language_hint=language
        )
        conversation_id = (await receive(session, said)).conversation_id
        return urlsplit(await new_map_link(session, conversation_id, point)).path


async def sent_pins() -> list[tuple[float, float]]:
    async with transaction() as session:
        found = await session.scalars(select(Message.payload).where(Message.payload.has_key("pin")))
        return [(payload["pin"]["lat"], payload["pin"]["lon"]) for payload in found]


async def open_page(
    chromium: Browser, address: str, size: dict[str, int], *, javascript: bool = True, touch: bool = True
) -> Shown:
    context = await chromium.new_context(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=2,
        has_touch=touch,
        java_script_enabled=javascript,
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    await page.goto(address)
    return Shown(page, complaints)


@pytest.fixture
async def shown(chromium: Browser, console: str) -> AsyncIterator[Shown]:
    """The page of a report near Main St on a phone with JavaScript."""
    opened = await open_page(chromium, console + await a_link(), PHONE)
    await opened.page.wait_for_selector("html.moving")
    yield opened
    assert opened.complaints == []
    await opened.page.context.close()


async def test_the_pin_is_dragged_and_its_place_sent(shown: Shown) -> None:
    words = await shown.page.locator("#place").inner_text()
    side = 375
    await shown.drag((side / 2, side / 2 - 25), (side / 2 + 80, side / 2 - 65))
    lat, lon = await shown.pin()
    assert lat > PICO.lat
    assert lon > PICO.lon
    await expect(shown.page.locator("#place")).not_to_have_text(words)
    await expect(shown.page.locator("#place")).to_contain_text("Pin: ")
    await shown.page.get_by_role("button", name="Send this place").click()
    await expect(shown.page.get_by_role("heading")).to_have_text("Thank you!")
    assert await sent_pins() == [(lat, lon)]
    await shown.page.reload()
    await expect(shown.page.get_by_role("heading")).to_have_text("Thank you!")
    assert len(await sent_pins()) == 1


async def test_a_tap_puts_the_pin_there(shown: Shown) -> None:
    box = await shown.page.locator("#map").bounding_box()
    assert box
    await shown.page.touchscreen.tap(box["x"] + 60, box["y"] + 300)
    lat, lon = await shown.pin()
    assert lat < PICO.lat
    assert lon < PICO.lon
    tip = await shown.page.locator("#pin .shadow").bounding_box()
    assert tip
    assert tip["x"] + tip["width"] / 2 == pytest.approx(box["x"] + 60, abs=2)
    assert tip["y"] + tip["height"] / 2 == pytest.approx(box["y"] + 300, abs=4)


async def test_pushing_the_map_leaves_the_pin_where_it_is(shown: Shown) -> None:
    before = await shown.page.locator("#pin .eye").bounding_box()
    await shown.drag((40, 300), (140, 250))
    await shown.settled()
    after = await shown.page.locator("#pin .eye").bounding_box()
    assert before
    assert after
    assert await shown.pin() == (PICO.lat, PICO.lon)
    assert after["x"] - before["x"] == pytest.approx(100, abs=3)
    assert after["y"] - before["y"] == pytest.approx(-50, abs=3)


async def test_the_buttons_move_the_map_without_a_new_page(shown: Shown) -> None:
    await shown.page.evaluate("window.same = true")
    await shown.page.get_by_role("button", name="Closer").click()
    await shown.settled()
    assert await shown.value("zoom") == 18
    await shown.page.get_by_role("button", name="Up", exact=True).click()
    await shown.settled()
    assert await shown.value("clat") > PICO.lat
    await shown.page.get_by_role("button", name="Put the pin in the middle").click()
    assert await shown.pin() == (await shown.value("clat"), await shown.value("clon"))
    assert await shown.page.evaluate("window.same")


async def test_the_arrow_keys_move_the_pin_and_the_map_follows(shown: Shown) -> None:
    await shown.page.locator("#picture").focus()
    await shown.page.keyboard.press("ArrowUp")
    assert (await shown.pin())[0] > PICO.lat
    for _ in range(12):
        await shown.page.keyboard.press("Shift+ArrowRight")
    assert (await shown.pin())[1] > PICO.lon
    pin = await shown.page.locator("#pin .eye").bounding_box()
    frame = await shown.page.locator("#map").bounding_box()
    assert pin
    assert frame
    assert frame["x"] < pin["x"] < frame["x"] + frame["width"]
    await shown.page.keyboard.press("Tab")
    await expect(shown.page.get_by_role("button", name="Farther")).to_be_focused()
    assert await sent_pins() == []


async def test_outside_the_city_the_label_says_so_and_nothing_is_sent(shown: Shown) -> None:
    for _ in range(4):
        await shown.page.get_by_role("button", name="Farther").click()
    await shown.settled()
    await shown.drag((187, 160), (15, 360))
    await expect(shown.page.locator("#place")).to_have_text(
        "That is outside Santa Monica. Please move the pin into the city."
    )
    await shown.page.get_by_role("button", name="Send this place").click()
    await expect(shown.page.locator("#place.outside")).to_be_visible()
    assert await sent_pins() == []
    shown.complaints[:] = [text for text in shown.complaints if "422" not in text]


async def test_a_page_without_a_place_asks_for_a_tap_first(chromium: Browser, console: str) -> None:
    shown = await open_page(chromium, console + await a_link(point=None), PHONE)
    send = shown.page.get_by_role("button", name="Send this place")
    await send.click()
    await expect(shown.page.get_by_role("alert")).to_have_text(
        "Please tap the map first, so that we know the place."
    )
    await shown.drag((187, 187), (187, 187))
    await expect(shown.page.locator("#problem")).to_be_hidden()
    await expect(shown.page.locator("#place")).to_contain_text("Pin: ")
    await send.click()
    await expect(shown.page.get_by_role("heading")).to_have_text("Thank you!")
    assert len(await sent_pins()) == 1


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("size", [SMALLEST, PHONE, {"width": 1280, "height": 800}])
async def test_everything_fits_and_can_be_read(
    chromium: Browser, console: str, size: dict[str, int], javascript: bool
) -> None:
    shown = await open_page(chromium, console + await a_link("es"), size, javascript=javascript)
    page = shown.page
    for name in ("button", "input[type=image]"):
        for target in await page.locator(name).all():
            box = await target.bounding_box()
            assert box
            assert box["width"] >= 44
            assert box["height"] >= 44
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
    send = await page.locator(".send").bounding_box()
    assert send
    if size["height"] >= 700:  # seen without scrolling
        assert send["y"] + send["height"] <= size["height"]
    if javascript:
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert await page.evaluate(TOO_FAINT) == []
    assert shown.complaints == []


async def test_without_javascript_a_tap_and_a_button_do_the_same(chromium: Browser, console: str) -> None:
    shown = await open_page(chromium, console + await a_link(), SMALLEST, javascript=False)
    picture = shown.page.locator("#picture")
    box = await picture.bounding_box()
    assert box
    await shown.page.touchscreen.tap(box["x"] + 250, box["y"] + 100)
    await expect(shown.page.locator("#pin")).to_have_attribute("transform", "translate(250.0 100.0)")
    await shown.page.get_by_role("button", name="Closer").click()
    assert await shown.value("zoom") == 18
    lat, lon = await shown.pin()
    assert lat > PICO.lat
    await shown.page.get_by_role("button", name="Send this place").click()
    await expect(shown.page.get_by_role("heading")).to_have_text("Thank you!")
    assert await sent_pins() == [(lat, lon)]
    assert shown.complaints == []


async def test_an_old_phone_without_pointer_events_can_tap_and_drag(chromium: Browser, console: str) -> None:
    context = await chromium.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.add_init_script("delete window.PointerEvent")
    await page.goto(console + await a_link())
    await page.wait_for_selector("html.moving")
    shown = Shown(page, [])
    await shown.drag((60, 300), (60, 300))
    lat, _ = await shown.pin()
    assert lat < PICO.lat
    await shown.drag((60, 275), (120, 100))
    assert (await shown.pin())[0] > lat
    box = await page.locator("#map").bounding_box()
    assert box
    await page.touchscreen.tap(box["x"] + 187, box["y"] + 350)
    south, lon = await shown.pin()
    assert south < lat
    assert lon == pytest.approx(PICO.lon, abs=1e-5)
    await expect(page.locator("#pin-form")).to_be_visible()
