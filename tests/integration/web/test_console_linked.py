"""Staff see that conversations belong to one person, and go from one to the other."""

from __future__ import annotations

import pytest

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.following import Following, follow_request
from bot.cases.people import join_conversations
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.linking import unlink
from bot.conversation.receive import receive
from bot.db.session import transaction
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


async def linked() -> tuple[int, int]:
    sms = await a_conversation()
    inbound = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "700:1", "700", text="hello", display_name="Ana")
    async with transaction() as session:
        telegram = (await receive(session, inbound)).conversation_id
        assert telegram is not None
        await join_conversations(session, sms, telegram)
    return sms, telegram


async def test_a_conversation_names_the_others_of_its_person_without_their_number(maria: Browser) -> None:
    sms, telegram = await linked()
    page = (await maria.open(f"/console/conversations/{telegram}")).text
    assert "The same person:" in page
    assert f'<a href="/console/conversations/{sms}">conversation {sms}, SMS</a>' in page
    assert "5550123" not in page
    assert "The resident linked this with another conversation of theirs" in page


async def test_once_parted_it_stands_by_itself_and_tells_that_it_was_not(maria: Browser) -> None:
    sms, _ = await linked()
    async with transaction() as session:
        await unlink(session, sms)
    page = (await maria.open(f"/console/conversations/{sms}")).text
    assert "The same person:" not in page
    assert "No longer linked with other conversations" in page


async def test_what_they_added_from_their_other_phone_is_no_followers(maria: Browser) -> None:
    sms, telegram = await linked()
    reference = await a_request(conversation_id=sms)
    async with transaction() as session:
        await add_to_request(session, telegram, Said("it is deep"), reference)
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "it is deep" in page
    assert "who follows it" not in page


async def test_who_follows_in_two_conversations_is_one_resident(maria: Browser) -> None:
    sms, telegram = await linked()
    reference = await a_request(conversation_id=sms)
    async with transaction() as session:
        await follow_request(session, Following(telegram, reference, "here, too", "", None))
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "One resident follows this, in two conversations" in page
    assert "2 residents" not in (await maria.open("/console")).text
