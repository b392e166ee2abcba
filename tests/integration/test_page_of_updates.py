"""The page of a request goes with what is told of it, whatever phone it is told on; the channel finds the room."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.answer import ActionAnswer
from actions.reading import UPDATE_INTENT
from bot.cases.lookup import find_request
from bot.cases.public_links import public_url
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Notice
from bot.delivery.push import update_request
from tests.console import a_conversation, a_request

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def told(channel: str, conversation_id: int, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages that an update becomes."""
    message = {"text": "", "intent": {"name": UPDATE_INTENT}, "metadata": {"update": event}}
    heard = {"event": "user", "input_channel": channel}
    sender = f"conversation-{conversation_id}"
    tracker = Tracker(sender, {}, message, [heard], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    await ActionAnswer().run(dispatcher, tracker, {})
    return dispatcher.messages


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_an_update_carries_the_page_of_its_request_and_a_reminder_does_not(channel: str) -> None:
    conversation_id = await a_conversation()
    reference = await a_request(conversation_id=conversation_id)
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:ana", "A crew comes."))
    async with transaction() as session:
        event = (await session.scalars(select(Notice))).one().event
        page = public_url((await find_request(session, reference)).id)
    messages = await told(channel, conversation_id, event)
    assert [(one["custom"] or {}).get("page") for one in messages] == [page]
    reminded = await told(channel, conversation_id, {**event, "remind": "verdict"})
    assert not any((one["custom"] or {}).get("page") for one in reminded)
