"""Open tabs hear of changes: one stream for all tabs of a browser, danger over every page, and who else is here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cases.staff import create_staff
from bot.conversation.danger_marks import escalate
from bot.db.session import transaction
from bot.db.tables import Conversation
from bot.web.live.stream import hub
from tests.alarms import alarms, told_danger
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, open_console
from tests.browser.test_console import TOO_FAINT
from tests.console import PASSWORD, a_conversation, a_request
from tests.journeys.stack import eventually

pytestmark = pytest.mark.browser

SOON = 2_000  # milliseconds


@pytest.fixture
async def ben(chromium: Browser, console: str) -> AsyncIterator[Page]:
    """Another clerk, at another browser."""
    async with transaction() as session:
        await create_staff(session, "ben", PASSWORD, name="Ben Ortiz")
    context = await chromium.new_context(viewport=DESK, base_url=console)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto("/console/login")
    await page.get_by_label("Username").fill("ben")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/console/requests")
    yield page
    await context.close()


async def until_listening(streams: int = 1) -> None:
    await eventually(lambda: hub.streams == streams, f"{streams} streams")


async def test_danger_comes_up_by_itself_and_goes_from_all_screens_when_one_sees_to_it(
    chromium: Browser, console: str, ben: Page
) -> None:
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto("/console/account")
    await until_listening(2)
    await told_danger(text="smoke comes out of the window")
    for screen in (page, ben):
        band = screen.locator(".danger-band")
        await expect(band).to_contain_text("smoke comes out of the window", timeout=SOON)
        await expect(screen).to_have_title(re.compile(r"^\(1\) ⚠ "))
    await ben.get_by_role("button", name="I see to it").click()
    for screen in (ben, page):
        await expect(screen.locator(".danger-band")).to_have_count(0, timeout=SOON)
    assert ben.url.endswith("/console/requests"), "who sees to it stays where they are"
    assert complaints == []
    await page.context.close()


async def test_danger_is_heard_once_somebody_has_pressed_something_and_louder_when_nobody_came(
    chromium: Browser, console: str
) -> None:
    page, complaints = await open_console(chromium, console, DESK)
    await until_listening()
    await told_danger()
    await page.get_by_role("button", name="Turn the sound on").click()
    await expect(page.get_by_role("button", name="Turn the sound on")).to_be_hidden()
    (alarm,) = await alarms()
    async with transaction() as session:
        await escalate(session, alarm.id, datetime.now(UTC))
    await expect(page.locator(".danger-band.loud")).to_contain_text("Everybody was told.", timeout=SOON)
    await expect(page.locator("html[data-heard=loud]")).to_have_count(1)
    assert complaints == []
    await page.context.close()


async def test_who_does_not_want_to_hear_it_is_not_asked_for_sound(chromium: Browser, console: str) -> None:
    page, _ = await open_console(chromium, console, DESK)
    await page.goto("/console/account")
    await page.get_by_label("A sound when somebody tells of danger").uncheck()
    await (
        page.locator("form[action='/console/account/alarms']").get_by_role("button", name="Keep this").click()
    )
    await page.get_by_text("Saved.", exact=True).wait_for()
    await told_danger()
    await expect(page.locator(".danger-band")).to_be_visible(timeout=SOON)
    await expect(page.get_by_role("button", name="Turn the sound on")).to_be_hidden()
    await expect(page.locator("html[data-heard]")).to_have_count(0)
    await page.context.close()


async def test_who_waits_is_counted_in_the_title_of_every_tab_also_of_one_nobody_looks_at(
    chromium: Browser, console: str
) -> None:
    page, _ = await open_console(chromium, console, DESK)
    other = await page.context.new_page()
    await other.goto("/console/conversations")
    conversation = await a_conversation()
    await until_listening()
    async with transaction() as session:
        (await session.get_one(Conversation, conversation)).wants_person_at = datetime.now(UTC)
    for tab in (page, other):
        await expect(tab).to_have_title(re.compile(r"^\(1\) "), timeout=SOON)
    await page.context.close()


async def test_ten_tabs_of_a_browser_have_one_stream_and_all_hear_of_it(
    chromium: Browser, console: str
) -> None:
    page, complaints = await open_console(chromium, console, DESK)
    tabs = [page]
    for _ in range(9):
        tabs.append(await page.context.new_page())
        await tabs[-1].goto("/console/requests")  # six of them and no more would open, had each a stream
    await until_listening()
    reference = await a_request()
    for tab in tabs:
        await tab.bring_to_front()
        await expect(tab.locator("a.request")).to_contain_text(reference)
    assert hub.streams == 1
    await page.close()  # the one that held it
    await until_listening()
    second = await a_request("two")
    await expect(tabs[1].locator("a.request").first).to_contain_text(second)
    assert complaints == []
    await tabs[1].context.close()


async def test_two_people_at_one_request_see_each_other_until_one_leaves(
    chromium: Browser, console: str, ben: Page
) -> None:
    reference = await a_request()
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/requests/{reference}")
    await expect(page.locator("#here")).to_be_empty()
    await ben.goto(f"/console/requests/{reference}")
    await expect(page.locator("#here")).to_contain_text("Ben Ortiz has this open, too")
    await expect(ben.locator("#here")).to_contain_text("Maria Lopez has this open, too")
    await ben.goto("/console/requests")
    await expect(page.locator("#here")).to_be_empty()
    await page.context.close()


async def test_a_page_whose_stream_is_refused_looks_by_itself(chromium: Browser, console: str) -> None:
    page, _ = await open_console(chromium, console, DESK)
    # As a proxy does that lets no stream through.
    await page.route(re.compile(r"/console/live\?"), lambda route: route.fulfill(status=502))
    await page.goto("/console/requests")
    await expect(page.locator("#nothing")).to_contain_text("No requests yet")
    reference = await a_request()
    await expect(page.locator("a.request")).to_contain_text(reference, timeout=40_000)
    await page.context.close()


async def test_without_scripts_the_band_is_there_and_its_button_works(
    chromium: Browser, console: str
) -> None:
    context = await chromium.new_context(java_script_enabled=False, base_url=console)
    page = await context.new_page()
    await page.goto("/console/login")
    await page.get_by_label("Username").fill("maria")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    conversation = await told_danger()
    await page.goto("/console/requests")
    await page.get_by_role("button", name="I see to it").click()
    await page.wait_for_url(f"**/console/conversations/{conversation}")
    await expect(page.locator(".danger-band")).to_have_count(0)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_band_keeps_nobody_out_and_fits(
    chromium: Browser, console: str, size: dict[str, int], scheme: str
) -> None:
    page, _ = await open_console(chromium, console, size, scheme)
    await told_danger(text="¡Auxilio! " + "hay un hombre con una pistola frente a la escuela " * 5)
    await told_danger("+13105550177", "https://" + "x" * 300, kinds=("crisis",))
    async with transaction() as session:
        await escalate(session, (await alarms())[0].id, datetime.now(UTC))
    for address in ("/console/requests", "/console/conversations", "/console/account"):
        await page.goto(address)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert await page.evaluate(TOO_FAINT) == []
    await page.context.close()
