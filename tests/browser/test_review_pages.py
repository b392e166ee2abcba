"""Reviewers at work in a browser: every page of theirs without barriers, and a queue that is read with three keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.cases.staff import Role
from bot.conversation.outbox import Reply
from bot.conversation.review.facts import keep_facts
from bot.conversation.review.trainings import Stage, began, ended
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Staff
from tests.browser.conftest import DESK, open_console
from tests.browser.test_accessibility import SIZES, barriers
from tests.console import a_conversation

pytestmark = pytest.mark.browser

WORDS = (
    "Buenas tardes, mire, ya tiene como tres semanas que nadie pasa a recoger la basura y los mapaches la tiran toda"
    " por la banqueta, ya estamos hartos de que nadie nos haga caso"
)
HEARD: dict[str, Any] = {
    "language": "es", "intent": "abuse", "before": "where", "after": "where", "open": True, "service": "missed_collection",
    "readings": [["anger", 0.5], ["tell", 0.3]], "services": [["missed_collection", 0.48], ["general", 0.11]], "vague": True,
    "place": {"words": "la banqueta", "outcome": "street_only", "name": "Main St"}, "gloss": "good afternoon, look",
}  # fmt: skip


async def said(address: str, text: str) -> int:
    conversation_id = await a_conversation(address, text)
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("Where is it?")], understood=HEARD)
    return conversation_id


async def all_open(page: Page) -> None:
    await page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_of_reviewers(chromium: Browser, console: str, size: str) -> None:
    page, complaints = await open_console(chromium, console, SIZES[size])
    await page.goto("/console/review")
    found = await barriers(page)
    one = await said("+13105550001", WORDS)
    await keep_facts()
    await page.goto(f"/console/conversations/{one}")
    await page.get_by_text("Note, tag, save as test").click()
    await page.get_by_label("Note for reviewers").fill("Sin lugar otra vez")
    await page.get_by_role("button", name="Save the note").click()
    await page.get_by_label("Tag", exact=True).fill("trash")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name="Take off the tag trash").wait_for()
    await all_open(page)
    found += await barriers(page)
    for address in ("/console/review", "/console/review/sample", "/console/review/find?tag=trash"):
        await page.goto(address)
        found += await barriers(page)
        if await page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
            found.append(f"{address} is wider than the {size}")
    assert found == []
    assert complaints == []
    await page.context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_of_teaching(chromium: Browser, console: str, size: str) -> None:
    one = {
        "set": "acts", "texts": 338, "before": 320, "after": 324, "missed_before": 0, "missed_after": 0,
        "confusions": [["correct", "deny", 4, 1]], "changed": [],
    }  # fmt: skip
    async with transaction() as session:
        await session.execute(update(Staff).values(role=Role.MANAGER))
        number = await began(session, "system", 14, datetime.now(UTC))
        await ended(session, number, Stage.SWITCHED, datetime.now(UTC), "a.tar.gz", {"sets": [one]})
    conversation_id = await said("+13105550001", WORDS)
    page, complaints = await open_console(chromium, console, SIZES[size])
    await page.goto(f"/console/conversations/{conversation_id}")
    await page.locator("details.understood summary").click()
    await page.get_by_role("link", name="It was something else").click()
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_role("alert").wait_for()  # nothing was chosen
    found = await barriers(page)
    await page.get_by_label("a report of").check()
    await page.get_by_label("Service").select_option("missed_collection")
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_text("Proposed.").wait_for()
    await all_open(page)
    found += await barriers(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    await page.get_by_role("button", name=re.compile("^Accept")).click()
    await page.get_by_role("button", name="Train with what is accepted (1)").wait_for()
    assert found == []
    # The browser itself reports the form that was refused.
    assert [one for one in complaints if "422" not in one] == []
    await page.context.close()


async def test_the_queue_is_read_with_the_keyboard_alone(chromium: Browser, console: str) -> None:
    first = await said("+13105550001", "one")
    second = await said("+13105550002", "two")
    await keep_facts()
    page, complaints = await open_console(chromium, console, DESK)
    await page.goto("/console/review")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/conversations/{second}")
    await page.keyboard.press("j")
    await page.wait_for_url(f"**/conversations/{first}")
    await page.keyboard.press("k")
    await page.wait_for_url(f"**/conversations/{second}")
    await page.keyboard.press("e")
    await page.wait_for_url(f"**/conversations/{first}")
    await page.get_by_text("Note, tag, save as test").click()
    await page.get_by_label("Note for reviewers").press_sequentially("jke")
    await expect(page.get_by_label("Note for reviewers")).to_have_value("jke")
    await page.goto("/console/review")
    await expect(page.locator(".to-review .conversation")).to_have_count(1)
    assert complaints == []
    await page.context.close()


async def test_what_was_opened_stays_open_when_the_transcript_refreshes(
    chromium: Browser, console: str
) -> None:
    one = await said("+13105550001", "one")
    page, _ = await open_console(chromium, console, DESK)
    await page.goto(f"/console/conversations/{one}")
    await page.locator("details.understood summary").click()
    await said("+13105550001", "and more")
    await page.get_by_text("and more").wait_for()
    await expect(page.locator("details.understood").first).to_have_attribute("open", "")
    await page.context.close()
