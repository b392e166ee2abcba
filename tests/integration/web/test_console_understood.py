"""What the bot understood stands beside each message of a resident, and goes with the words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Turn
from bot.keeping.erasing import erase_contact
from bot.keeping.words import forget_words
from tests.console import Browser, a_conversation

pytestmark = pytest.mark.integration

HEARD: dict[str, Any] = {
    "language": "es",
    "intent": "give_place",
    "meant": "answer",
    "before": "where",
    "after": "where",
    "readings": [["tell", 0.41], ["another", 0.37]],
    "services": [["pothole", 0.91], ["sidewalk", 0.05]],
    "place": {"words": "pico y la 4", "outcome": "resolved", "name": "Pico Blvd & 4th St"},
    "gloss": "pothole <b>in</b> pico and the 4",
}


async def a_turn(understood: dict[str, Any] | None = None) -> int:
    conversation_id = await a_conversation(text="pico y la 4")
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply("¿Dónde está?")], understood=understood)
    return conversation_id


async def test_a_clerk_reads_what_it_was_taken_for_and_what_else_it_may_have_been(maria: Browser) -> None:
    page = (await maria.open(f"/console/conversations/{await a_turn(HEARD)}")).text
    assert "Unsure: the answer to the question, Pico Blvd &amp; 4th St" in page
    assert 'another report <span class="chance">37 %' in page
    assert "“pico y la 4”: found, Pico Blvd &amp; 4th St" in page
    assert "Where is it? (again)" in page
    assert "pothole &lt;b&gt;in&lt;/b&gt; pico and the 4" in page


async def test_a_turn_of_which_nothing_is_known_shows_nothing(maria: Browser) -> None:
    page = (await maria.open(f"/console/conversations/{await a_turn()}")).text
    assert "pico y la 4" in page
    assert "understood" not in page


async def kept() -> list[dict[str, Any] | None]:
    async with transaction() as session:
        return list(await session.scalars(select(Turn.understood)))


async def test_it_is_forgotten_with_the_words(maria: Browser) -> None:
    conversation_id = await a_turn(HEARD)
    assert await kept() == [HEARD]
    async with transaction() as session:
        await forget_words(session, [conversation_id], datetime.now(UTC))
    assert await kept() == [None]


async def test_it_is_erased_with_its_resident(maria: Browser) -> None:
    conversation_id = await a_turn(HEARD)
    async with transaction() as session:
        contact_id = await session.scalar(
            select(Contact.id).join(Conversation).where(Conversation.id == conversation_id)
        )
        assert contact_id is not None
        await erase_contact(session, contact_id, actor="staff:maria")
    assert await kept() == [None]
