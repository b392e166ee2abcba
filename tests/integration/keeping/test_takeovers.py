"""A takeover that was forgotten goes back to the bot, with a mark; one that is used stays, and is nobody else's by accident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.cases.staff import create_staff
from bot.conversation.takeovers import hand_back_forgotten
from bot.db.changes import changed_since, current_version
from bot.db.session import transaction
from bot.db.tables import Audit, Conversation, Message
from bot.settings import load_settings
from bot.web.console.handover import hand_back, reply_as_person, take_over
from bot.web.console.transcript import load_transcript
from tests.console import PASSWORD, a_conversation

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

CONFIG = load_settings()
LONG_AGO = datetime.now(UTC) - timedelta(hours=13)


async def taken_over() -> int:
    conversation_id = await a_conversation()
    async with transaction() as session:
        maria = await create_staff(session, "maria", PASSWORD, name="Maria Lopez")
        await take_over(session, conversation_id, maria)
    async with transaction() as session:
        await session.execute(update(Conversation).values(taken_over_at=LONG_AGO))
        await session.execute(update(Message).values(created_at=LONG_AGO - timedelta(minutes=1)))
    return conversation_id


async def conversation(conversation_id: int) -> Conversation:
    async with transaction() as session:
        return await session.get_one(Conversation, conversation_id)


async def test_without_a_word_of_staff_it_goes_back_once_with_a_mark_and_a_note() -> None:
    conversation_id = await taken_over()
    async with transaction() as session:
        before = await current_version(session)
    assert await hand_back_forgotten(CONFIG) == 1
    assert await hand_back_forgotten(CONFIG) == 0
    row = await conversation(conversation_id)
    assert (row.taken_over_at, row.taken_over_by, row.wants_person_at) == (None, None, None)
    async with transaction() as session:
        transcript = await load_transcript(session, conversation_id)
        assert f"c{conversation_id}" in (await changed_since(session, before)).topics  # open pages hear of it
        note = (await session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1))).one()
    assert [(mark.action, mark.author) for mark in transcript.after] == [
        ("conversation.taken_over", "staff:maria"),
        ("conversation.handed_back", "system"),
    ]
    assert note.detail == {"why": "forgotten"}


async def test_a_word_of_staff_keeps_it_and_zero_hours_keep_it_for_ever() -> None:
    conversation_id = await taken_over()
    assert await hand_back_forgotten(load_settings(CITYLINE_TAKEOVER_HOURS="0")) == 0
    async with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id, direction="out", channel="sms", author="staff:maria",
                body="On it", state="sent",
            )
        )  # fmt: skip
    assert await hand_back_forgotten(CONFIG) == 0
    assert await hand_back_forgotten(CONFIG, datetime.now(UTC) + timedelta(hours=13)) == 1


async def test_what_the_resident_wrote_and_nobody_answered_stays_before_people() -> None:
    conversation_id = await taken_over()
    await a_conversation(text="hello? is somebody there?")
    assert await hand_back_forgotten(CONFIG) == 1
    assert (await conversation(conversation_id)).wants_person_at is not None


async def test_a_colleagues_send_does_not_take_over_and_taking_over_is_a_click_with_its_own_time() -> None:
    conversation_id = await taken_over()
    async with transaction() as session:
        vera = await create_staff(session, "vera", PASSWORD, name="Vera")
        message = await reply_as_person(session, conversation_id, vera, "Sent in passing", 0)
        assert message is not None
        assert message.author == "staff:vera"
    row = await conversation(conversation_id)
    maria_id = row.taken_over_by
    assert maria_id != vera.id
    assert row.taken_over_at == LONG_AGO
    async with transaction() as session:
        await take_over(session, conversation_id, vera)
    row = await conversation(conversation_id)
    assert row.taken_over_by == vera.id
    assert row.taken_over_at is not None
    assert row.taken_over_at > LONG_AGO
    async with transaction() as session:
        details = list(
            await session.scalars(
                select(Audit.detail).where(Audit.action == "conversation.taken_over").order_by(Audit.id)
            )
        )
        await hand_back(session, conversation_id, vera)
    assert details == [{}, {"from_staff_id": maria_id}]
