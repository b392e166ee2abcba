"""What the engine alone understood of a wish about our texts is obeyed by the worker, as the gateway obeys what it hears itself."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.answer import ActionAnswer
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.messages import Channel, Inbound, InboundKind, Outbound
from bot.channels.provider import Providers
from bot.conversation.consent import OptedOut
from bot.conversation.dialogue import TurnResult
from bot.conversation.intake.turn import Wished
from bot.conversation.outbox import Reply
from bot.conversation.receive import receive
from bot.conversation.texts import LANGUAGES, gateway_text
from bot.conversation.turns import OpenTurn, finish_turn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message
from bot.delivery.deliver import deliver_all
from bot.delivery.push import update_request
from bot.photos.store import PhotoStore
from bot.settings import settings
from bot.worker.services import Services
from bot.worker.turns import take_turn
from tests.console import a_request
from tests.integration.telling import tell_everybody
from tests.integration.test_delivery import RecordingProvider, no_photo

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


class Engine:
    """Understands what it is told to."""

    def __init__(self, wished: Wished) -> None:
        self.wished = wished

    async def take(self, turn: OpenTurn) -> TurnResult:
        return TurnResult((), wished=self.wished)


async def says(words: str, wished: Wished, number: int = 1, channel: Channel = Channel.SMS) -> int:
    """A message, taken by the worker's own turn."""
    inbound = Inbound(channel, InboundKind.MESSAGE, f"SMw{number}", "+13105550123", text=words)
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
    services: Any = Services(settings(), Engine(wished), Providers({}), PhotoStore("memory://wished"))  # type: ignore[arg-type]
    await take_turn(services, conversation_id)
    return conversation_id


async def told() -> list[str]:
    async with transaction() as session:
        query = select(Message.body).where(Message.direction == "out").order_by(Message.id)
        return list(await session.scalars(query))


async def the_contact() -> Contact:
    async with transaction() as session:
        return (await session.scalars(select(Contact))).one()


def worded(name: str) -> set[str]:
    return {gateway_text(name, language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("channel", "name"), [(Channel.SMS, "stopped"), (Channel.TELEGRAM, "stopped_telegram")]
)
async def test_a_wish_to_hear_no_more_is_confirmed_once_and_obeyed(channel: Channel, name: str) -> None:
    conversation_id = await says("this phone is done with you", Wished.STOP, channel=channel)
    assert (await the_contact()).opted_out_why == OptedOut.ASKED
    (confirmed,) = await told()
    assert confirmed in worded(name)
    provider = RecordingProvider(channel)
    await deliver_all(provider, conversation_id, no_photo)
    assert [sent.text if isinstance(sent, Outbound) else sent[1] for sent in provider.sent] == [confirmed]


async def test_who_has_stopped_is_not_told_so_again() -> None:
    for number in (1, 2):
        await says("this phone is done with you", Wished.STOP, number)
    assert len(await told()) == 1


async def test_a_wish_to_be_forgotten_is_asked_about_and_the_word_erases() -> None:
    await says("i would like you to have no trace of me", Wished.ERASE)
    (asked,) = await told()
    assert asked in worded("erase_ask")
    assert (await the_contact()).opted_out_at is None
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SMw9", "+13105550123", text="ERASE")
    async with transaction() as session:
        await receive(session, inbound)
    assert (await told())[-1] in worded("erased")


async def test_a_number_that_is_somebody_elses_is_taken_off_what_it_was_told_of() -> None:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SMw1", "+13105550123", text="pothole")
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
        first = await open_turn(session, conversation_id)
        assert isinstance(first, OpenTurn)
        await finish_turn(session, first, [Reply("Filed.")])
    reference = await a_request("one", conversation_id)
    words = "he gave up this phone, it came to me in june"
    assert await answered(conversation_id, words) != ["utter_not_yours"], "told of nothing yet"
    async with transaction() as session:
        await update_request(session, Change(reference, Status.RESOLVED, "staff:maria", "Done."))
    await tell_everybody()
    async with transaction() as session:
        second = await open_turn(session, conversation_id)
        assert isinstance(second, OpenTurn)
        await finish_turn(session, second, [Reply("Resolved. Is it fixed?")])
    assert await answered(conversation_id, words) == ["utter_not_yours"]
    async with transaction() as session:
        contact = (await session.get_one(Conversation, conversation_id)).contact
    assert contact.disowned_at is not None
    assert await answered(conversation_id, words) != ["utter_not_yours"], "said once"


async def answered(conversation_id: int, words: str) -> list[str]:
    """The responses of the action to words that the engine takes for those of a stranger."""
    message = {
        "text": words,
        "intent": {"name": "out_of_scope", "confidence": 0.9},
        "wish": "not_mine",
        "metadata": {"turn_id": 9},
    }
    event = {"event": "user", "input_channel": "sms"}
    slots = {"memory": {"met": True}, "language": "en"}
    sender = f"conversation-{conversation_id}"
    tracker = Tracker(sender, slots, message, [event], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    await ActionAnswer().run(dispatcher, tracker, {})
    return [said["response"] for said in dispatcher.messages if "response" in said]
