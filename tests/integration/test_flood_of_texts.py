"""One number that sends hundreds of texts at once: each is acknowledged and kept, others are answered meanwhile, and it is told once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select, update

from bot.conversation.outbox import Reply
from bot.conversation.texts import gateway_text
from bot.conversation.turns import OpenTurn, Paused, finish_turn, open_turn
from bot.db.session import CONNECTIONS, engine, transaction
from bot.db.tables import Contact, Conversation, Message, Turn
from tests.gateway import RESIDENT, Gateway

pytestmark = pytest.mark.integration

MANY = 500
AT_ONCE = 20  # connections of a provider that hands them over
OTHERS = 10
TOO_FAST = gateway_text("slower", "en")


async def take_turn(address: str) -> OpenTurn | Paused | None:
    """The next turn of a resident, answered; or that it must wait."""
    async with transaction() as session:
        conversation_id = await session.scalar(
            select(Conversation.id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == address)
        )
        assert conversation_id is not None
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn | Paused | None)
        if isinstance(turn, OpenTurn):
            await finish_turn(session, turn, [Reply("Where is it?")])
        return turn


async def said_to(address: str) -> list[str]:
    async with transaction() as session:
        query = (
            select(Message.body)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == address, Message.direction == "out")
            .order_by(Message.id)
        )
        return list(await session.scalars(query))


async def test_five_hundred_texts_of_one_number_are_all_taken_and_cost_nobody_else_their_answer(
    gateway: Gateway,
) -> None:
    line = asyncio.Semaphore(AT_ONCE)
    others = [f"+1310555{number:04d}" for number in range(2000, 2000 + OTHERS)]

    async def post(text: str, sender: str) -> int:
        async with line:
            return await gateway.post_sms(text, From=sender)

    assert await post("hello", RESIDENT) == 204
    assert isinstance(await take_turn(RESIDENT), OpenTurn)
    flood = [asyncio.create_task(post(f"hello {number}", RESIDENT)) for number in range(MANY)]
    answered = 0
    for place, other in enumerate(others):  # each is heard and answered in the middle of it
        await flood[place * 10]
        assert await post("pothole at Pico and 4th", other) == 204
        answered += isinstance(await take_turn(other), OpenTurn)
        await take_turn(RESIDENT)
    assert Counter(await asyncio.gather(*flood)) == {204: MANY}
    assert answered == OTHERS
    assert [await said_to(other) for other in others] == [["Where is it?"]] * OTHERS

    await take_turn(RESIDENT)  # whatever was left of it
    for number in range(5):
        assert await post(f"hello again {number}", RESIDENT) == 204
        assert isinstance(await take_turn(RESIDENT), Paused)
    assert (await said_to(RESIDENT)).count(TOO_FAST) == 1
    async with transaction() as session:
        kept = await session.scalar(
            select(func.count(Message.id))
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(Contact.address == RESIDENT, Message.direction == "in")
        )
    assert kept == 1 + MANY + 5


async def test_who_floods_waits_in_a_line_of_their_own_and_takes_nobody_elses_connection(
    gateway: Gateway,
) -> None:
    assert await gateway.post_sms("hello") == 204
    async with transaction() as session:  # nothing of this sender can be stored meanwhile
        await session.execute(select(Contact.id).where(Contact.address == RESIDENT).with_for_update())
        flood = [
            asyncio.create_task(gateway.post_sms(f"hello {number}")) for number in range(3 * CONNECTIONS)
        ]
        for number in range(CONNECTIONS):
            assert await gateway.post_sms("pothole", From=f"+1310555{2100 + number}") == 204
        assert engine().pool.checkedout() == 2  # type: ignore[attr-defined]  # ours, and the first of the flood
        assert not any(task.done() for task in flood)
    assert Counter(await asyncio.gather(*flood)) == {204: 3 * CONNECTIONS}


async def test_what_a_flood_left_is_taken_once_it_is_over_and_nothing_of_it_is_lost(gateway: Gateway) -> None:
    assert await gateway.post_sms("hello") == 204
    await take_turn(RESIDENT)
    for number in range(60):
        assert await gateway.post_sms(f"word {number}") == 204
    assert isinstance(await take_turn(RESIDENT), Paused)
    async with transaction() as session:  # the pause is over
        await session.execute(
            update(Turn).values(created_at=Turn.created_at - func.make_interval(0, 0, 0, 0, 0, 1))
        )
    turn = await take_turn(RESIDENT)
    assert isinstance(turn, OpenTurn)
    assert turn.message.split("\n") == [f"word {number}" for number in range(60)]
    async with transaction() as session:
        assert set(await session.scalars(select(Message.state).where(Message.direction == "in"))) == {
            "handled"
        }
    assert (await said_to(RESIDENT)).count(TOO_FAST) == 1
