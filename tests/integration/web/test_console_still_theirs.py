"""The button "Still theirs" beside a number that a carrier listed: one press, or one with a word on who writes from it now."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.conversation.given_up import mark_given_up
from bot.db.changes import changed_since, current_version
from bot.db.session import transaction
from bot.db.tables import Audit, Conversation
from tests.console import Browser, a_request
from tests.integration.test_given_up import DAY, NUMBER, known_before, say

pytestmark = pytest.mark.integration


async def a_given_up_number() -> tuple[int, str]:
    conversation_id = await known_before()
    reference = await a_request("one", conversation_id)
    async with transaction() as session:
        assert await mark_given_up(session, [NUMBER], DAY) == 1
    return conversation_id, reference


async def is_given_up(conversation_id: int) -> bool:
    async with transaction() as session:
        return (await session.get_one(Conversation, conversation_id)).contact.given_up_at is not None


async def test_one_press_and_the_number_is_theirs_again(maria: Browser) -> None:
    old, _ = await a_given_up_number()
    address = f"/console/conversations/{old}"
    page = (await maria.open(address)).text
    assert "gave up this number" in page
    assert "If you know from the resident that they still have it, updates go to it again." in page
    assert 'name="sure"' not in page
    answer = await maria.send(f"{address}/still-theirs", {"same_as": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = (await maria.open(address)).text
    assert "gave up this number" not in page
    assert "Still theirs" not in page
    assert "Maria Lopez said that the number is still the resident" in page
    assert not await is_given_up(old)
    assert (await maria.send(f"{address}/still-theirs", {"same_as": ""})).status_code == 303, "pressed twice"
    async with transaction() as session:
        rows = (await session.scalars(select(Audit).where(Audit.action == "contact.still_theirs"))).all()
    assert [(row.actor, row.subject_id, row.detail) for row in rows] == [("staff:maria", str(old), {})]


async def test_who_wrote_since_is_shown_and_a_word_on_them_is_asked_for(maria: Browser) -> None:
    old, reference = await a_given_up_number()
    new = (await say("hello", "SMnew")).conversation_id
    address = f"/console/conversations/{old}"
    page = (await maria.open(address)).text
    assert f'<a href="/console/conversations/{new}">conversation {new}</a>' in page
    assert "A stranger would read what was reported here" in page
    unsure = await maria.send(f"{address}/still-theirs", {"same_as": new})
    assert unsure.status_code == 422
    assert "Not saved: say that it is the same person, or leave it." in unsure.text
    assert (await maria.send(f"{address}/still-theirs", {"same_as": new, "sure": "yes"})).status_code == 303
    page = (await maria.open(address)).text
    assert "the resident hears of their requests in" in page
    assert "somebody new" not in page
    assert "Maria Lopez linked this with another conversation of theirs" in page
    assert "Still theirs</button>" not in page
    assert f'/console/requests/{reference}"' in page


async def test_who_writes_while_the_page_is_open_is_looked_at_first(maria: Browser) -> None:
    old, _ = await a_given_up_number()
    address = f"/console/conversations/{old}"
    await maria.open(address)
    async with transaction() as session:
        version = await current_version(session)
    await say("hello", "SMnew")
    answer = await maria.send(f"{address}/still-theirs", {"same_as": ""})
    assert answer.status_code == 409
    assert "somebody has written from this number meanwhile" in answer.text
    assert 'name="sure"' in answer.text
    assert await is_given_up(old)
    async with transaction() as session:
        assert f"c{old}" in (await changed_since(session, version)).topics
    fresh = await maria.open(f"{address}/fresh")
    assert 'name="sure"' in fresh.text, "a page that is open shows it by itself"


async def test_a_viewer_sees_no_button_and_may_not_press_one(browser: Browser) -> None:
    old, _ = await a_given_up_number()
    await browser.log_in("vera")
    page = (await browser.open(f"/console/conversations/{old}")).text
    assert "gave up this number" in page
    assert "Still theirs" not in page
    answer = await browser.send(f"/console/conversations/{old}/still-theirs", {"same_as": ""})
    assert answer.status_code == 403
    assert await is_given_up(old)


async def test_a_conversation_that_is_none_is_not_found(maria: Browser) -> None:
    await maria.open("/console/requests")
    assert (await maria.send("/console/conversations/999/still-theirs", {"same_as": ""})).status_code == 404
