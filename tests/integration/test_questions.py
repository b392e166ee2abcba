"""What residents ask the city: kept on the turn, told by `cityline questions`."""

from __future__ import annotations

import pytest

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.conversation.outbox import Reply
from bot.conversation.receive import receive
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from tests.integration.test_cli import _json, _run

pytestmark = pytest.mark.integration


async def ask(serial: int, words: str, asked: str | None) -> int:
    """A resident says something, and the engine finds in it the question `asked`; gives the conversation."""
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, f"SM{serial}", f"+1310555{serial:04d}", text=words)
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
    assert conversation_id is not None
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        assert await finish_turn(session, turn, [Reply("An answer.")], asked=asked)
    return conversation_id


async def test_what_is_asked_is_counted_and_what_has_no_answer_is_found(database: EmbeddedDatabase) -> None:
    await ask(1, "when is trash day", "trash_day")
    await ask(2, "trash day?", "trash_day")
    await ask(3, "huge pothole", None)
    unknown = await ask(4, "do you rent kayaks", "")
    listed = {row["code"]: row for row in _json(database, "questions", "list")}
    assert listed["trash_day"]["asked"] == 2
    assert sum(row["asked"] for row in listed.values()) == 2
    assert listed["trash_day"]["source"].startswith("https://")
    assert [row["conversation"] for row in _json(database, "questions", "unanswered")] == [unknown]
    shown = _run(database, "questions", "unanswered").stdout
    assert str(unknown) in shown
    assert "kayaks" not in shown
