"""The page of a department's crew on a phone: worked with a thumb, without JavaScript, open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.cases.status import Resolution, Status
from bot.cases.work_links import PATH, work_url
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import MailboxMail
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import barriers_at
from tests.browser.test_public_page_shown import a_photo, change
from tests.console import a_request
from tests.mailbox import a_city_with_mailboxes, mails, the_request
from tests.photos import jpeg

pytestmark = pytest.mark.browser

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Of what a thumb aims at, in CSS pixels; WCAG 2.5.5 asks for 44.
SMALL = """() => [...document.querySelectorAll("form button, form select, form textarea, .choice > label")]
  .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture(autouse=True)
def mailboxes(database: EmbeddedDatabase, tmp_path: Path) -> Iterator[None]:
    with a_city_with_mailboxes(tmp_path):
        yield


async def path_of(reference: str) -> str:
    return PATH + work_url((await mails(reference))[-1].id).rpartition("/")[2]


async def without_scripts(chromium: Browser, address: str) -> Page:
    context = await chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(address)
    return page


async def test_a_crew_says_that_it_is_done_with_a_photo(
    chromium: Browser, console: str, tmp_path: Path
) -> None:
    reference = await a_request(photo_ids=(await a_photo(700),))
    picture, notes = tmp_path / "done.jpg", tmp_path / "notes.pdf"
    picture.write_bytes(jpeg(900))
    notes.write_bytes(b"%PDF-1.7 no picture")
    page = await without_scripts(chromium, f"{console}{await path_of(reference)}")
    await page.get_by_label("It is done").check()
    await page.get_by_label("A line for the resident").fill("Filled this morning.")
    await page.get_by_label("Take a photo").set_input_files(picture)
    await page.get_by_label("Or choose photos").set_input_files(notes)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("notes.pdf: it is not a picture")
    await expect(page.get_by_label("A line for the resident")).to_have_value("Filled this morning.")
    await expect(page.get_by_label("It is done")).to_be_checked()
    await expect(page.get_by_label("Photo 1 is here")).to_be_checked()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("status")).to_have_text("Saved. Thank you.")
    request = await the_request(reference)
    assert (request.status, request.updates[-1].public_text) == ("resolved", "Filled this morning.")
    assert [photo.kind for photo in request.photos] == ["report", "completion"]


async def test_what_belongs_to_another_choice_is_out_of_the_way(chromium: Browser, console: str) -> None:
    page = await without_scripts(chromium, f"{console}{await path_of(await a_request())}?lang=es")
    whose = page.get_by_label("¿A quién le toca?")
    await expect(whose).to_be_hidden()
    await page.get_by_label("No le toca a la Ciudad").check()
    await expect(whose).to_be_visible()


async def test_it_fits_a_phone_and_a_thumb(chromium: Browser, console: str) -> None:
    reference = await a_request(description="endless" * 60, photo_ids=(await a_photo(600),))
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for language in ("en", "es"):
        await page.goto(f"{console}{await path_of(reference)}?lang={language}")
        assert await page.evaluate(OVERFLOW) == 0
        assert await page.evaluate(SMALL) == []
    assert complaints == []


async def test_axe_finds_nothing_in_any_state(chromium: Browser, console: str) -> None:
    new = await a_request("new", photo_ids=(await a_photo(600), await a_photo(601)))
    ended, expired = await a_request("ended"), await a_request("expired")
    await change(ended, Status.CLOSED, "We looked twice.", resolution=Resolution.NOTHING_FOUND)
    async with transaction() as session:
        past = datetime.now(UTC) - timedelta(days=1)
        row = (await mails(expired))[-1].id
        await session.execute(update(MailboxMail).where(MailboxMail.id == row).values(link_until=past))
    paths = [await path_of(one) for one in (new, ended, expired)]
    addresses = [*(f"{console}{path}" for path in paths), f"{console}{paths[0]}?lang=es"]
    assert await barriers_at(chromium, *addresses, f"{console}{PATH}AAAAAAAAAAAAAAAAAAAAAA") == []


async def test_axe_finds_nothing_in_a_form_that_comes_back(chromium: Browser, console: str) -> None:
    from tests.browser.test_accessibility import barriers

    context = await chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{console}{await path_of(await a_request())}")
    await page.get_by_label("It cannot be done").check()
    await page.get_by_label("Take a photo").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640)}]
    )
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await barriers(page) == []
