"""The history of a request: everything that happened to it in one order, with who, when, and the message that said it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot.cases.audit import record
from bot.cases.feedback import Verdict
from bot.cases.lookup import find_request
from bot.cases.showing import write_summary
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.conversation.outbox import Reply, queue_replies
from bot.db.session import transaction
from bot.db.tables import Conversation, MailboxMail, Message, Notice, Turn
from bot.delivery.push import hear_verdict, update_request
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


def headings(page: str) -> list[str]:
    """The first line of each entry, newest first, without its marks."""
    history = page.partition('id="history"')[2].partition("</ol>")[0]
    heads = re.findall(r'<p class="entry-head">(.*?)<span class="by">', history, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", head)).split()) for head in heads]


async def test_everything_stands_in_one_order_with_who_and_when(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request(conversation_id=conversation_id)
    later = datetime.now(UTC) + timedelta(minutes=1)
    async with transaction() as session:
        change = Change(reference, Status.RESOLVED, "staff:maria", "Filled.")
        await update_request(session, change, now=later)
        await hear_verdict(
            session, conversation_id, reference, Verdict.FIXED, 5, at=later + timedelta(minutes=1)
        )
        request = await find_request(session, reference)
        session.add(
            MailboxMail(
                request_id=request.id,
                department="Public Works",
                reason="new",
                state="failed",
                detail="the server does not know that address",
                next_try_at=later,
                created_at=later + timedelta(seconds=30),
                ended_at=later + timedelta(seconds=30),
                link_until=later,
            )
        )
        record(session, "staff:vera", "request.photo_shown", "request", reference)
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert headings(page) == [
        "Says it is fixed",
        "Not mailed to the mailbox of Public Works",
        "Resolved",
        "Put a photo on the public page",
        "Filed",
    ]
    assert "the server does not know that address" in page
    assert "Vera Viewer" in page.partition('id="history"')[2]


async def test_an_entry_leads_to_the_message_that_said_it(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request(conversation_id=conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:maria", "We begin."))
        notice = (await session.scalars(select(Notice))).one()
        turn = Turn(
            conversation_id=conversation_id,
            update_id=notice.update_id,
            engine_message={},
            finished_at=datetime.now(UTC),
        )
        session.add(turn)
        await session.flush()
        notice.state, notice.turn_id = "told", turn.id
        conversation = await session.get_one(Conversation, conversation_id)
        (message,) = await queue_replies(session, conversation, [Reply("Work has started.")])
        message.turn_id = turn.id
        said = await session.scalar(select(Message.id).where(Message.direction == "in"))
        told = message.id
    history = (await maria.open(f"/console/requests/{reference}")).text.partition('id="history"')[2]
    links = re.findall(r'class="in-talk" href="([^"]+)"', history)
    assert links == [f"#message-{told}", f"#message-{said}"]
    assert all(f'id="{link[1:]}"' in maria.page for link in links)


async def test_what_staff_write_for_the_public_is_part_of_the_history_and_not_its_words(
    maria: Browser,
) -> None:
    reference = await a_request()
    async with transaction() as session:
        await write_summary(session, reference, "A deep hole.", "staff:maria")
    history = (await maria.open(f"/console/requests/{reference}")).text.partition('id="history"')[2]
    assert "Wrote what the public page says" in history
