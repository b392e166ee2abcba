"""Every page of ours, on a phone and on a desk, light and dark, as axe-core sees it: no violation of WCAG 2.1 A or AA."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.public_links import public_token
from bot.cases.roles import Role
from bot.cases.showing import list_on_city_page, show_photo, write_summary
from bot.cases.status import Status
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.outbox import Option, Reply, queue_replies
from bot.conversation.receive import receive
from bot.conversation.wordings import set_words
from bot.db.session import transaction
from bot.db.tables import Conversation, Staff
from bot.editing.follow import forget
from bot.simulator.config import SimulatorConfig
from bot.web.console import requests as console_requests
from tests.browser.axe import AXE, violations
from tests.browser.conftest import open_console
from tests.browser.test_city_page_shown import a_busy_city, shown
from tests.browser.test_map_page import a_link
from tests.browser.test_public_page_shown import STATES, a_photo, change, path_in
from tests.console import PICO, a_conversation, a_request
from tests.simulation import serving

__all__ = ["shown"]  # the fixture

pytestmark = pytest.mark.browser

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


async def barriers(page: Page) -> list[str]:
    """What keeps somebody out of the page as it is now, in the light and in the dark."""
    found = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for broken in await violations(page, colors_only=scheme == "dark"):
            width = page.viewport_size["width"] if page.viewport_size else 0
            found.append(f"{page.url} at {width}, {scheme}: {broken}")
    return found


async def barriers_at(chromium: Browser, *addresses: str) -> list[str]:
    """The same of pages, on a phone and on a desk."""
    found = []
    context = await chromium.new_context(viewport=SIZES["phone"])  # type: ignore[arg-type]
    page = await context.new_page()
    for address in addresses:
        await page.goto(address)
        for size in SIZES.values():
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            found += await barriers(page)
    await context.close()
    return found


async def test_public_pages_of_requests(chromium: Browser, console: str) -> None:
    assert await barriers_at(chromium, *[console + await path_in(state) for state in STATES]) == []


async def test_a_public_page_with_all_that_staff_can_show(chromium: Browser, console: str) -> None:
    reference = await a_request("shown", photo_ids=(await a_photo(700),))
    await everything_shown(reference)
    async with transaction() as session:
        request = await find_request(session, reference)
    assert await barriers_at(chromium, f"{console}/r/{public_token(request.id)}?lang=es") == []


@pytest.mark.usefixtures("shown")
async def test_the_city_page(chromium: Browser, console: str) -> None:
    assert await barriers_at(chromium, f"{console}/") == []
    await a_busy_city()
    assert await barriers_at(chromium, f"{console}/?lang=en", f"{console}/?lang=es") == []


async def test_the_map_page(chromium: Browser, console: str) -> None:
    paths = (await a_link(), await a_link("es", None), "/m/23456789ABCDEFGHJKLMNP")
    assert await barriers_at(chromium, *[console + path for path in paths]) == []


@pytest.mark.parametrize("size", SIZES)
async def test_the_login_and_its_refusal(chromium: Browser, console: str, size: str) -> None:
    context = await chromium.new_context(viewport=SIZES[size])  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{console}/console/login")
    found = await barriers(page)
    await page.get_by_label("Username").fill("maria")
    await page.get_by_label("Password").fill("not this one")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("alert").wait_for()
    assert [*found, *await barriers(page)] == []
    await context.close()


@pytest.fixture
async def full_console(console: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two requests with photos, followers, history and a conversation in both languages."""
    ours = console_requests.settings().model_copy(update={"city_page": "on"})
    monkeypatch.setattr(console_requests, "settings", lambda: ours)
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id, photo_ids=(await a_photo(640), await a_photo(480)))
    spanish = await a_spanish_conversation()
    await a_request("two", spanish, language="es", service_code="graffiti")
    async with transaction() as session:
        await follow_request(session, Following(spanish, reference, "aquí también", "por la tienda", PICO))
        conversation = await session.get_one(Conversation, conversation_id)
        replies = [
            Reply("Which one is it?", (Option("Send it", "/file"), Option("Change it", "/change"))),
            Reply("Thanks!"),
        ]
        asked, failed = await queue_replies(session, conversation, replies)
        asked.state = "delivered"
        failed.state, failed.detail = "failed", "the number cannot be reached"
        waiting = await session.get_one(Conversation, spanish)
        waiting.wants_person_at, waiting.wants_person_why = datetime.now(UTC), "asked"
    await change(reference, Status.IN_PROGRESS, "A crew comes on Tuesday.", internal_note="Bring asphalt.")
    await change(reference, Status.RESOLVED, "Filled.", photo_ids=(await a_photo(720),))
    await everything_shown(reference)
    return console


async def a_spanish_conversation() -> int:
    async with transaction() as session:
        said = Inbound(
            Channel.TELEGRAM, InboundKind.MESSAGE, "77", "77", text="hay grafiti", language_hint="es"
        )
        return (await receive(session, said)).conversation_id


async def everything_shown(reference: str) -> None:
    async with transaction() as session:
        request = await find_request(session, reference)
        for photo in request.photos:
            if photo.kind == "report":
                await show_photo(session, reference, photo.photo_id, "staff:ana", shown=True)
        await write_summary(session, reference, "A deep pothole in the right lane.", "staff:ana")
        await list_on_city_page(session, reference, "staff:ana", datetime.now(UTC), listed=True)


Steps = Callable[[Page], Awaitable[None]]


async def _list(page: Page) -> None:
    await page.goto("/console/requests")


async def _search_without_result(page: Page) -> None:
    await page.goto("/console/requests?q=nothing+like+this")


async def _request(page: Page) -> None:
    await page.goto("/console/requests?status=all")
    await page.get_by_role("link", name="Pothole or damaged").click()
    await page.get_by_role("heading", name="Pothole or damaged road").wait_for()


async def _request_all_open(page: Page) -> None:
    await _request(page)
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


async def _refused_change(page: Page) -> None:
    await _request(page)
    await page.get_by_label("Message", exact=True).check(force=True)
    await page.get_by_role("button", name="Send the message").click()
    await page.get_by_role("alert").first.wait_for()
    await page.evaluate("scrollTo(0, 0)")  # what the bar covers by half is no smaller for it


async def _conversations(page: Page) -> None:
    await page.goto("/console/conversations")


async def _conversation(page: Page) -> None:
    await page.goto("/console/conversations")
    await page.locator("a.conversation").last.click()
    await page.locator(".transcript").wait_for()


async def _spanish_conversation(page: Page) -> None:
    await page.goto("/console/conversations")
    await page.locator("a.conversation").first.click()
    await page.locator(".transcript").wait_for()


async def _comparing_two(page: Page) -> None:
    one = await a_request("one of two", await a_conversation("+13105550161"))
    other = await a_request("two of two", await a_conversation("+13105550162"), service_code="graffiti")
    await page.goto(f"/console/requests/{one}/join?into={other}")
    await page.get_by_role("heading", name=re.compile("same|join", re.I)).first.wait_for()


async def _week(page: Page) -> None:
    await page.goto("/console/week")


async def _known_problems(page: Page) -> None:
    await page.goto("/console/alerts")
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


async def _a_known_problem_looked_at(page: Page) -> None:
    await page.goto("/console/alerts")
    await page.get_by_label("Where").fill("Pico and 4th")
    await page.get_by_label("Until", exact=True).fill("2099-12-01T18:00")
    await page.get_by_label("What residents are told").fill("works on Pico.")
    await page.get_by_label("The same in Spanish").last.fill("obras en Pico.")
    await page.get_by_role("button", name="Look whom it reaches").click()
    await page.get_by_role("button", name="Tell them").wait_for()


async def _a_known_problem_given_out(page: Page) -> None:
    await page.get_by_role("button", name="Tell them").click()
    await page.get_by_text("Given out.").wait_for()
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


async def _the_menu(page: Page) -> None:
    await page.goto("/console/requests")
    await page.locator(".account summary").click()


async def _account_refused(page: Page) -> None:
    await page.goto("/console/account")
    await page.get_by_label("What runs late").check()
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Not saved yet.").wait_for()


async def _account_saved(page: Page) -> None:
    await page.get_by_label("Your e-mail address").fill("maria@example.gov")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Saved.", exact=True).wait_for()


async def _no_such_page(page: Page) -> None:
    await page.goto("/console/requests/SM-NOSUCH")


WAYS: tuple[Steps, ...] = (
    _list,
    _search_without_result,
    _request,
    _request_all_open,
    _refused_change,
    _conversations,
    _conversation,
    _spanish_conversation,
    _comparing_two,
    _week,
    _known_problems,
    _a_known_problem_looked_at,
    _a_known_problem_given_out,
    _the_menu,
    _account_refused,
    _account_saved,
    _no_such_page,
)


@pytest.mark.parametrize("size", SIZES)
async def test_the_console(chromium: Browser, full_console: str, size: str) -> None:
    page, _ = await open_console(chromium, full_console, SIZES[size])
    found = []
    for way in WAYS:
        await way(page)
        found += await barriers(page)
        if await page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
            found.append(f"{page.url} is wider than the {size}")
    assert found == []
    await page.context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_what_staff_change_of_the_city(chromium: Browser, full_console: str, size: str) -> None:
    async with transaction() as session:
        await session.execute(update(Staff).values(role=Role.ADMIN))
    page, complaints = await open_console(chromium, full_console, SIZES[size])
    found = []
    for address in (
        "",
        "/services",
        "/departments",
        "/departments/new",
        "/calendar/entry",
        "/keeping/entry?at=keeping",
        "/follow-ups/entry?at=services%2Fpothole%2Fquestions%2Fsize",
    ):
        await page.goto(f"/console/city{address}")
        found += await barriers(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], address
    try:
        await page.goto("/console/city/services/entry?at=services%2Fpothole")
        await page.locator("[name='guidance.en']").fill("A picture helps the crew.")
        await page.locator("#said").get_by_text("A picture helps the crew.").wait_for()
        await page.locator("[name='usual_days.p80']").fill("soon")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("A whole number from 0 to 400, please.").wait_for()
        found += await barriers(page)
        await page.locator("[name='usual_days.p80']").fill("15")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("It holds within seconds.").wait_for()
        assert page.url.endswith(
            "/entry?at=services%2Fpothole"
        )  # it can be loaded anew, and says "Saved" once
        found += await barriers(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    finally:
        forget()
    assert found == []
    assert [one for one in complaints if "422" not in one] == []
    await page.context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_the_words_of_updates(chromium: Browser, full_console: str, size: str) -> None:
    async with transaction() as session:
        await session.execute(update(Staff).values(role=Role.ADMIN))
        await set_words(session, "resolved", "en", "{reference}, {about}: mended.", "staff:maria")
    page, complaints = await open_console(chromium, full_console, SIZES[size])
    await page.goto("/console/words")
    found = await barriers(page)
    await page.get_by_role("link", name="Done", exact=True).click()
    await page.get_by_label("Words in Spanish").fill("Ya quedó {about} 🎉 {crew}")
    await page.get_by_text("is no field of these words").wait_for()
    assert [*found, *await barriers(page)] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert complaints == []
    await page.context.close()


async def test_what_a_spanish_resident_says_is_read_aloud_in_spanish(
    chromium: Browser, full_console: str
) -> None:
    page, _ = await open_console(chromium, full_console, SIZES["desk"])
    await _spanish_conversation(page)
    await expect(page.get_by_text("hay grafiti", exact=True)).to_have_attribute("lang", "es")
    await _request(page)
    await expect(page.locator(".line .body").first).to_have_attribute("lang", "en")
    await page.context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_the_phones(chromium: Browser, size: str) -> None:
    config = SimulatorConfig(
        sms_webhook="http://127.0.0.1:9/channels/sms", telegram_webhook="http://127.0.0.1:9/channels/telegram"
    )
    with serving(config) as running:
        context = await chromium.new_context(viewport=SIZES[size])  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(running.base_url)
        await page.wait_for_selector("html[data-ready=yes]")
        found = await barriers(page)
        await page.get_by_role("button", name="Add a photo or a location").first.click()
        await page.get_by_role("dialog", name="Add").first.wait_for()
        assert [*found, *await barriers(page)] == []
        await context.close()


async def test_a_page_that_keeps_somebody_out_is_noticed(chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.set_content("<p style='color: #bbb'>faint</p><button></button><img src='/nothing.png'>")
    told = "\n".join(await violations(page))
    for rule in ("color-contrast", "button-name", "image-alt", "html-has-lang", "page-has-heading-one"):
        assert f"{rule}:" in told, rule
    await page.close()


def test_axe_is_the_one_its_note_names() -> None:
    note = AXE.with_name("README.md").read_text(encoding="utf-8")
    digest = hashlib.sha256(AXE.read_bytes()).hexdigest()
    assert digest in note
    version = re.search(r"axe v([\d.]+)", AXE.read_text(encoding="utf-8")[:200])
    assert version
    assert version[1] in note
