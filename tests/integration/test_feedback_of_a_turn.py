"""What residents say of finished work in one turn: a verdict for each request it speaks of, stars beside it, once however often the turn is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from actions.effects import carry_out
from actions.reading import Read
from bot.cases.status import Status
from bot.conversation.intake.effects import GiveFeedback
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Turn
from bot.db.session import transaction
from bot.db.tables import Feedback, ServiceRequest
from tests.integration.test_cases import a_conversation, change, file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def test_two_requests_are_judged_in_one_turn_and_each_once() -> None:
    conversation_id = await a_conversation()
    light = await file(conversation_id, key="light")
    hole = await file(conversation_id, key="hole")
    for one in (light, hole):
        await change(one.reference, Status.RESOLVED, "Done.")
    turn = Turn(
        message_id=1,
        text="the light works, the hole is still there",
        intent="not_fixed",
        at=datetime.now(UTC),
    )
    read = Read(turn, 41, None, Memory(met=True), "en", f"conversation-{conversation_id}")
    said = (
        GiveFeedback(light.reference, verdict="fixed", rating=5, comment="the light works"),
        GiveFeedback(hole.reference, verdict="not_fixed", comment=turn.text),
    )
    for _ in range(2):  # a turn that is taken again tells nothing twice
        await carry_out(said, read)
    async with transaction() as session:
        rows = (await session.scalars(select(Feedback).order_by(Feedback.id))).all()
        states = dict((await session.execute(select(ServiceRequest.reference, ServiceRequest.status))).all())
    assert [(row.verdict, row.rating, row.comment) for row in rows] == [
        ("fixed", 5, "the light works"),
        ("not_fixed", None, turn.text),
    ]
    assert states == {light.reference: Status.RESOLVED, hole.reference: Status.OPEN}
