"""Stepping into a conversation: a person answers, the bot is silent, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.parking import list_parked, turn_failed
from bot.conversation.turns import OpenTurn, open_turn
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Message
from bot.failures import TRIES
from bot.web.console.conversation_list import PAGE, read_cursor
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration
HTMX = {"hx-request": "true"}


def ids(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="conversation-(\d+)"', page)]


async def conversation_row(conversation_id: int) -> Conversation:
    async with transaction() as session:
        return await session.get_one(Conversation, conversation_id)


async def reply(browser: Browser, conversation_id: int, text: str) -> int:
    fields = {"text": text, "seen_message": browser.hidden("seen_message")}
    return (await browser.send(f"/console/conversations/{conversation_id}/reply", fields)).status_code


async def sent_by_maria() -> list[str]:
    async with transaction() as session:
        query = select(Message.body).where(Message.author == "staff:maria").order_by(Message.id)
        return list(await session.scalars(query))


async def test_who_waits_for_a_person_stands_first_and_is_counted(maria: Browser) -> None:
    waits = await a_conversation("+13105550001", "I want a person")
    later = await a_conversation("+13105550002", "hello there")
    async with transaction() as session:
        await session.execute(
            update(Conversation).where(Conversation.id == waits).values(wants_person_at=datetime.now(UTC))
        )
    page = (await maria.open("/console/conversations")).text
    assert ids(page) == [waits, later]
    assert "Waits for a person" in page
    assert "hello there" in page
    assert ">1<span" in (await maria.open("/console/attention", **HTMX)).text


async def test_older_conversations_follow_page_by_page_each_once(maria: Browser) -> None:
    made = [await a_conversation(f"+1310555{n:04}", f"text {n}") for n in range(PAGE + 2)]
    page = (await maria.open("/console/conversations")).text
    older = re.search(r'hx-get="(/console/conversations\?before=[^"]+)"', page)
    assert older
    rest = (await maria.open(older[1], **HTMX)).text
    assert ids(page) + ids(rest) == made[::-1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "2026-11-22~1", "2026-11-22T10:00:00~1", "~", "2026-11-22T10:00:00+00:00~x"]
)
def test_a_cursor_that_is_none_begins_at_the_first_page(cursor: str) -> None:
    assert read_cursor(cursor) is None


async def test_the_page_shows_the_transcript_and_the_requests_that_came_of_it(maria: Browser) -> None:
    conversation_id = await a_conversation(text="huge pothole")
    reference = await a_request("one", conversation_id)
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "huge pothole" in page
    assert f"/console/requests/{reference}" in page
    assert (await maria.open("/console/conversations/999999")).status_code == 404


async def test_a_reply_takes_the_conversation_over_and_is_queued_under_the_clerks_name(
    maria: Browser,
) -> None:
    conversation_id = await a_conversation()
    await maria.open(f"/console/conversations/{conversation_id}")
    assert await reply(maria, conversation_id, "Hello, this is Maria.") == 303
    assert await sent_by_maria() == ["Hello, this is Maria."]
    assert (await conversation_row(conversation_id)).taken_over_at is not None
    await a_conversation(text="thank you")
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
    assert isinstance(turn, OpenTurn)
    assert turn.metadata["taken_over"] is True  # the bot is silent, unless it is about danger
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "Maria Lopez" in page
    assert "thank you" in page
    async with transaction() as session:
        actions = set(await session.scalars(select(Audit.action).where(Audit.subject_kind == "conversation")))
    assert actions == {"conversation.taken_over", "conversation.replied"}


async def test_the_same_words_from_the_same_page_go_out_once(maria: Browser) -> None:
    conversation_id = await a_conversation()
    await maria.open(f"/console/conversations/{conversation_id}")
    assert await reply(maria, conversation_id, "One moment") == 303
    assert await reply(maria, conversation_id, "One moment") == 303
    assert await sent_by_maria() == ["One moment"]
    await maria.open(f"/console/conversations/{conversation_id}")
    assert await reply(maria, conversation_id, "One moment") == 303
    assert len(await sent_by_maria()) == 2


async def test_handing_back_ends_the_waiting_and_lets_the_bot_answer(maria: Browser) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        await session.execute(
            update(Conversation).values(wants_person_at=datetime.now(UTC) - timedelta(hours=1))
        )
    await maria.open(f"/console/conversations/{conversation_id}")
    await maria.send(f"/console/conversations/{conversation_id}/take-over", {})
    assert (await conversation_row(conversation_id)).taken_over_by is not None
    await maria.send(f"/console/conversations/{conversation_id}/hand-back", {})
    row = await conversation_row(conversation_id)
    assert (row.taken_over_at, row.taken_over_by, row.wants_person_at) == (None, None, None)
    async with transaction() as session:
        assert await open_turn(session, conversation_id) is not None


async def test_who_stopped_messages_gets_none_and_the_words_stay(maria: Browser) -> None:
    conversation_id = await a_conversation()
    await maria.open(f"/console/conversations/{conversation_id}")
    async with transaction() as session:
        await session.execute(update(Contact).values(opted_out_at=datetime.now(UTC)))
    assert await reply(maria, conversation_id, "Are you there?") == 409
    assert "Are you there?" in maria.page
    assert "has stopped messages" in maria.page
    assert await sent_by_maria() == []
    assert (await conversation_row(conversation_id)).taken_over_at is None


async def test_to_a_number_that_was_given_up_nothing_is_sent_and_staff_read_since_when(
    maria: Browser,
) -> None:
    conversation_id = await a_conversation(text="pothole")
    await maria.open(f"/console/conversations/{conversation_id}")
    async with transaction() as session:
        await session.execute(update(Contact).values(given_up_at=datetime(2026, 11, 20, 8, tzinfo=UTC)))
    page = (
        await maria.send(
            f"/console/conversations/{conversation_id}/reply",
            {"text": "A crew is coming.", "seen_message": maria.hidden("seen_message")},
        )
    ).text
    assert await sent_by_maria() == []
    assert "A crew is coming." in page
    assert "Cannot be texted: the resident gave up this number, since" in page
    assert "write START" not in page
    assert "Not sent: the resident gave up this number." in page
    assert "Number given up" in (await maria.open("/console/conversations")).text


@pytest.mark.parametrize("text", ["", "x" * 1001])
async def test_a_reply_that_is_empty_or_too_long_is_not_sent(maria: Browser, text: str) -> None:
    conversation_id = await a_conversation()
    await maria.open(f"/console/conversations/{conversation_id}")
    assert await reply(maria, conversation_id, text) == 422
    assert text in maria.page
    assert await sent_by_maria() == []


async def test_a_viewer_may_read_but_not_step_in(browser: Browser) -> None:
    conversation_id = await a_conversation()
    await browser.log_in("vera")
    page = (await browser.open(f"/console/conversations/{conversation_id}")).text
    assert '/reply"' not in page
    for action in ("take-over", "hand-back", "reply"):
        answer = await browser.send(f"/console/conversations/{conversation_id}/{action}", {"text": "hi"})
        assert answer.status_code == 403
    assert (await conversation_row(conversation_id)).taken_over_at is None


async def test_what_a_resident_writes_reaches_the_open_page(maria: Browser) -> None:
    conversation_id = await a_conversation()
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    found = re.search(r'id="poller"[^>]* hx-get="([^"]+)"', page)
    assert found
    await a_conversation(text="are you still there?")
    assert "are you still there?" in (await maria.open(found[1], **HTMX)).text


async def test_what_the_bot_could_not_deal_with_is_shown_and_tried_again_in_one_click(maria: Browser) -> None:
    conversation_id = await a_conversation("+13105550001", "a poisonous message")
    for _ in range(TRIES):
        async with transaction() as session:
            turn = await open_turn(session, conversation_id)
            assert isinstance(turn, OpenTurn)
            await turn_failed(session, turn.id, "KeyError at bot/city/places.py:7 in resolve")
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "KeyError at bot/city/places.py:7" in page
    assert "could not deal with" in page
    assert "asked for a person" not in page
    assert ids((await maria.open("/console/conversations")).text) == [conversation_id]
    await maria.open(f"/console/conversations/{conversation_id}")
    answer = await maria.send(f"/console/conversations/{conversation_id}/retry", {})
    assert answer.status_code == 303
    async with transaction() as session:
        assert not await list_parked(session)
        again = await open_turn(session, conversation_id)
    assert isinstance(again, OpenTurn)
    assert again.message == "a poisonous message"
    assert "KeyError" not in (await maria.open(f"/console/conversations/{conversation_id}")).text


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"quote": "Which kind?"}, "in reply to “Which kind?”"),
        ({"start": "pole-1234"}, "came by a link: pole-1234"),
        ({"automatic": "wording"}, "automatic, not answered: its words are those of an automatic answer"),
        ({"reaction": "yes"}, "reaction: a thumb up or a heart"),
        ({"button": "²:0"}, "huge pothole"),
    ],
)
async def test_what_came_beside_the_words_is_one_line_of_the_transcript(
    payload: dict[str, str], shown: str, maria: Browser
) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        await session.execute(update(Message).values(payload=payload, kind="button"))
    assert shown in (await maria.open(f"/console/conversations/{conversation_id}")).text


async def test_a_failed_message_is_sent_again_with_a_button_once(maria: Browser) -> None:
    conversation_id = await a_conversation()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (row,) = await queue_replies(session, conversation, [Reply("a long text")])
        row.state, row.detail, row.error_code = "failed", "the phone is off or out of reach", "30003"
        row.payload = {"provider_ids": ["a", "b", "c"], "parts": 3, "parts_sent": 3, "failed_parts": [1]}
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "part 2 of 3 not delivered: the phone is off or out of reach" in page
    address = f"/console/conversations/{conversation_id}/messages/{row.id}/resend"
    assert f'action="{address}"' in page
    for _ in range(2):
        assert (await maria.send(address, {})).status_code == 303
    async with transaction() as session:
        again = await session.get_one(Message, row.id)
        audits = list(await session.scalars(select(Audit).where(Audit.action == "message.resent")))
    assert (again.state, again.payload["parts_sent"]) == ("queued", 1)
    assert [audit.actor for audit in audits] == ["staff:maria"]
    other = f"/console/conversations/{conversation_id + 1}/messages/{row.id}/resend"
    assert (await maria.send(other, {})).status_code == 404
