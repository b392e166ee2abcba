"""A cry for help in words that also wish to hear no more, or that read like a machine's: obeyed, and answered for danger.

From the signed webhook through the worker's own turn to what is handed to the provider; only the engine's reading is scripted.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select, update

from bot.channels.messages import Channel, Outcome, SendResult
from bot.channels.provider import Providers
from bot.conversation.attention import Why
from bot.conversation.consent import OptedOut
from bot.conversation.dialogue import Dialogue
from bot.conversation.outbox import DANGER
from bot.conversation.states import InboundState, OutboundState
from bot.conversation.texts import gateway_text
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message
from bot.delivery.deliver import deliver_all
from bot.photos.store import PhotoStore
from bot.settings import settings
from bot.worker.services import Services
from bot.worker.turns import take_turn
from tests.gateway import OURS, RESIDENT, Gateway, configured, heard, open_client
from tests.integration.test_delivery import RecordingProvider, no_photo

pytestmark = pytest.mark.integration

HELP_LINE = "Call or text 988 now."
ASKED_ON = "Where is it?"
CRIES = [
    "leave me alone i want to die",
    "dejenme en paz ya no quiero vivir",
    "stop texting me or i will kill myself",
]
CALM = ["stop texting me", "ya no me manden mensajes", "Please stop texting me, thank you!", "leave me alone"]
AUTOMATIC_CRY = "im busy dying here, someone will find me"


def engine(request: httpx.Request) -> httpx.Response:
    """Danger is answered always, anything else only where it is not to listen for danger alone."""
    asked = json.loads(request.content)
    if any(word in asked["message"] for word in ("die", "dying", "vivir", "kill", "knife")):
        return httpx.Response(200, json=[{"text": HELP_LINE, "custom": {"danger": ["crisis"]}}])
    return httpx.Response(200, json=[] if asked["metadata"]["taken_over"] else [{"text": ASKED_ON}])


@dataclass
class Line(Gateway):
    """The gateway with the worker behind it, and a provider that takes everything."""

    posted: list[tuple[str, bool]] = field(default_factory=list)  # to the engine: words, for danger only
    providers: dict[str, RecordingProvider] = field(default_factory=dict)

    async def take_turns(self) -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        services = Services(
            settings(),
            Dialogue(["http://engine"], client=client),
            Providers({}),
            PhotoStore("memory://photos"),
        )
        async with transaction() as session:
            conversations = list(await session.scalars(select(Conversation).order_by(Conversation.id)))
            channels = {one.id: one.contact.channel for one in conversations}
        for conversation_id, channel in channels.items():
            await take_turn(services, conversation_id)
            provider = self.providers.setdefault(channel, RecordingProvider(Channel(channel)))
            await deliver_all(provider, conversation_id, no_photo)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        self.posted.append((asked["message"], asked["metadata"]["taken_over"]))
        return engine(request)

    @property
    def sent(self) -> list[str]:
        """What was handed to providers, oldest first."""
        return [text for provider in self.providers.values() for _, text, _ in provider.sent]


@pytest.fixture
async def line(database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    with configured(monkeypatch):
        async with open_client() as client:
            yield Line(client)


async def conversation() -> Conversation:
    async with transaction() as session:
        return (await session.scalars(select(Conversation))).one()


async def opted_out() -> str | None:
    async with transaction() as session:
        return (await session.scalars(select(Contact.opted_out_why))).one()


async def withheld() -> list[str]:
    async with transaction() as session:
        query = select(Message.body).where(Message.state == OutboundState.SUPPRESSED).order_by(Message.id)
        return list(await session.scalars(query))


def confirmation(text: str) -> bool:
    return text in {gateway_text("stopped", language) for language in ("en", "es")}


@pytest.mark.parametrize("words", CRIES)
async def test_a_cry_that_also_wishes_to_stop_is_obeyed_answered_and_marked_for_staff(
    words: str, line: Line
) -> None:
    await line.sms(words)
    assert await opted_out() == OptedOut.ASKED
    stopped, help_line = line.sent
    assert confirmation(stopped)
    assert help_line == HELP_LINE
    assert line.posted == [(words, True)]
    marked = await conversation()
    assert (marked.danger_at is not None, marked.wants_person_why) == (True, Why.DANGER)
    (message,) = await heard()
    assert (message.state, message.payload["danger"]) == (InboundState.HANDLED, ["crisis"])


@pytest.mark.parametrize("words", CALM)
async def test_a_calm_wish_to_stop_gets_one_confirmation_and_nothing_else(words: str, line: Line) -> None:
    for _ in range(2):
        await line.sms(words)
    (stopped,) = line.sent
    assert confirmation(stopped)
    assert line.posted == []
    assert (await conversation()).wants_person_at is None


@pytest.mark.parametrize("words", ["stop texting me you clowns", "erase my number, ya stop texting me. HELP"])
async def test_a_wish_that_says_more_but_nothing_of_danger_gets_the_confirmation_alone(
    words: str, line: Line
) -> None:
    await line.sms(words)
    (stopped,) = line.sent
    assert confirmation(stopped)
    assert line.posted == [(words, True)]
    assert (await conversation()).danger_at is None


async def test_it_is_the_same_on_telegram(line: Line) -> None:
    await line.say(CRIES[0])
    assert line.sent == [gateway_text("stopped_telegram", "en"), HELP_LINE]


async def test_words_before_a_cry_are_answered_by_themselves(line: Line) -> None:
    """A worker that is slow finds both waiting."""
    taking = line.take_turns
    line.take_turns = _nothing  # type: ignore[method-assign]
    await line.sms("pothole at Pico and 4th")
    await line.sms(CRIES[0])
    await line.sms("and another one")
    line.take_turns = taking  # type: ignore[method-assign]
    await line.take_turns()
    assert line.posted == [
        ("pothole at Pico and 4th", False),
        (CRIES[0], True),
        ("and another one", False),
    ]
    assert line.sent[1:] == [HELP_LINE]
    assert await withheld() == [ASKED_ON, ASKED_ON]


async def _nothing() -> None:
    return


async def test_danger_that_is_told_after_a_stop_in_words_is_answered_and_nothing_else_is(line: Line) -> None:
    await line.sms("stop texting me")
    await line.sms("there is a pothole")
    await line.sms("he has a knife")
    assert line.sent[1:] == [HELP_LINE]
    assert await withheld() == [ASKED_ON]
    async with transaction() as session:
        kinds = list(await session.scalars(select(Message.kind).where(Message.body == HELP_LINE)))
    assert kinds == [DANGER]


async def test_nothing_goes_to_a_number_that_the_carrier_blocks(line: Line) -> None:
    await line.sms("STOP")
    await line.sms(CRIES[0])
    assert line.sent == []
    assert await withheld() == [HELP_LINE]
    assert (await conversation()).wants_person_why == Why.DANGER


async def test_a_stop_to_the_carrier_counts_after_one_in_words(line: Line) -> None:
    await line.sms("stop texting me")
    await line.sms("STOP")
    await line.sms("i want to die")
    assert await opted_out() == OptedOut.CARRIER
    assert HELP_LINE not in line.sent


async def test_a_block_that_a_receipt_tells_of_counts_after_a_stop_in_words(line: Line) -> None:
    sids = ["SM" + "a" * 32, "SM" + "b" * 32]
    answers = [SendResult(Outcome.SENT, (sid,), parts_sent=1) for sid in sids]
    line.providers[Channel.SMS] = RecordingProvider(answers=answers)
    await line.sms(CRIES[0])
    receipt = {
        "MessageSid": sids[1],
        "MessageStatus": "failed",
        "ErrorCode": "21610",
        "From": OURS,
        "To": RESIDENT,
    }
    assert await line.sms_raw(urlencode(receipt).encode()) == 204
    assert await opted_out() == OptedOut.REFUSED
    await line.sms("i want to die")
    assert line.sent.count(HELP_LINE) == 1


async def test_nothing_goes_to_a_stranger_who_has_the_number_now(line: Line) -> None:
    taking = line.take_turns
    line.take_turns = _nothing  # type: ignore[method-assign]
    await line.sms(CRIES[0])
    async with transaction() as session:
        await session.execute(update(Contact).values(given_up_at=Contact.created_at))
    line.take_turns = taking  # type: ignore[method-assign]
    await line.take_turns()
    assert line.sent == []
    assert (await conversation()).wants_person_why == Why.DANGER


async def test_a_cry_that_reads_like_an_automatic_answer_is_answered_until_danger_was_told_once(
    line: Line,
) -> None:
    await line.sms(AUTOMATIC_CRY)
    assert (line.posted, line.sent) == ([(AUTOMATIC_CRY, True)], [HELP_LINE])
    assert (await conversation()).wants_person_why == Why.DANGER
    await line.sms(AUTOMATIC_CRY)  # a machine after all: staff know, and it is not answered without end
    assert len(line.sent) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Sorry, I can't talk right now",
        "Thanks for contacting Bay Plumbing. If this is an emergency, dial 911. We will reply tomorrow.",
        "Gracias por su mensaje. En caso de emergencia llame al 911. Le responderemos en breve.",
    ],
)
async def test_what_only_a_machine_says_is_not_put_to_the_engine(words: str, line: Line) -> None:
    await line.sms(words)
    assert (line.posted, line.sent) == ([], [])
