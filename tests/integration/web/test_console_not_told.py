"""On the page of a request: who was not told of an update and why, and what failed sent once more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.cases.withdrawing import mute_request
from bot.conversation.consent import OptedOut, opt_out
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, Notice, Turn
from bot.delivery.push import update_request
from tests.console import Browser, a_conversation, a_request, fresh_client
from tests.integration.telling import tell_everybody

pytestmark = pytest.mark.integration


async def followed_by(reference: str, *numbers: str) -> list[int]:
    conversations = [await a_conversation(number) for number in numbers]
    for conversation_id in conversations:
        async with transaction() as session:
            await follow_request(session, Following(conversation_id, reference, "here, too", "", None))
    return conversations


async def the_crew_is_there(reference: str) -> None:
    """An update that everybody is told, who can be."""
    async with transaction() as session:
        await update_request(
            session, Change(reference, Status.IN_PROGRESS, "staff:maria", "A crew is there.")
        )
    await tell_everybody()


async def was_said(conversation_id: int, state: OutboundState, detail: str = "") -> int:
    """The dialogue said it, and that became of the message; gives its id."""
    async with transaction() as session:
        notice = (
            await session.scalars(select(Notice).where(Notice.conversation_id == conversation_id))
        ).one()
        assert notice.turn_id is not None
        (await session.get_one(Turn, notice.turn_id)).finished_at = datetime.now(UTC)
        conversation = await session.get_one(Conversation, conversation_id)
        (said,) = await queue_replies(
            session, conversation, [Reply("Work has started.")], turn_id=notice.turn_id
        )
        said.state, said.detail = state, detail or None
        await session.flush()
        return said.id


async def test_each_who_was_not_told_stands_there_with_the_reason(maria: Browser) -> None:
    filer = await a_conversation()
    reference = await a_request("one", filer)
    muted, stopped, told = await followed_by(reference, "+13105550111", "+13105550112", "+13105550113")
    async with transaction() as session:
        await mute_request(session, muted, reference)
        opt_out((await session.get_one(Conversation, stopped)).contact, OptedOut.CARRIER)
    await the_crew_is_there(reference)
    failed = await was_said(filer, OutboundState.FAILED, "the phone is switched off")
    await was_said(told, OutboundState.DELIVERED)
    page = (await maria.open(f"/console/requests/{reference}")).text
    history = page[page.index('<ol class="history">') :]
    assert f'href="/console/conversations/{filer}#message-{failed}"' in history
    assert "not delivered</span>: the phone is switched off" in history
    assert "(310) 555-0112</a> texted STOP" in history
    assert "(310) 555-0113</a>" not in history


async def test_what_failed_for_a_follower_is_sent_again_from_there_and_viewers_see_why(
    maria: Browser,
) -> None:
    reference = await a_request("one")
    (follower,) = await followed_by(reference, "+13105550111")
    await the_crew_is_there(reference)
    failed = await was_said(follower, OutboundState.FAILED, "the phone is switched off")
    again = f"/console/conversations/{follower}/messages/{failed}/resend"
    await maria.open(f"/console/requests/{reference}")
    assert f'action="{again}"' in maria.page
    assert (await maria.send(again, {})).status_code == 303
    assert f'action="{again}"' not in (await maria.open(f"/console/requests/{reference}")).text
    async with transaction() as session:
        message = await session.get_one(Message, failed)
        assert message.state == OutboundState.QUEUED
        message.state, message.detail = OutboundState.FAILED, "the phone is switched off"
    async with fresh_client() as client:
        vera = Browser(client)
        await vera.log_in("vera")
        page = (await vera.open(f"/console/requests/{reference}")).text
    assert "not delivered</span>: the phone is switched off" in page
    assert again not in page


async def test_nobody_is_named_where_everybody_was_told(maria: Browser) -> None:
    filer = await a_conversation()
    reference = await a_request("one", filer)
    await the_crew_is_there(reference)
    await was_said(filer, OutboundState.SENT)
    assert 'class="missed"' not in (await maria.open(f"/console/requests/{reference}")).text
    async with transaction() as session:
        assert (await find_request(session, reference)).status == Status.IN_PROGRESS
