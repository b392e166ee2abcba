"""Parts of one text that come swapped are one text again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.conversation.parts import PART_WAIT
from bot.db.session import transaction
from bot.db.tables import Message
from tests.gateway import Gateway

pytestmark = pytest.mark.integration


async def test_the_second_part_waits_for_the_first_and_follows_it(gateway: Gateway) -> None:
    await gateway.sms("(2/2) and 4th, been there for weeks")
    assert gateway.turns == []
    assert await gateway.waits()
    await gateway.sms("(1/2) Big hole on the corner of Pico")
    (turn,) = gateway.turns
    assert turn.message == "Big hole on the corner of Pico and 4th, been there for weeks"


async def test_three_parts_in_any_order_beside_other_words(gateway: Gateway) -> None:
    await gateway.sms("(3/3) since Monday")
    await gateway.sms("(1/3) Trash can")
    assert gateway.turns == []
    await gateway.sms("(2/3) is overflowing at Douglas Park")
    assert gateway.turns[-1].message == "Trash can is overflowing at Douglas Park since Monday"


async def test_a_part_that_stays_alone_is_taken_after_a_while(gateway: Gateway) -> None:
    await gateway.sms("(1/2) Big hole on the corner of Pico")
    assert gateway.turns == []
    async with transaction() as session:
        await session.execute(
            update(Message).values(created_at=datetime.now(UTC) - PART_WAIT - timedelta(seconds=1))
        )
    await gateway.take_turns()
    assert gateway.turns[-1].message == "Big hole on the corner of Pico"


async def test_a_fraction_is_no_part(gateway: Gateway) -> None:
    await gateway.sms("(1/2) mile from the pier")
    assert gateway.turns[-1].message == "(1/2) mile from the pier"
