"""The case worker's page in a real browser: a case played from its coming to its end, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from bot.certificates import believed
from bot.simulator.config import SIMULATOR_INSTANCE, Retries, SimulatorConfig
from bot.simulator.samples import sample_photo
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE
from tests.simulation import City, serving
from tests.standin import Reply

pytestmark = pytest.mark.browser

CASES = "/api/sn_customerservice/case"
WEBHOOK = "/sync/servicenow"


@pytest.fixture
async def city() -> AsyncIterator[City]:
    async with City() as city:
        city.on(WEBHOOK, Reply(204))
        yield city


@pytest.fixture
def address(city: City) -> Iterator[str]:
    config = SimulatorConfig(
        instance=SIMULATOR_INSTANCE,
        groups=("Public Works", "Police"),
        sync_webhook=f"{city.url}{WEBHOOK}",
        sync_retries=Retries(1),
    )
    with serving(config) as running:
        yield running.base_url


@pytest.fixture
async def cityline(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """The integration, let in."""
    who = (SIMULATOR_INSTANCE.username, SIMULATOR_INSTANCE.password)
    async with httpx.AsyncClient(base_url=address, auth=who, verify=believed()) as client:
        yield client


async def _files_a_case(cityline: httpx.AsyncClient, street: str = "4th St") -> str:
    body = {
        "short_description": f"Pothole: {street}",
        "description": f"Resident: huge pothole\nPlace: {street}",
    }
    sys_id: str = (await cityline.post(CASES, json=body)).json()["result"]["sys_id"]
    where = {"table_name": "sn_customerservice_case", "table_sys_id": sys_id, "file_name": "report-p1.jpg"}
    headers = {"Content-Type": "image/jpeg"}
    await cityline.post(
        "/api/now/attachment/file", params=where, content=sample_photo("pothole"), headers=headers
    )
    return sys_id


async def _open(chromium: Browser, address: str, size: dict[str, int]) -> tuple[Page, list[str]]:
    """The page, and all that the browser complained of or asked elsewhere."""
    context = await chromium.new_context(viewport=size, base_url=address)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((address, "blob:", "data:")) else complaints.append(asked.url)
        ),
    )
    await page.goto("/servicenow")
    await page.wait_for_selector("html[data-ready=yes]")
    return page, complaints


async def test_a_case_is_played_through(
    chromium: Browser, address: str, cityline: httpx.AsyncClient, city: City
) -> None:
    page, complaints = await _open(chromium, address, DESK)
    await expect(page.locator(".none")).to_be_visible()
    sys_id = await _files_a_case(cityline)
    await page.get_by_role("link", name="Pothole: 4th St").click()  # it came by itself
    case = page.get_by_role("article")
    await expect(case.locator(".description")).to_contain_text("Place: 4th St")
    await expect(case.get_by_role("button", name="Open report-p1.jpg").locator("img")).to_have_js_property(
        "naturalWidth", 1200
    )

    await case.get_by_role("button", name="Take it").click()
    await expect(case.locator(".chip.state")).to_have_text("Open")
    await expect(case.locator(".fields")).to_contain_text("Abel Tuter")
    await case.get_by_label("Group").select_option("Public Works")
    await expect(page.locator(".list")).to_contain_text("Public Works")
    await case.get_by_role("button", name="Ask the resident").click()
    await case.get_by_label("What do you want to know?").fill("Which lane is it in?")
    await case.get_by_role("button", name="Ask", exact=True).click()
    await expect(case.locator(".chip.state")).to_have_text("Awaiting Info")
    await expect(page.locator(".calls")).to_contain_text("Cityline was called, and took it")

    # The answer appears while nobody touches the page, and does not take away what is being written.
    words = case.get_by_label("Words")
    await words.fill("Crew 4 goes there")
    await cityline.put(
        f"{CASES}/{sys_id}", json={"comments": "The resident adds: the left\n[Cityline a1]", "state": "10"}
    )
    answer = case.locator(".entry.from-cityline", has_text="the left")
    await expect(answer).to_contain_text("the integration")
    await expect(words).to_have_value("Crew 4 goes there")
    await case.get_by_label("Work note").check()
    await case.get_by_role("button", name="Post").click()
    await expect(case.locator(".entry.internal")).to_contain_text("Crew 4 goes there")

    await case.get_by_role("button", name="Attach a photo").click()
    await case.get_by_role("button", name="Pothole filled").click()
    await expect(case.get_by_role("button", name="Open filled.jpg").locator("img")).to_have_js_property(
        "naturalWidth", 1200
    )
    await case.get_by_role("button", name="Resolve").click()
    await case.locator('[data-panel="resolve"]').get_by_label("Resolution code").select_option("1")
    await case.locator('[data-panel="resolve"]').get_by_label("Close notes").fill("Filled.")
    await case.locator('[data-panel="resolve"]').get_by_role("button", name="Resolve").click()
    await expect(case.locator(".chip.state")).to_have_text("Resolved")
    assert await violations(page) == []

    await case.get_by_role("button", name="Close").click()
    await case.get_by_role("button", name="Close it").click()
    await expect(case.get_by_role("status")).to_contain_text("closed records are read only")
    await expect(case.get_by_role("button", name="Post")).to_be_hidden()
    row = (await cityline.get(f"/api/now/table/sn_customerservice_case/{sys_id}")).json()["result"]
    assert (row["state"], row["resolution_code"], row["close_notes"]) == ("3", "1", "Filled.")
    await case.get_by_role("button", name="Delete").click()
    await case.get_by_role("button", name="Delete it").click()
    await expect(case).to_be_hidden()
    await expect(page.locator(".none")).to_be_visible()
    assert len(city.taken(WEBHOOK)) >= 7
    assert [one for one in complaints if "404" not in one] == []  # the record that went
    await page.context.close()


async def test_a_phone_shows_the_list_or_one_case_and_never_scrolls_sideways(
    chromium: Browser, address: str, cityline: httpx.AsyncClient
) -> None:
    for street in ("4th St", "Ocean Ave"):
        await _files_a_case(cityline, street)
    page, complaints = await _open(chromium, address, PHONE)
    await page.get_by_role("link", name="Pothole: Ocean Ave").click()
    case = page.get_by_role("article")
    await expect(case.locator(".number")).to_have_text("CS0001002")
    await expect(page.locator(".list")).to_be_hidden()
    await case.get_by_role("button", name="Attach a photo").click()
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await violations(page) == []
    await case.get_by_role("link", name="All cases").click()
    await expect(case).to_be_hidden()
    await expect(page.get_by_role("link", name="Pothole: 4th St")).to_be_visible()
    assert await violations(page) == []
    assert complaints == []
    await page.context.close()
