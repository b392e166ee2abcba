"""What comes in is stored once, whatever is repeated, and reserved words are settled on the spot."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from bot.channels.messages import Channel, Inbound, InboundKind, MediaRef, Pin
from bot.conversation.receive import receive
from bot.conversation.states import InboundState
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Media, Message

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

SMS = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM01", "+13105550123", text="pothole at pico and 4th")
TELEGRAM = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "77:1", "77", text="pothole", language_hint="es")


async def count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def jobs(task: str) -> int:
    async with transaction() as session:
        found = await session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task"), {"task": task}
        )
        return int(found or 0)


async def take_in(inbound: Inbound) -> None:
    async with transaction() as session:
        await receive(session, inbound)


async def replies() -> list[str]:
    async with transaction() as session:
        return list(
            await session.scalars(select(Message.body).where(Message.direction == "out").order_by(Message.id))
        )


async def test_a_message_makes_contact_conversation_message_and_one_job() -> None:
    await take_in(
        replace(SMS, media=(MediaRef("https://media/1"), MediaRef("https://media/2")), pin=Pin(34, -118))
    )
    assert (await count(Contact), await count(Conversation), await count(Message)) == (1, 1, 1)
    assert await count(Media) == 2
    assert await jobs("take_turn") == 1


async def test_a_repeat_is_a_no_op_even_on_many_connections_at_once() -> None:
    await asyncio.gather(*(take_in(SMS) for _ in range(12)))
    assert (await count(Contact), await count(Conversation), await count(Message)) == (1, 1, 1)
    assert await jobs("take_turn") == 1


async def test_the_same_id_on_another_channel_is_another_message() -> None:
    await take_in(SMS)
    await take_in(replace(TELEGRAM, provider_id=SMS.provider_id))
    assert await count(Message) == 2


async def test_a_failed_transaction_leaves_neither_message_nor_job() -> None:
    async def fail() -> None:
        async with transaction() as session:
            await receive(session, SMS)
            raise RuntimeError("the process broke here")

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(Message) == 0
    assert await jobs("take_turn") == 0


async def test_each_edit_of_a_message_is_a_row_of_its_own() -> None:
    from datetime import UTC, datetime

    await take_in(TELEGRAM)
    edit = replace(
        TELEGRAM, kind=InboundKind.EDIT, text="pothole on main", sent_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    await take_in(edit)
    await take_in(edit)
    assert await count(Message) == 2


async def test_stop_is_settled_without_a_turn_and_twilio_confirms_it_itself() -> None:
    await take_in(replace(SMS, text="STOP"))
    async with transaction() as session:
        contact = await session.scalar(select(Contact))
        message = await session.scalar(select(Message))
    assert contact is not None
    assert contact.opted_out_at is not None
    assert message is not None
    assert message.state == InboundState.HANDLED
    assert await jobs("take_turn") == 0
    assert await replies() == []


async def test_stop_on_telegram_is_confirmed_in_the_residents_language() -> None:
    await take_in(replace(TELEGRAM, text="/stop"))
    assert len(await replies()) == 1
    assert "no recibirá" in (await replies())[0]


async def test_start_and_yes_bring_a_stopped_contact_back() -> None:
    for number, word in enumerate(("START", "YES")):
        await take_in(replace(SMS, provider_id=f"a{number}", text="STOP"))
        await take_in(replace(SMS, provider_id=f"b{number}", text=word))
        async with transaction() as session:
            contact = await session.scalar(select(Contact))
        assert contact is not None
        assert contact.opted_out_at is None
        assert contact.opted_out_why is None
    assert await jobs("take_turn") == 2  # answered by the dialogue, which knows what was open


async def test_a_yes_without_a_stop_before_it_goes_to_the_dialogue() -> None:
    await take_in(replace(SMS, text="YES"))
    assert await jobs("take_turn") == 1


async def test_blocking_the_telegram_bot_stops_and_unblocking_starts() -> None:
    await take_in(replace(TELEGRAM, kind=InboundKind.BLOCKED, provider_id="m1", text=""))
    async with transaction() as session:
        contact = await session.scalar(select(Contact))
        assert contact is not None
        assert contact.opted_out_at is not None
    await take_in(replace(TELEGRAM, kind=InboundKind.UNBLOCKED, provider_id="m2", text=""))
    async with transaction() as session:
        contact = await session.scalar(select(Contact))
        assert contact is not None
        assert contact.opted_out_at is None


async def test_help_names_the_city_and_a_way_out() -> None:
    await take_in(replace(SMS, text="HELP"))
    (said,) = await replies()
    assert "Santa Monica" in said
    assert "STOP" in said


async def test_a_sticker_gets_a_kind_word_and_a_group_is_told_once() -> None:
    await take_in(replace(TELEGRAM, kind=InboundKind.UNSUPPORTED, unsupported="sticker", text=""))
    group = replace(TELEGRAM, kind=InboundKind.GROUP, address="-100", provider_id="-100:1")
    await take_in(group)
    await take_in(replace(group, provider_id="-100:2"))
    said = await replies()
    assert len(said) == 2
    assert "calcomanías" in said[0]


async def test_a_nul_byte_and_a_very_long_text_are_stored_all_the_same() -> None:
    await take_in(replace(SMS, text="bad\x00byte" + "x" * 20_000))
    async with transaction() as session:
        body = await session.scalar(select(Message.body))
    assert body is not None
    assert body.startswith("badbyte")


async def test_a_connection_that_has_prepared_its_statements_still_takes_messages() -> None:
    # psycopg prepares a statement at its sixth use; the partial index must still be found then.
    for number in range(12):
        await take_in(replace(SMS, provider_id=f"p{number}", address=f"+1310555{number:04d}"))
    assert await count(Message) == 12


async def test_a_database_error_does_not_repeat_what_a_resident_wrote() -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as failed:
        async with transaction() as session:
            await session.execute(text("SELECT CAST(:words AS integer)"), {"words": "secret words"})
    assert "secret words" not in str(failed.value).split("[SQL")[1]
