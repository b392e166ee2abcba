"""The public page of a request on a phone and on a desk, light and dark, and without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from bot.cases.photos import keep_photo
from bot.cases.public_links import public_token
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.city.current import calendar
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.photos.intake import take_in
from bot.settings import load_settings
from bot.web import public_words
from bot.web.media import current_store
from tests.browser.test_console import TOO_FAINT
from tests.console import a_request
from tests.photos import jpeg

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SMALLEST = {"width": 320, "height": 568}
PICO = Location(Point(34.0105, -118.4912), LocationKind.INTERSECTION, "Pico Blvd & 4th St")
STATES = ("new", "late", "on_hold", "done", "not_ours", "nowhere", "unknown")
# What no reader of the page would hear or reach: WCAG 2.1 1.1.1, 1.3.1, 2.4.4, 4.1.1, 4.1.2.
UNNAMED = """() => {
  const found = [];
  const name = (e) => [e.getAttribute("aria-label"), e.alt, e.textContent, e.querySelector("img")?.alt].join("").trim();
  for (const e of document.querySelectorAll("a, button, img, svg[role=img], ol[aria-label]")) if (!name(e)) found.push(`no name: ${e.outerHTML.slice(0, 80)}`);
  for (const e of document.querySelectorAll("[aria-labelledby]")) if (!document.getElementById(e.getAttribute("aria-labelledby"))) found.push(`no label: ${e.outerHTML.slice(0, 80)}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) found.push("an id twice");
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3")) {
    if (+e.tagName[1] > level + 1) found.push(`skips a level: ${e.textContent}`);
    level = +e.tagName[1];
  }
  if (document.querySelectorAll("h1").length !== 1 || document.querySelectorAll("main").length !== 1) found.push("one h1 and one main");
  if (!document.title || !document.documentElement.lang) found.push("title and language");
  return found;
}"""


@dataclass
class Shown:
    """The page as one browser has it, and everything the browser complained about."""

    page: Page
    complaints: list[str]


async def a_photo(width: int) -> int:
    taken = take_in(jpeg(width))
    current_store().put(taken)
    async with transaction() as session:
        return (await keep_photo(session, taken)).id


async def change(reference: str, status: Status, text: str = "", **more: object) -> None:
    async with transaction() as session:
        await change_request(session, Change(reference, status, "staff:ana", text, **more))  # type: ignore[arg-type]


async def path_in(state: str) -> str:
    """The page of a request in that state."""
    if state == "unknown":
        return "/r/AAAAAAAAAAAAAAAAAAAAAA"
    nowhere = {"service_code": "public_records", "location": None, "place_text": ""}
    reference = await a_request(state, **(nowhere if state == "nowhere" else {"location": PICO}))  # type: ignore[arg-type]
    if state == "new":
        await due(reference, days=9)
    elif state == "late":
        await change(reference, Status.IN_PROGRESS, "A crew has looked at it and ordered the asphalt.")
        await change(reference, Status.IN_PROGRESS, "The street is closed on Tuesday from 8 am to noon.")
        await due(reference, days=-3)
    elif state == "on_hold":
        await change(
            reference, Status.ON_HOLD, "We are waiting for the new lamp. It should be here next week."
        )
        await due(reference, days=3)
    elif state == "done":
        await change(reference, Status.IN_PROGRESS, "A crew comes on Tuesday.")
        photos = (await a_photo(640), await a_photo(480))
        await change(
            reference, Status.RESOLVED, "We filled the hole and smoothed the edge.", photo_ids=photos
        )
    elif state == "not_ours":
        whose = "Caltrans, (213) 897-3656"
        await change(reference, Status.CLOSED, resolution=Resolution.NOT_OURS, referred_to=whose)
    async with transaction() as session:
        found = await session.scalar(select(ServiceRequest.id).where(ServiceRequest.reference == reference))
    assert found is not None
    return f"/r/{public_token(found)}"


async def due(reference: str, days: int) -> None:
    day = datetime.now(calendar().time_zone).date() + timedelta(days)
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest).where(ServiceRequest.reference == reference).values(due_on=day)
        )


async def open_page(
    chromium: Browser,
    address: str,
    size: dict[str, int],
    *,
    javascript: bool = True,
    script: str = "",
) -> Shown:
    context = await chromium.new_context(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=2,
        java_script_enabled=javascript,
    )
    page = await context.new_page()
    if script:
        await page.add_init_script(script)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    await page.goto(address)
    return Shown(page, complaints)


@pytest.fixture
def with_number(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = load_settings(
        TWILIO_ACCOUNT_SID="AC" + "0" * 32, TWILIO_AUTH_TOKEN="t", TWILIO_FROM="+13105550100"
    )
    monkeypatch.setattr(public_words, "settings", lambda: ours)


@pytest.mark.usefixtures("with_number")
@pytest.mark.parametrize("lang", ["en", "es"])
async def test_every_state_fits_can_be_read_and_is_named(chromium: Browser, console: str, lang: str) -> None:
    for state in STATES:
        address = f"{console}{await path_in(state)}?lang={lang}"
        shown = await open_page(chromium, address, PHONE)
        page = shown.page
        assert await page.evaluate(UNNAMED) == [], state
        for size in (SMALLEST, PHONE, DESK):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], state
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                assert await page.evaluate(TOO_FAINT) == [], (state, size, scheme)
            for target in await page.locator("a:visible, button:visible").all():
                box = await target.bounding_box()
                assert box
                assert box["height"] >= 44, (state, size, await target.inner_text())
        expected = "404" if state == "unknown" else "nothing"
        assert [text for text in shown.complaints if expected not in text] == [], state
        await page.context.close()


@pytest.mark.usefixtures("with_number")
async def test_everything_is_there_without_javascript(chromium: Browser, console: str) -> None:
    shown = await open_page(chromium, console + await path_in("done"), PHONE, javascript=False)
    page = shown.page
    await expect(page.get_by_role("heading", name="Done")).to_be_visible()
    await expect(page.get_by_role("img", name="Map of the streets around Pico Blvd & 4th St")).to_be_visible()
    link = page.get_by_role("link", name="Still not fixed")
    assert (await link.get_attribute("href") or "").startswith("sms:+13105550100?&body=")
    await expect(page.locator("#share")).to_be_hidden()
    await expect(page.locator("#address")).to_contain_text("/r/")
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_role("heading", name="Terminado")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert shown.complaints == []
    await page.get_by_role("link", name="After the work").first.click()
    await expect(page.locator("img")).to_be_visible()


async def test_the_page_is_passed_on_the_phones_own_way(chromium: Browser, console: str) -> None:
    path = await path_in("new")
    script = "window.shared = []; navigator.share = (what) => { shared.push(what); return Promise.reject(new Error('closed')); };"
    shown = await open_page(chromium, f"{console}{path}?lang=es", PHONE, script=script)
    await shown.page.get_by_role("button", name="Compartir esta página").click()
    (what,) = await shown.page.evaluate("window.shared")
    assert what["url"].endswith(path)  # without the language: whoever gets it has their own
    assert what["title"].startswith("Bache o calle en mal estado, SM-")
    assert shown.complaints == []


@pytest.mark.usefixtures("with_number")
async def test_the_keys_reach_everything_in_the_order_of_the_page(chromium: Browser, console: str) -> None:
    shown = await open_page(chromium, console + await path_in("done"), DESK)
    reached = []
    for _ in range(4):
        await shown.page.keyboard.press("Tab")
        focus = "(e => e.innerText.trim() || e.querySelector('img')?.alt)(document.activeElement)"
        reached.append(await shown.page.evaluate(focus))
    assert reached == [
        "Español",
        "After the work, Today (1/2)",
        "After the work, Today (2/2)",
        "Still not fixed",
    ]


async def test_nothing_is_asked_of_anybody_else(chromium: Browser, console: str) -> None:
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(console + await path_in("done"), wait_until="networkidle")
    assert len(asked) > 4
    assert [address for address in asked if not address.startswith(console)] == []
