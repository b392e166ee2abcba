"""The console in a browser: a clerk's whole way, at the desk and on the phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import delete, update

from bot.cases.lookup import find_request
from bot.cases.photos import keep_photo
from bot.cases.status import Status
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, StaffSession
from bot.photos.intake import take_in
from bot.web.media import current_store
from tests.browser.conftest import DESK, PHONE, open_console
from tests.console import PASSWORD, a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.browser

# Texts whose contrast with what is behind them is below WCAG AA (4.5, large ones 3).
TOO_FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const over = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!walk.currentNode.data.trim() || box.width < 2 || element.closest("svg, dialog, option, script, .visually-hidden, .stars")) continue;
    const behind = [];
    for (let e = element; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
    const style = getComputedStyle(element);
    const back = over(["white", ...behind]);
    const [a, b] = [light(over(["white", ...behind, style.color])), light(back)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    if ((a + .05) / (b + .05) < (large ? 3 : 4.5)) found.push(`${walk.currentNode.data.trim()} ${style.color} on ${back}`);
  }
  return found;
}"""


async def a_reported_pothole() -> str:
    taken = take_in(jpeg())
    current_store().put(taken)
    conversation_id = await a_conversation()
    async with transaction() as session:
        photo_id = (await keep_photo(session, taken)).id
    reference = await a_request("one", conversation_id, photo_ids=(photo_id,))
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (sent,) = await queue_replies(
            session, conversation, [Reply(f"Thanks! It is {reference}.", photo_ids=(photo_id,))]
        )
        sent.state, sent.detail = "failed", "the number cannot be reached"
    return reference


async def open_request(page: Page, reference: str) -> None:
    await page.locator("a.request").filter(has_text=reference).click()
    await page.wait_for_url(f"**/{reference}")


async def test_a_clerk_logs_in_opens_a_request_and_marks_it_fixed_with_a_photo(
    chromium: Browser, console: str, tmp_path: Path
) -> None:
    reference = await a_reported_pothole()
    photo = tmp_path / "fixed.jpg"
    photo.write_bytes(jpeg())
    page, complaints = await open_console(chromium, console, DESK, by_hand=True)
    await open_request(page, reference)
    await page.get_by_text("Resolved", exact=True).click()
    await page.get_by_label("Words for the resident").fill("Filled this morning. Thank you!")
    await expect(page.locator("#told-status")).to_contain_text("SMS with what stands around them")
    await page.get_by_label("Photos of the work").set_input_files(photo)
    await expect(page.locator("#work-photos-previews img")).to_have_count(1)
    await page.get_by_role("button", name="Save the status").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.locator(".case-head .status")).to_have_text("Resolved")
    await expect(page.locator("#history")).to_contain_text("Filled this morning. Thank you!")
    async with transaction() as session:
        request = await find_request(session, reference)
    assert request.status == Status.RESOLVED
    assert [photo.kind for photo in request.photos] == ["report", "completion"]
    await expect(page.get_by_label("Words for the resident")).to_have_value("")
    assert complaints == []


async def test_what_happens_elsewhere_appears_by_itself(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    page, complaints = await open_console(chromium, console, DESK)
    await expect(page.locator("a.request")).to_have_count(1)
    other = await a_request("two", service_code="graffiti")
    await expect(page.locator("a.request").first).to_contain_text(other, timeout=8000)
    await open_request(page, reference)
    await expect(page.locator(".delivery-failed")).to_contain_text("the number cannot be reached")
    await page.get_by_label("Words for the resident").fill("half a sent")
    async with transaction() as session:
        await session.execute(update(Message).where(Message.direction == "out").values(state="delivered"))
    await expect(page.locator(".delivery-delivered")).to_contain_text("✓✓ delivered", timeout=8000)
    await expect(page.get_by_label("Words for the resident")).to_have_value("half a sent")
    assert complaints == []


async def test_what_is_typed_outlives_a_reload_and_a_log_out(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, DESK)
    await open_request(page, reference)
    words = page.get_by_label("Words for the resident")
    await page.get_by_text("On hold", exact=True).click()
    await words.fill("Waiting for asphalt")
    await page.reload()
    await expect(words).to_have_value("Waiting for asphalt")
    await expect(page.locator("input[name=status][value=on_hold]")).to_be_checked()
    async with transaction() as session:
        await session.execute(delete(StaffSession))
    await expect(page.locator("#logged-out")).to_be_visible(timeout=8000)
    await page.get_by_role("button", name="Save the status").click()
    await expect(page.get_by_role("heading")).to_contain_text("You had been logged out")
    await page.get_by_role("link", name="Log in again").click()
    await page.get_by_label("Username").fill("maria")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(f"**/{reference}")
    await expect(words).to_have_value("Waiting for asphalt")


async def test_after_logging_in_again_in_another_tab_the_page_carries_on(
    chromium: Browser, console: str
) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, DESK)
    await open_request(page, reference)
    words = page.get_by_label("Words for the resident")
    await words.fill("Waiting for asphalt")
    async with transaction() as session:
        await session.execute(delete(StaffSession))
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="log in again in a new tab").click()
    other = await opened.value
    await other.get_by_label("Username").fill("maria")
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Log in").click()
    await other.wait_for_url("**/console/requests")
    await page.bring_to_front()
    await expect(page.locator("#logged-out")).to_be_hidden(timeout=8000)
    await expect(words).to_have_value("Waiting for asphalt")
    await page.get_by_text("On hold", exact=True).click()
    await page.get_by_role("button", name="Save the status").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()


async def test_photos_open_large_and_close_again(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    page, complaints = await open_console(chromium, console, DESK)
    await open_request(page, reference)
    await page.locator("#photos a.picture").click()
    await expect(page.locator("#enlarged")).to_be_visible()
    await expect(page.locator("#enlarged img")).to_have_js_property("naturalWidth", 640)
    await page.keyboard.press("Escape")
    await expect(page.locator("#enlarged")).to_be_hidden()
    assert complaints == []


async def test_the_list_is_narrowed_while_typing_from_the_keyboard_alone(
    chromium: Browser, console: str
) -> None:
    pothole = await a_reported_pothole()
    await a_request("two", service_code="graffiti")
    page, complaints = await open_console(chromium, console, DESK)
    await page.keyboard.press("/")
    await page.keyboard.type(pothole)
    await expect(page.locator("a.request")).to_have_count(1)
    await expect(page).to_have_url(f"{console}/console/requests?q={pothole}")
    await page.locator("a.request").click()
    await page.wait_for_url(f"**/{pothole}")
    await page.go_back()
    await expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    await expect(page.locator("a.request")).to_have_count(1)
    await page.get_by_label("Service").select_option("graffiti")
    await expect(page.get_by_text("Nothing matches.")).to_be_visible()
    assert complaints == []


async def test_a_person_answers_in_a_conversation_and_hands_it_back(chromium: Browser, console: str) -> None:
    await a_reported_pothole()
    page, complaints = await open_console(chromium, console, PHONE)
    await page.get_by_role("link", name="Conversations").click()
    await page.locator("a.conversation").click()
    await page.get_by_label("Your answer").fill("Hello, this is Maria from City Hall.")
    await page.get_by_role("button", name="Take over and send").click()
    await expect(page.locator("#transcript")).to_contain_text("Hello, this is Maria from City Hall.")
    await expect(page.locator("#state")).to_contain_text("The bot is silent")
    await page.get_by_role("button", name="Hand back to the bot").click()
    await expect(page.locator("#state")).not_to_contain_text("silent")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_every_page_fits_its_screen_and_can_be_read(
    chromium: Browser, console: str, size: dict[str, int], scheme: str
) -> None:
    reference = await a_reported_pothole()
    page, _ = await open_console(chromium, console, size, scheme)
    for address in (
        "/console/requests",
        f"/console/requests/{reference}",
        "/console/conversations",
        "/console/conversations/1",
        "/console/nowhere",
    ):
        await page.goto(address)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address
        assert await page.evaluate(TOO_FAINT) == [], address


async def test_without_scripts_a_request_is_changed_all_the_same(chromium: Browser, console: str) -> None:
    reference = await a_reported_pothole()
    context = await chromium.new_context(java_script_enabled=False, base_url=console)
    page = await context.new_page()
    await page.goto(f"/console/requests/{reference}")
    await page.locator("#username").fill("maria")
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_text("In progress", exact=True).click()
    await page.get_by_role("button", name="Save the status").click()
    await expect(page.locator(".case-head .status")).to_have_text("In progress")


async def test_a_page_that_the_bar_of_a_phone_does_not_name_has_its_title(
    chromium: Browser, console: str
) -> None:
    page, _ = await open_console(chromium, console, PHONE)
    for address in ("week", "alerts"):
        await page.goto(f"/console/{address}")
        box = await page.locator("h1").bounding_box()
        assert box is not None
        assert box["height"] > 20, "which week it is, and that these are the known problems"
