"""Pages around a request that staff change it with: nobody is kept out, nothing is wider than a phone, and what is drawn is covered."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Photo
from bot.delivery.push import update_request
from bot.photos.cover import Edit
from tests.browser.axe import violations
from tests.browser.conftest import DESK, open_console
from tests.browser.test_public_page_shown import a_photo
from tests.console import a_conversation, a_request

pytestmark = pytest.mark.browser


async def barriers(page: Page, width: int) -> list[str]:
    found: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{page.url}, {scheme}: {one}" for one in await violations(page)]
    if await page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{page.url} is too wide")
    return found


@pytest.mark.parametrize("width", [390, 1440])
async def test_nobody_is_kept_out_of_the_pages_around_a_request(
    chromium: Browser, console: str, width: int
) -> None:
    conversation_id = await a_conversation()
    photos = [await a_photo(600 + number) for number in range(9)]
    reference = await a_request("one", conversation_id, photo_ids=tuple(photos))
    await a_request("two", await a_conversation("+13105550161"))
    async with transaction() as session:
        note = Change(reference, Status.OPEN, "staff:sam", internal_note="@maria which asphalt?")
        await update_request(session, note)
    page, complaints = await open_console(chromium, console, {"width": width, "height": 844})
    found = []
    for address in (
        "/console/mentions",
        "/console/new-request",
        f"/console/conversations/{conversation_id}/file",
        f"/console/requests/{reference}/photos/{photos[0]}",
    ):
        await page.goto(address)
        found += await barriers(page, width)
    await page.goto(f"/console/requests/{reference}")
    for act in ("message", "ask", "note", "status"):
        await page.locator(f"#act-{act}").check(force=True)
        found += await barriers(page, width)
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found += await barriers(page, width)
    assert found == []
    assert complaints == []
    await page.context.close()


async def test_a_box_drawn_on_a_photo_covers_it(chromium: Browser, console: str) -> None:
    photo_id = await a_photo(640)
    reference = await a_request("one", photo_ids=(photo_id,))
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}/photos/{photo_id}")
    picture = await page.locator("#cover-picture").bounding_box()
    assert picture is not None
    await page.mouse.move(picture["x"] + picture["width"] * 0.25, picture["y"] + picture["height"] * 0.25)
    await page.mouse.down()
    await page.mouse.move(picture["x"] + picture["width"] * 0.75, picture["y"] + picture["height"] * 0.5)
    await page.mouse.up()
    await page.get_by_role("button", name="Cover it").click()
    await expect(page.get_by_role("heading", name="Covered parts")).to_be_visible()
    async with transaction() as session:
        (box,) = Edit.of((await session.get_one(Photo, photo_id)).edit).boxes
    assert (box.left, box.top, box.width, box.height) == pytest.approx((25, 25, 50, 25), abs=1)
    await page.context.close()


async def test_the_act_that_was_left_unsaved_is_shown_again_and_saving_another_keeps_it(
    chromium: Browser, console: str
) -> None:
    reference = await a_request()
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    await page.locator("#act-ask").check(force=True)
    await page.get_by_label("Question to the resident").fill("Which lane?")
    await page.reload()
    await expect(page.get_by_label("Question to the resident")).to_have_value("Which lane?")
    await expect(page.locator("#act-ask")).to_be_checked()
    await page.locator("#act-note").check(force=True)
    await page.get_by_label("Mention somebody").select_option("maria")
    await expect(page.locator("#note-words")).to_have_value("@maria ")
    await page.get_by_role("button", name="Save the note").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.locator("#act-ask").check(force=True)
    await expect(page.get_by_label("Question to the resident")).to_have_value("Which lane?")
    async with transaction() as session:
        assert (await find_request(session, reference)).updates[-1].internal_note == "@maria"
    await page.context.close()


async def test_what_is_refused_is_read_first_and_what_goes_out_is_seen_while_typing(
    chromium: Browser, console: str
) -> None:
    reference = await a_request()
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    await page.locator("#act-message").check(force=True)
    await page.get_by_role("button", name="Send the message").click()
    await expect(page.locator("#problem")).to_be_focused()
    await page.get_by_label("Message to the resident").fill("We saw it.")
    await expect(page.locator("#told-message .said")).to_contain_text(reference)
    await expect(page.locator("#told-message .said")).to_contain_text("We saw it.")
    await expect(page.locator("#told-message")).to_contain_text("1 SMS")
    await page.context.close()
