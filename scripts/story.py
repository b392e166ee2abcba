"""Take the pictures of docs/howto/a-request.md: one request from its filing to its stars, on both channels.

Run it beside a fresh `make up` (nothing may be filed yet), with Chromium installed:

    .venv/bin/python scripts/story.py

It goes by the environment that `up` was started with: CITYLINE_PORT, CITYLINE_DATA, DATABASE_URL.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "images" / "a-request"
CITYLINE = (sys.executable, "-m", "bot.cli")
PORT = int(os.environ.get("CITYLINE_PORT", "8311"))
CONSOLE, PHONES = (f"http://127.0.0.1:{port}" for port in (PORT, PORT + 1))
ZONE = "America/Los_Angeles"  # of the city: phones and console show one hour
PATIENCE = 90_000  # milliseconds: a clock goes once a minute
STAFF = "story"
# Pixels of the samples: what is wrong in them, and a piece beside it that fits over it.
TROUBLE = {"pothole": (0, 520, 1200, 850), "graffiti": (0, 0, 1200, 720)}
CLEAN = {"pothole": (0, 850, 1200, 900), "graffiti": (0, 0, 120, 96)}
THEIR_DAY_IS_OVER = """
import asyncio
from sqlalchemy import text
from bot.db.session import dispose, transaction

async def main():
    async with transaction() as session:
        await session.execute(text("UPDATE service_requests SET due_on = current_date - 2"))
    await dispose()

asyncio.run(main())
"""


def main() -> None:
    """Tell the story, a picture for each of its turns."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless=new", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": 1120, "height": 930}, device_scale_factor=1.25, timezone_id=ZONE
        )
        page.goto(PHONES)
        _tell(Story(page, Path(folder)), browser)
        browser.close()


class Story:
    """Two phones beside each other, and what staff do with the command."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.sms, self.telegram = page.locator("#phone-sms"), page.locator("#phone-telegram")
        self.references: list[str] = []
        self.password = ""  # of the account that looks at the console

    def say(self, phone: Locator, words: str, sample: str = "") -> None:
        if sample:
            phone.get_by_label("Add a photo or a location").click()
            phone.locator(f".samples [data-sample={sample}]").click()
        phone.get_by_label("Message", exact=True).fill(words)
        phone.get_by_label("Message", exact=True).press("Enter")

    def hears(self, phone: Locator, words: str, times: int = 1) -> None:
        """Wait until the city has said it so many times."""
        said = phone.locator(".message.city", has_text=words).nth(times - 1)
        expect(said).to_be_attached(timeout=PATIENCE)

    def picture(self, name: str, top: str = "") -> None:
        """Both phones; `top`: what of the last message that has it is scrolled to."""
        time.sleep(1.5)  # ticks and thumbnails
        for phone in (self.sms, self.telegram) if top else ():
            phone.locator(top).last.evaluate("shown => shown.scrollIntoView({block: 'start'})")
        self.page.locator("main").screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=72)

    def staff(self, *arguments: str) -> str:
        command = [*CITYLINE, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout

    def update(self, status: str, spanish: str, english: str, works: Sequence[str] = ("", "")) -> None:
        """Change both requests, each in its resident's language; `works`: the samples whose trouble is mended."""
        for reference, words, sample in zip(self.references, (spanish, english), works, strict=True):
            photo = ("--photo", str(self._mended(sample))) if sample else ()
            self.staff("request", "update", reference, "--status", status, "--public", words, *photo)

    def _mended(self, sample: str) -> Path:
        """The sample with its trouble tiled over by a clean piece of the same picture."""
        drawn = Image.open(io.BytesIO(httpx.get(f"{PHONES}/simulator/samples/{sample}.jpg").content))
        piece, trouble = CLEAN[sample], TROUBLE[sample]
        clean = drawn.crop(piece)
        for left in range(trouble[0], trouble[2], clean.width):
            for upper in range(trouble[1], trouble[3], clean.height):
                fits = min(clean.height, trouble[3] - upper)
                drawn.paste(clean.crop((0, 0, clean.width, fits)), (left, upper))
        path = self.folder / f"{sample}.jpg"
        drawn.save(path)
        return path


def _tell(story: Story, browser: Browser) -> None:
    _filed(story)
    for reference in story.references:
        story.staff("request", "assign", reference, "--crew", "Crew 7")
    said = story.staff("staff", "add", STAFF, "--name", "Ana Ruiz")
    story.password = said.partition("Password: ")[2].split()[0]
    _console(story, browser, "2-assigned")
    story.update("waiting", "¿En cuál pared de la tienda?", "Which side of the street is it on?")
    _both(story, "side of the street is it on", "cuál pared")
    story.say(story.sms, "bike lane, north side")
    story.say(story.telegram, "la del callejón")
    _both(story, "bike lane, north side", "la del callejón")
    story.picture("3-asked-back")
    _late(story)
    story.update("resolved", "La pintamos esta mañana.", "Filled this morning.", ("graffiti", "pothole"))
    _both(story, "Is it fixed?", "¿Quedó bien?")
    story.picture("5-resolved", top=".picture")
    story.say(story.sms, "2")
    story.hears(story.sms, "again")
    story.say(story.sms, "the left half is still sinking")
    story.say(story.telegram, "no, dejaron un pedazo a la derecha")
    _both(story, "still sinking", "pedazo")
    story.picture("6-not-fixed")
    story.update("resolved", "Perdón. Ya quedó todo.", "Sorry. All of it now.")
    _both(story, "Is it fixed?", "¿Quedó bien?", times=2)
    story.say(story.sms, "1")
    story.say(story.telegram, "sí, ya quedó")
    _both(story, "How did we do?", "¿Cómo lo hicimos?")
    story.say(story.sms, "3")
    story.say(story.telegram, "5")
    _both(story, "What should have been better?", "nos ayuda a mejorar")
    story.say(story.sms, "it took two visits")
    story.hears(story.sms, "it took two visits")
    story.picture("7-rated")
    _console(story, browser, "8-console")
    _public(story, browser)


def _filed(story: Story) -> None:
    story.say(story.sms, "huge pothole at Pico and 4th", "pothole")
    story.say(story.telegram, "hay grafiti en la pared de una tienda en Main y Hill", "graffiti")
    _both(story, "Where: Pico", "Dónde: Main")
    story.picture("0-read-back")
    story.say(story.sms, "1")
    story.telegram.locator(".buttons").get_by_role("button", name="Enviar").click()
    _both(story, "SM-", "SM-")
    story.say(story.sms, "yes please")
    time.sleep(3)
    story.picture("1-filed")
    rows = json.loads(story.staff("request", "list", "--json"))
    story.references = [row["reference"] for row in rows]


def _late(story: Story) -> None:
    """Its day is over: the worker's clock tells so within a minute."""
    subprocess.run([sys.executable, "-c", THEIR_DAY_IS_OVER], check=True, cwd=ROOT)
    _both(story, "running late", "retras")
    story.picture("4-late")


def _both(story: Story, sms: str, telegram: str, times: int = 1) -> None:
    story.hears(story.sms, sms, times)
    story.hears(story.telegram, telegram, times)


def _console(story: Story, browser: Browser, name: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=CONSOLE)
    page.goto("/console/login")
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill(story.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/console/requests")
    _shot(page, f"/console/requests/{story.references[-1]}", name)
    page.close()


def _public(story: Story, browser: Browser) -> None:
    link = re.search(r"/r/\w+", story.telegram.inner_text())
    assert link, "no link to the page of the request"
    page = browser.new_page(viewport={"width": 390, "height": 844}, base_url=CONSOLE, locale="es")
    _shot(page, link[0], "9-public-page")
    page.close()


def _shot(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=78)


if __name__ == "__main__":
    main()
