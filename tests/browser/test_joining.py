"""Comparing, joining and undoing in a browser: on the screen of a desk and of a phone, from the keyboard, in either light."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.status import Status
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import Contact
from bot.photos.intake import take_in
from bot.web.media import current_store
from tests.browser.conftest import DESK, PHONE, open_console
from tests.browser.test_console import TOO_FAINT, a_reported_pothole
from tests.console import a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.browser

BEN = "+13105550177"
BEACH = Location(Point(34.0196, -118.5096), LocationKind.PIN, "1500 Ocean Ave", neighborhood="Downtown")


async def two() -> tuple[str, str]:
    """A pothole with a photo, and Ben's graffiti by the beach, to which he added words and a photo."""
    first = await a_reported_pothole()
    ben = await a_conversation(BEN, "graffiti")
    second = await a_request(
        "two", ben, description="graffiti on the wall", service_code="graffiti", location=BEACH
    )
    taken = take_in(jpeg(shade=90))
    current_store().put(taken)
    async with transaction() as session:
        photo_id = (await keep_photo(session, taken)).id
        await session.execute(update(Contact).where(Contact.address == BEN).values(language="es"))
        await add_to_request(session, ben, Said("and now on the bench, too", (photo_id,), turn_id=7), second)
    return first, second


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_comparison_fits_its_screen_and_can_be_read(
    chromium: Browser, console: str, size: dict[str, int], scheme: str
) -> None:
    first, second = await two()
    page, complaints = await open_console(chromium, console, size, scheme)
    for address in (f"{second}/join?into={first}", second):
        await page.goto(f"/console/requests/{address}")
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert await page.evaluate(TOO_FAINT) == []
    assert complaints == []


async def test_a_join_is_confirmed_and_undone_from_the_keyboard(chromium: Browser, console: str) -> None:
    first, second = await two()
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{second}")
    await page.get_by_text("Join with another request").click()
    await page.get_by_label("Its reference").fill(first.lower())
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Are these the same?")).to_be_visible()
    await page.get_by_role("button", name=f"Join {second} into {first}").press("Enter")
    await expect(page.get_by_role("status").filter(has_text="is joined with this one")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"{first}$"))  # a reload or a bookmark offers it no more
    await page.get_by_role("button", name="Undo").press("Enter")
    await expect(page.get_by_text("nobody was told")).to_be_visible()
    async with transaction() as session:
        request = await find_request(session, second)
    assert (request.status, request.merged_into_id) == (Status.OPEN, None)
    assert complaints == []


async def test_the_offer_to_undo_goes_by_itself(chromium: Browser, console: str) -> None:
    first, second = await two()
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{second}/join?into={first}")
    await page.clock.install()
    await page.get_by_role("button", name=f"Join {second} into {first}").click()
    undo = page.get_by_role("button", name="Undo")
    await undo.focus()
    await page.clock.fast_forward(11_000)
    await expect(undo).to_be_hidden()
    assert await page.evaluate("document.activeElement.id") == "main"


async def test_without_scripts_it_is_joined_and_undone_all_the_same(chromium: Browser, console: str) -> None:
    first, second = await two()
    page, _ = await open_console(chromium, console, DESK)
    context = await chromium.new_context(
        java_script_enabled=False,
        base_url=console,
        storage_state=await page.context.storage_state(),
    )
    plain = await context.new_page()
    await plain.goto(f"/console/requests/{second}/join?into={first}")
    await plain.get_by_role("button", name=f"Join {second} into {first}").click()
    await plain.get_by_role("button", name="Undo").click()
    await expect(plain.get_by_text("nobody was told")).to_be_visible()
