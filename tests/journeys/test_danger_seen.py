"""Danger that a resident texts is before the eyes of all staff within two seconds, with everything running for real."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import DESK, chromium
from tests.commands import run_command
from tests.journeys.stack import Stack

__all__ = ["chromium"]  # a fixture

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

SOON = 2.0  # seconds from the text to the band, the engine's turn included


def a_password(stack: Stack, name: str) -> str:
    environment = {**stack.environment, "DATABASE_URL": stack.database_url}
    done = run_command("staff", "add", name, environment=environment)
    found = re.search(r"Password: (\S+)", done.stdout.replace("\n", " "))
    assert found, done.stdout
    return found[1]


async def at_the_console(browser: Browser, stack: Stack, name: str, page_of: str) -> Page:
    """Somebody of staff with a page open, in a browser of their own."""
    password = a_password(stack, name)
    context = await browser.new_context(viewport=DESK, base_url=stack.web)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"/console/login?next={page_of}")
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password").fill(password)
    async with page.expect_response(re.compile(r"/console/live\?")):
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_url(f"**{page_of}")
    return page


async def test_a_text_that_speaks_of_danger_is_seen_by_all_staff_and_goes_when_one_sees_to_it(
    stack: Stack,
    chromium: Browser,
    number: str,
) -> None:
    await stack.answer("sms", number, "hello")  # the engine is awake
    ana = await at_the_console(chromium, stack, "ana", "/console/requests")
    ben = await at_the_console(chromium, stack, "ben", "/console/account")
    began = time.monotonic()
    await stack.say("sms", number, "help there is a fire in my building and people are inside")
    for page in (ana, ben):
        await expect(page.locator(".danger-band")).to_contain_text("fire in my building")
    took = time.monotonic() - began
    print(f"from the text to the band on two screens: {took:.2f} s")
    assert took < SOON
    await ana.get_by_role("button", name="I see to it").click()
    began = time.monotonic()
    await expect(ben.locator(".danger-band")).to_have_count(0)
    assert time.monotonic() - began < SOON
    for page in (ana, ben):
        await page.context.close()
