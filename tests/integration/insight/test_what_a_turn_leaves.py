"""From the answer of the engine to the figures: what a turn leaves behind is what is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversation.dialogue import TurnResult
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn
from bot.db.session import transaction
from bot.db.tables import Turn
from bot.insight.days import ONE, Days, today
from bot.insight.reading import Asked, reader
from bot.insight.talk import Kind
from bot.worker import turns as worker_turns
from tests.console import a_conversation

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


class Scripted:
    """An engine that answers each turn with the next of its results."""

    def __init__(self, *results: TurnResult) -> None:
        self.results = list(results)

    async def take(self, _: OpenTurn) -> TurnResult:
        return self.results.pop(0)


class Services:
    """As much of a worker's services as a turn without buttons needs."""

    def __init__(self, dialogue: Scripted) -> None:
        self.dialogue = dialogue


async def say(words: str, result: TurnResult) -> None:
    conversation_id = await a_conversation(text=words)
    await worker_turns.take_turn(Services(Scripted(result)), conversation_id)  # type: ignore[arg-type]


async def test_a_report_that_ends_in_the_wish_for_a_person_is_counted_at_its_last_question() -> None:
    where = (Reply("Where is it?"),)
    await say("there is a pothole", TurnResult(where, report_open=True, open_question="where"))
    await say("by my house", TurnResult(where, open_question="where"))
    await say("let me talk to somebody", TurnResult(where, wants_person=True, open_question="where"))
    await say("forget it", TurnResult((Reply("All right."),), report_open=False, open_question=""))
    async with transaction() as session:
        kept = (await session.scalars(select(Turn.open_question).order_by(Turn.id))).all()
    assert kept == ["where", "where", "where", ""]
    now = datetime.now(UTC) + timedelta(seconds=1)
    async with transaction() as session:
        read = await reader(session, Asked(), now)
        found = await read.talk(
            Days(today(now) - ONE, today(now)),
            (Kind.ASKED, Kind.IN_VAIN, Kind.PERSON, Kind.GIVEN_UP, Kind.JOINED),
        )
    assert found == {
        (Kind.ASKED, "where"): 3,
        (Kind.IN_VAIN, "where"): 2,
        (Kind.PERSON, ""): 1,
        (Kind.GIVEN_UP, "where"): 1,
    }
