"""The phone page in a real browser: a person texts, sends photos and places, presses buttons, and sees what comes."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import pytest

from bot.city.location import Point
from bot.city.map_picture import map_picture
from bot.simulator.config import SIMULATOR_CREDENTIALS, SimulatorConfig
from tests.simulation import serving

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="NOT CHECKED in a browser: playwright is missing"
)
from playwright.sync_api import Browser, Page, expect  # noqa: E402 - only where it is installed

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _EchoCity(BaseHTTPRequestHandler):
    """A city that answers each webhook through the providers' APIs, as the product does."""

    simulator = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(204)
        self.end_headers()
        if self.path == "/channels/sms":
            form = parse_qs(body, keep_blank_values=True)
            self._text(form["From"][0], f"You wrote: {form['Body'][0]} ({form['NumMedia'][0]} photos)")
        elif self.path == "/channels/telegram":
            self._update(json.loads(body))

    def _text(self, to: str, text: str) -> None:
        account = SIMULATOR_CREDENTIALS.account_sid
        httpx.post(
            f"{self.simulator}/2010-04-01/Accounts/{account}/Messages.json",
            data={"To": to, "From": SIMULATOR_CREDENTIALS.from_number, "Body": text},
            auth=(account, SIMULATOR_CREDENTIALS.auth_token),
        )

    def _bot(self, method: str, **fields: object) -> None:
        httpx.post(f"{self.simulator}/bot{SIMULATOR_CREDENTIALS.telegram_token}/{method}", json=fields)

    def _photo(self, content: bytes, **fields: object) -> None:
        address = f"{self.simulator}/bot{SIMULATOR_CREDENTIALS.telegram_token}/sendPhoto"
        httpx.post(address, data=fields, files={"photo": ("map.png", content, "image/png")})

    def _update(self, update: dict[str, dict[str, object]]) -> None:
        if "callback_query" in update:
            chat = update["callback_query"]["from"]["id"]  # type: ignore[index]
            self._bot("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Done")
            self._bot(
                "sendVenue",
                chat_id=chat,
                latitude=34.01,
                longitude=-118.49,
                title="City Hall",
                address="1685 Main St",
            )
        elif "message" in update:
            message = update["message"]
            chat = message["chat"]["id"]  # type: ignore[index]
            keyboard = {
                "keyboard": [[{"text": "Share my location", "request_location": True}]],
                "one_time_keyboard": True,
            }
            inline = {"inline_keyboard": [[{"text": "Send it", "callback_data": "/affirm"}]]}
            place = message.get("location")
            if isinstance(place, dict):
                picture = map_picture(Point(place["latitude"], place["longitude"]), "en")
                self._photo(
                    picture, chat_id=chat, caption="Here. Shall I send it?", reply_markup=json.dumps(inline)
                )
            else:
                self._bot("sendMessage", chat_id=chat, text="Where is it?", reply_markup=keyboard)

    def log_message(self, *_: object) -> None:
        """Nothing is logged: paths and bodies are private."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A simulator with an echoing city behind it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EchoCity) as city:
        threading.Thread(target=city.serve_forever, daemon=True).start()
        hooks = f"http://127.0.0.1:{city.server_port}/channels"
        config = SimulatorConfig(
            sms_webhook=f"{hooks}/sms", telegram_webhook=f"{hooks}/telegram", receipt_pause=0.0
        )
        with serving(config) as running:
            _EchoCity.simulator = running.base_url
            yield running.base_url
        city.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("NOT CHECKED in a browser: Chromium is missing (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh browser session on the page; the test fails if the page throws or logs an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    yield page
    context.close()
    assert problems == []


def test_a_text_with_a_sample_photo_is_answered_on_the_sms_phone(page: Page) -> None:
    phone = page.locator("#phone-sms")
    phone.get_by_label("Add a photo or a location").click()
    phone.locator(".samples [data-sample=pothole]").click()
    phone.get_by_label("Message", exact=True).fill("huge pothole")
    phone.get_by_label("Message", exact=True).press("Enter")
    expect(phone.locator(".message.city")).to_contain_text("You wrote: huge pothole (1 photos)")
    expect(phone.locator(".message.resident img")).to_have_js_property("complete", True)
    expect(phone.locator(".message.resident .receipt")).to_have_text("Delivered")
    expect(phone.locator(".message.city .receipt")).to_have_text("queued · sent · delivered")


def test_telegram_asks_for_a_place_shows_a_map_with_buttons_and_a_venue(page: Page) -> None:
    phone = page.locator("#phone-telegram")
    phone.get_by_label("Message", exact=True).fill("huge pothole")
    phone.get_by_label("Send", exact=True).click()
    phone.get_by_role("button", name="Share my location").click()
    phone.get_by_role("button", name="Montana Ave & 14th St").click()
    phone.get_by_role("button", name="Send location").click()
    expect(phone.locator(".keyboard")).to_be_hidden()
    read_back = phone.locator(".message.city").last
    expect(read_back).to_contain_text("Here. Shall I send it?")
    expect(read_back.locator("img")).to_have_js_property("naturalWidth", 896)
    phone.locator(".buttons").get_by_role("button", name="Send it").click()
    expect(phone.locator(".toast")).to_have_text("Done")
    expect(phone.locator(".message.city .card").last).to_contain_text("1685 Main St")
    expect(phone.locator(".message.resident .ticks").first).to_have_class("ticks read")


def test_the_pin_moves_with_the_arrow_keys(page: Page) -> None:
    phone = page.locator("#phone-telegram")
    phone.get_by_label("Add a photo or a location").click()
    phone.get_by_role("button", name="Location", exact=True).click()
    before = float(phone.locator(".lat").input_value())
    phone.locator(".map").press("ArrowUp")
    assert float(phone.locator(".lat").input_value()) > before
    page.keyboard.press("Escape")
    expect(phone.locator(".sheet.place")).to_be_hidden()


def test_everything_can_be_done_with_the_keyboard_alone(page: Page) -> None:
    phone = page.locator("#phone-sms")
    phone.get_by_label("Add a photo or a location").focus()
    page.keyboard.press("Enter")
    expect(phone.get_by_role("dialog", name="Add")).to_be_visible()
    phone.locator(".samples [data-sample=graffiti]").press("Enter")
    page.keyboard.type("graffiti on the wall")
    page.keyboard.press("Enter")
    expect(phone.locator(".message.city")).to_contain_text("graffiti on the wall (1 photos)")


def test_stop_is_answered_by_the_network(page: Page) -> None:
    phone = page.locator("#phone-sms")
    phone.get_by_role("button", name="STOP", exact=True).click()
    expect(phone.locator(".message.network")).to_contain_text("unsubscribed")


def test_new_numbers_begin_afresh_and_a_reload_does_not(page: Page) -> None:
    phone = page.locator("#phone-sms")
    number = phone.locator(".address").inner_text()
    phone.locator(".hello button").first.click()
    expect(phone.locator(".message.city")).to_be_visible()
    page.reload()
    expect(phone.locator(".message.city")).to_be_visible()
    expect(phone.locator(".address")).to_have_text(number)
    page.get_by_role("button", name="New numbers").click()
    expect(phone.locator(".message")).to_have_count(0)
    expect(phone.locator(".address")).not_to_have_text(number)


def test_two_people_have_two_numbers(page: Page, browser: Browser, address: str) -> None:
    other = browser.new_context().new_page()
    other.goto(address)
    other.wait_for_selector("html[data-ready=yes]")
    assert (
        other.locator("#phone-sms .address").inner_text() != page.locator("#phone-sms .address").inner_text()
    )
    other.context.close()


def test_own_messages_can_be_edited_and_the_bot_blocked(page: Page) -> None:
    phone = page.locator("#phone-telegram")
    phone.get_by_label("Message", exact=True).fill("pothle")
    phone.get_by_label("Message", exact=True).press("Enter")
    expect(phone.locator(".message.city")).to_be_visible()
    phone.get_by_label("Message", exact=True).press("ArrowUp")
    phone.get_by_label("Message", exact=True).fill("pothole")
    phone.get_by_label("Message", exact=True).press("Enter")
    expect(phone.locator(".message.resident")).to_contain_text("edited")
    phone.get_by_label("More").click()
    phone.get_by_role("menuitem", name="Block the bot").click()
    expect(phone.locator(".note")).to_have_text("You blocked the bot")


def test_a_switch_breaks_the_provider_and_another_mends_it(page: Page, address: str) -> None:
    page.get_by_role("button", name="Make it fail").click()
    page.get_by_label("SMS: receipts twice").check()
    expect(page.locator("#open-faults .badge")).to_have_text("1")
    assert [fault["kind"] for fault in httpx.get(f"{address}/simulator/faults").json()] == ["receipts_double"]
    page.get_by_role("button", name="All well again").click()
    expect(page.locator("#open-faults .badge")).to_be_hidden()
    assert httpx.get(f"{address}/simulator/faults").json() == []


def test_a_narrow_screen_shows_one_phone_and_counts_what_the_other_gets(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.locator("#phone-telegram")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("tab", name="Telegram").click()
    expect(page.locator("#phone-sms")).to_be_hidden()
    number = page.evaluate("JSON.parse(localStorage['cityline.phones']).sms")
    page.evaluate(
        "number => fetch(`/simulator/phones/sms/${number}/say`, {method: 'POST', body: JSON.stringify({text: 'hi'})})",
        number,
    )
    expect(page.get_by_role("tab", name="SMS").locator(".badge")).to_have_text("1")
    page.get_by_role("tab", name="SMS").click()
    expect(page.locator("#phone-sms .message.city")).to_be_visible()


def test_what_comes_while_nobody_looks_is_counted_in_the_title(page: Page) -> None:
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    page.locator("#phone-sms .hello button").first.click()
    expect(page).to_have_title("(1) New message · Cityline")
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => false})")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page).to_have_title("Cityline · two phones")


def test_nothing_is_loaded_from_elsewhere(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert asked
    assert all(url.startswith((address, "blob:", "data:")) for url in asked)
