"""A reply to an older message of ours tells the engine which request that message was about, on Telegram, WhatsApp and RCS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.answer import ActionAnswer
from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.status import Status
from bot.conversation.outbox import Reply
from bot.conversation.states import OutboundState
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message
from tests.gateway import CHAT, SENT, Gateway
from tests.integration.telling import tell_everybody
from tests.integration.test_cases import change, file

pytestmark = pytest.mark.integration
WHATSAPP = "whatsapp:+13105550123"


async def the_conversation() -> int:
    async with transaction() as session:
        return (await session.scalars(select(Conversation.id))).one()


async def tell(conversation_id: int, words: str) -> None:
    """What waits to be told is told in these words, and is on the phone."""
    await tell_everybody()
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
        assert isinstance(turn, OpenTurn)
        await finish_turn(session, turn, [Reply(words)])
    async with transaction() as session:
        for row in await session.scalars(select(Message).where(Message.direction == "out")):
            row.state, row.provider_id = OutboundState.SENT, row.provider_id or f"{CHAT}:{1_000_000 + row.id}"


async def ours(words: str) -> Message:
    async with transaction() as session:
        return (await session.scalars(select(Message).where(Message.body == words))).one()


async def sid_of(message: Message) -> str:
    sid = f"SM{0xABC000 + message.id:032x}"
    async with transaction() as session:
        (await session.get_one(Message, message.id)).provider_id = sid
    return sid


async def reply(gateway: Gateway, channel: str, words: str, below: str) -> None:
    message = await ours(below)
    if channel == "telegram":
        above = {
            "message_id": int((message.provider_id or "").partition(":")[2]),
            "date": SENT,
            "chat": {"id": CHAT, "type": "private"},
            "text": below,
        }
        await gateway.say(words, reply_to_message=above)
    else:
        await gateway.sms(words, From=WHATSAPP, OriginalRepliedMessageSid=await sid_of(message))


async def say(gateway: Gateway, channel: str, words: str) -> None:
    await (gateway.say(words) if channel == "telegram" else gateway.sms(words, From=WHATSAPP))


async def two_requests(gateway: Gateway, channel: str) -> tuple[int, str, str]:
    """A conversation with two requests that are both done, the second of which was told of last."""
    await say(gateway, channel, "hello")
    conversation_id = await the_conversation()
    async with transaction() as session:
        (await session.scalars(select(Contact))).one().wants_updates = True
    first = (await file(conversation_id, "one")).reference
    second = (await file(conversation_id, "two", service_code="streetlight")).reference
    for reference in (first, second):
        await change(reference, Status.RESOLVED, "Done.")
        await tell(conversation_id, f"Done: {'the first' if reference == first else 'the second'}.")
    return conversation_id, first, second


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_a_reply_to_an_older_update_is_about_that_request(channel: str, gateway: Gateway) -> None:
    _, first, second = await two_requests(gateway, channel)
    await reply(gateway, channel, "still there", "Done: the first.")
    assert gateway.turns[-1].metadata["about"] == first
    await reply(gateway, channel, "thanks", "Done: the second.")
    assert gateway.turns[-1].metadata["about"] == second
    await say(gateway, channel, "still there")
    assert gateway.turns[-1].metadata["about"] is None


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_a_reply_to_what_was_said_when_it_was_filed_is_about_it(channel: str, gateway: Gateway) -> None:
    await say(gateway, channel, "hello")
    conversation_id = await the_conversation()
    first = (await file(conversation_id, "one")).reference
    second = (await file(conversation_id, "two")).reference
    asked, both = "Do you want texts about it?", f"{first} is open. {second} is open."
    answers = iter([[Reply(f"Thank you! It is {first}."), Reply(asked)], [Reply(both)], [], [], []])
    gateway.engine = lambda turn: next(answers)
    await say(gateway, channel, "send it")
    await say(gateway, channel, "how do they stand?")
    await reply(gateway, channel, "it is by the stop", f"Thank you! It is {first}.")
    assert gateway.turns[-1].metadata["about"] == first
    await reply(gateway, channel, "it is by the stop", asked)
    assert gateway.turns[-1].metadata["about"] == first, "said in one breath with it"
    await reply(gateway, channel, "it is by the stop", both)
    assert gateway.turns[-1].metadata["about"] is None, "it may be either"


async def test_of_one_that_was_joined_it_is_about_the_one_that_goes_on(gateway: Gateway) -> None:
    conversation_id, _, _ = await two_requests(gateway, "telegram")
    old = (await file(conversation_id, "three")).reference
    new = (await file(conversation_id, "four")).reference
    await change(old, Status.IN_PROGRESS, "Soon.")
    await tell(conversation_id, "The third is under way.")
    async with transaction() as session:
        await merge_requests(session, old, new, "staff:ana")
    await reply(gateway, "telegram", "it got bigger", "The third is under way.")
    assert gateway.turns[-1].metadata["about"] == new


async def test_a_reply_to_nothing_of_ours_or_of_somebody_else_is_about_nothing(gateway: Gateway) -> None:
    await two_requests(gateway, "telegram")
    await reply(gateway, "telegram", "still there", "hello")
    assert gateway.turns[-1].metadata["about"] is None
    await gateway.sms("still there", OriginalRepliedMessageSid=await sid_of(await ours("Done: the first.")))
    assert gateway.turns[-1].metadata["about"] is None


@pytest.mark.parametrize(("below", "reopened"), [("Done: the first.", 0), (None, 1)])
async def test_not_fixed_below_the_older_update_opens_the_older_request(
    below: str | None, reopened: int, gateway: Gateway
) -> None:
    """Through the action as the engine runs it; without the reply it is the newest."""
    conversation_id, *both = await two_requests(gateway, "telegram")
    if below:
        await reply(gateway, "telegram", "still there", below)
    else:
        await gateway.say("still there")
    question = {"question": "verdict", "reference": both[1], "service": "streetlight"}
    memory = {"met": True, "agenda": [{**question, "at": datetime.now(UTC).isoformat()}]}
    message: dict[str, Any] = {
        "text": "still there",
        "intent": {"name": "not_fixed", "confidence": 0.9},
        "services": [],
        "language": "en",
        "metadata": gateway.turns[-1].metadata,
    }
    event = {"event": "user", "input_channel": "telegram"}
    sender = f"conversation-{conversation_id}"
    tracker = Tracker(sender, {"memory": memory}, message, [event], False, None, {}, "action_listen")
    await ActionAnswer().run(CollectingDispatcher(), tracker, {})
    async with transaction() as session:
        stand = [(await find_request(session, reference)).status for reference in both]
    assert stand.index(Status.OPEN) == reopened
    assert stand.count(Status.OPEN) == 1


async def test_a_wrong_number_below_an_older_update_is_about_that_request(gateway: Gateway) -> None:
    _, first, second = await two_requests(gateway, "telegram")
    await reply(gateway, "telegram", "wrong number", "Done: the first.")
    assert gateway.turns[-1].message == f'/choose{{"choice": "not_mine:{first}"}}'
    await gateway.say("wrong number")
    assert gateway.turns[-1].message == f'/choose{{"choice": "not_mine:{second}"}}'
