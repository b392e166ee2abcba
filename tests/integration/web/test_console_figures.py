"""The figures of a week, and how everything runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.city.current import calendar
from bot.conversation.link_guesses import MOST_TOGETHER
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Conversation, LinkTry, Message
from bot.keeping.clocks import Clock, failed, ran
from tests.console import PASSWORD, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


async def an_admin(browser: Browser) -> Browser:
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, name="Ada Admin", role=Role.ADMIN)
    await browser.log_in("ada")
    return browser


async def test_the_week_that_goes_on_is_one_click_away_and_says_that_it_is_not_over(maria: Browser) -> None:
    await a_request("one")
    page = (await maria.open("/console/week")).text
    assert "so far" not in page.partition("</h1>")[0]
    link = re.search(r'href="(/console/week[^"]+)">This week so far', page)
    assert link
    page = (await maria.open(link[1])).text
    assert "so far" in page.partition("</h1>")[0]
    assert "Pothole" in page
    assert "Week after" not in page
    assert "This week so far" not in page


async def test_the_figures_of_a_week_hold_no_word_of_anybody(maria: Browser) -> None:
    reference = await a_request("one")
    today = datetime.now(calendar().time_zone).date()  # on a Sunday evening it is Monday elsewhere
    page = (await maria.open(f"/console/week?of={today}")).text
    assert '<th scope="row">Pothole or damaged road</th>' in page
    for private in (reference, "pothole at", "555-0123", "Pico"):
        assert private not in page
    assert "Nothing was filed" in (await maria.open("/console/week?of=2020-01-08")).text
    for odd in ("nonsense", "0001-01-01", "9999-12-31", ""):
        assert (await maria.open(f"/console/week?of={odd}")).status_code == 200


async def test_how_it_runs_is_for_admins(maria: Browser) -> None:
    assert (await maria.open("/console/running")).status_code == 403
    assert "/console/running" not in (await maria.open("/console/requests")).text


async def test_clocks_are_shown_with_their_failures(browser: Browser) -> None:
    admin = await an_admin(browser)
    now = datetime.now(UTC)
    async with transaction() as session:
        await ran(session, Clock.PROMISES, now, now)
        await failed(session, Clock.ENDINGS, now, now, "KeyError at bot/delivery/ends.py:7 in end")
    page = (await admin.open("/console/running")).text
    assert "Failed 1 in a row" in page
    assert "KeyError at bot/delivery/ends.py:7 in end" in page
    assert "Not yet" in page
    assert "/console/running" in (await admin.open("/console/requests")).text


async def test_a_message_that_failed_is_sent_again_with_one_click(browser: Browser) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (row,) = await queue_replies(session, conversation, [Reply("private words")])
        row.state, row.error_code = "failed", "30006"
        row.detail = "the number is a landline or its carrier cannot be reached"
    admin = await an_admin(browser)
    page = (await admin.open("/console/running")).text
    assert "is a landline" in page
    assert "private words" not in page
    assert (
        await admin.send(f"/console/conversations/{conversation_id}/messages/{row.id}/resend", {})
    ).status_code == 303
    async with transaction() as session:
        assert (await session.get_one(Message, row.id)).state == "queued"
    assert "Every message got through" in (await admin.open("/console/running")).text


async def test_guessed_link_codes_are_shown_with_their_conversations_and_no_number(browser: Browser) -> None:
    admin = await an_admin(browser)
    page = (await admin.open("/console/running")).text
    assert "Nobody guesses them: 0 wrong within a day." in page
    guesser = await a_conversation()
    async with transaction() as session:
        erased = [LinkTry(conversation_id=None, at=datetime.now(UTC)) for _ in range(MOST_TOGETHER)]
        session.add_all([*erased, LinkTry(conversation_id=guesser, at=datetime.now(UTC))])
    page = (await admin.open("/console/running")).text
    assert f"{MOST_TOGETHER + 1} wrong codes within a day" in page
    assert f'<a href="/console/conversations/{guesser}">Conversation {guesser}</a>' in page
    assert "Erased since" in page
    assert "555-0123" not in page
