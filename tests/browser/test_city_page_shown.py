"""The city's page on a phone and on a desk, light and dark, in both languages, and without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import insert

from bot.cases.showing import list_on_city_page
from bot.cases.status import Resolution, Status
from bot.city.current import catalogue
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.settings import load_settings
from bot.web import city_page, city_words
from tests.browser.test_console import TOO_FAINT
from tests.browser.test_public_page_shown import DESK, PHONE, SMALLEST, UNNAMED, change, open_page
from tests.console import a_request

pytestmark = pytest.mark.browser

ELEVENTH = Location(Point(34.021034, -118.487499), LocationKind.ADDRESS, "1437 11th St")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = load_settings(
        CITYLINE_CITY_PAGE="on",
        TWILIO_ACCOUNT_SID="AC" + "0" * 32,
        TWILIO_AUTH_TOKEN="t",
        TWILIO_FROM="+13105550100",
    )
    for module in (city_page, city_words):
        monkeypatch.setattr(module, "settings", lambda: ours)


async def a_busy_city() -> None:
    """Requests in each way to stand, and work done of every service there is."""
    ways = (
        (Status.OPEN, {}),
        (Status.IN_PROGRESS, {}),
        (Status.RESOLVED, {}),
        (Status.CLOSED, {"resolution": Resolution.NOTHING_FOUND}),
    )
    for number, (status, more) in enumerate(ways * 3):
        reference = await a_request(
            f"n{number}", service_code=sorted(catalogue().services)[number], location=ELEVENTH
        )
        if status is not Status.OPEN:
            await change(reference, status, "We looked at it.", **more)
        async with transaction() as session:
            await list_on_city_page(session, reference, "staff:ana", datetime.now(UTC), listed=True)
    now = datetime.now(UTC)
    async with transaction() as session:
        await session.execute(
            insert(ServiceRequest),
            [
                {
                    "reference": f"T{service}-{number}",
                    "idempotency_key": f"{code} {number}",
                    "service_code": code,
                    "description": "",
                    "place_text": "",
                    "address": "",
                    "status": "resolved",
                    "resolution": "fixed",
                    "channel": "sms",
                    "language": "en",
                    "created_at": now - timedelta(days=service),
                    "ended_at": now,
                }
                for service, code in enumerate(catalogue().services)
                for number in range(5)
            ],
        )


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("busy", [True, False], ids=["busy", "empty"])
async def test_it_fits_can_be_read_and_is_named(
    chromium: Browser, console: str, lang: str, busy: bool
) -> None:
    if busy:
        await a_busy_city()
    shown = await open_page(chromium, f"{console}/?lang={lang}", PHONE)
    page = shown.page
    assert await page.evaluate(UNNAMED) == []
    for size in (SMALLEST, PHONE, DESK):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate(TOO_FAINT) == [], (size, scheme)
        for target in await page.locator("a:visible").all():
            box = await target.bounding_box()
            assert box
            assert box["height"] >= 44, (size, await target.inner_text())
    assert shown.complaints == []
    await page.context.close()


@pytest.mark.usefixtures("shown")
async def test_it_is_all_there_without_javascript_and_the_map_comes_first_on_a_phone(
    chromium: Browser, console: str
) -> None:
    await a_busy_city()
    shown = await open_page(chromium, f"{console}/", PHONE, javascript=False)
    page = shown.page
    card = page.get_by_role("img", name="Map of Santa Monica with the places of the reports in the list")
    recent = page.get_by_role("heading", name="Recent reports")
    places = [await part.bounding_box() for part in (card, recent, page.get_by_role("table"))]
    tops = [place["y"] for place in places if place]
    assert len(tops) == 3
    assert tops == sorted(tops)
    await expect(page.get_by_role("link", name="Text (310) 555-0100")).to_have_attribute(
        "href", "sms:+13105550100"
    )
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_role("heading", name="Lo que usted reporta y lo que hacemos")).to_be_visible()
    assert shown.complaints == []
