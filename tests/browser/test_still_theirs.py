"""The button beside a number that was given up, and the page that tells of guessed codes: open to all, on a phone and on a desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from bot.cases.roles import Role
from bot.conversation.given_up import mark_given_up
from bot.conversation.link_guesses import MOST_TOGETHER
from bot.db.session import transaction
from bot.db.tables import LinkTry, Staff
from tests.browser.conftest import open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.console import a_request
from tests.integration.test_given_up import DAY, NUMBER, known_before, say

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
async def test_whoever_writes_since_is_looked_at_and_said_to_be_the_same(
    chromium: Browser, console: str, size: str
) -> None:
    old = await known_before()
    await a_request("one", old)
    async with transaction() as session:
        await mark_given_up(session, [NUMBER], DAY)
    page, complaints = await open_console(chromium, console, SIZES[size])
    await page.goto(f"/console/conversations/{old}")
    found = await barriers(page)
    await say("hello, any news?", "SMnew")
    sure = page.get_by_label("I know that it is the same person")
    await expect(sure).to_be_visible()  # by itself
    found += await barriers(page)
    await page.get_by_role("button", name="Still theirs").click()
    assert "still-theirs" not in page.url, "the browser asks for the word first"
    await sure.check()
    await page.get_by_role("button", name="Still theirs").click()
    await expect(page.get_by_text("the resident hears of their requests in")).to_be_visible()
    found += await barriers(page)
    assert found == complaints == []


@pytest.mark.parametrize("size", SIZES)
async def test_guessed_codes_are_told_on_the_page_of_how_it_runs(
    chromium: Browser, console: str, size: str
) -> None:
    guesser = await known_before()
    async with transaction() as session:
        await session.execute(update(Staff).values(role=Role.ADMIN))
        erased = [LinkTry(conversation_id=None, at=datetime.now(UTC)) for _ in range(MOST_TOGETHER)]
        session.add_all([*erased, LinkTry(conversation_id=guesser, at=datetime.now(UTC))])
    page, complaints = await open_console(chromium, console, SIZES[size])
    await page.goto("/console/running")
    await expect(page.get_by_role("alert").filter(has_text="Somebody guesses them")).to_be_visible()
    assert await barriers(page) == complaints == []
