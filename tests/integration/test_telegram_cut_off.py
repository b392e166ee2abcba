"""A reply on Telegram whose answer was lost is delivered once: the real way out, against the simulator on a socket."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select, update

from bot.certificates import believed
from bot.channels.messages import Inbound, Option, OutboundPhoto, Pin
from bot.channels.provider import Provider
from bot.channels.telegram.client import TelegramClient, open_client
from bot.channels.telegram.parse import parse_update
from bot.channels.telegram.provider import TelegramProvider
from bot.channels.telegram.render import render
from bot.channels.telegram.send import send
from bot.channels.telegram.updates import get_updates, next_offset
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.db.tables import Conversation, Media, Message
from bot.delivery.attempts import next_attempt
from bot.delivery.deliver import DeliveryPostponedError, deliver_all
from bot.delivery.pictures import with_pictures
from bot.settings import load_settings
from bot.simulator.config import SimulatorConfig
from tests.simulation import Simulation, serving

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

ANA, BEN = "700", "701"
PATIENCE = httpx.Timeout(connect=5, read=0.5, write=5, pool=5)


def no_photo(media: Media, channel: str) -> OutboundPhoto:
    raise AssertionError("these replies have no photos")


@dataclass
class City:
    """Cityline's side of the simulator: takes what residents say, sends what waits."""

    simulation: Simulation
    client: TelegramClient
    provider: Provider
    offset: int | None = None

    async def hear(self, address: str, text: str) -> int:
        """A resident says something and it is stored; returns the conversation."""
        await self.simulation.say("telegram", address, text=text)
        return await self.take_in()

    async def take_in(self) -> int:
        conversation_id = 0
        updates = await get_updates(self.client, offset=self.offset, wait=0)
        self.offset = next_offset(updates, self.offset)
        for raw in updates:
            for inbound in parse_update(raw):
                assert isinstance(inbound, Inbound)
                async with transaction() as session:
                    conversation_id = (await receive(session, inbound)).conversation_id
        await get_updates(self.client, offset=self.offset, wait=0)  # which confirms them
        return conversation_id

    async def deliver(self, conversation_id: int) -> int:
        """Deliver as the worker does, coming back when postponed; returns how often it was postponed."""
        for postponed in range(5):
            try:
                await deliver_all(self.provider, conversation_id, no_photo)
            except DeliveryPostponedError:
                continue
            return postponed
        raise AssertionError("still not delivered")

    async def begin(self, conversation_id: int, *, arrives: bool) -> None:
        """As a worker that was killed some time ago, after marking the message, or after Telegram took it."""
        async with transaction() as session:
            attempt = await next_attempt(session, conversation_id)
        assert attempt is not None
        if arrives:
            attempt = await with_pictures(attempt, self.provider.channel, no_photo)
            await self.provider.send(attempt.outbound, to=attempt.address, message_id=attempt.message_id)
        await end_leases()

    async def on_phone(self, address: str) -> list[str]:
        """What the city's bubbles on a resident's phone say; none of them was changed."""
        messages = await self.simulation.shown("telegram", address, sender="city")
        assert not any(message["edited"] for message in messages)
        return [message["text"] for message in messages]


@pytest.fixture
async def city() -> AsyncIterator[City]:
    with serving(SimulatorConfig(telegram_webhook=None, seed=7, hang=2.0)) as config:
        settings = load_settings(
            telegram_bot_token=config.credentials.telegram_token, telegram_api_base_url=config.base_url
        )
        client = open_client(settings, timeout=PATIENCE)
        async with httpx.AsyncClient(base_url=config.base_url, timeout=10, verify=believed()) as http:
            yield City(Simulation(config, http), client, TelegramProvider(client))
        await client.aclose()


async def end_leases() -> None:
    """As if the attempts under way had begun long ago."""
    async with transaction() as session:
        await session.execute(update(Message).values(lease_until=datetime.now(UTC) - timedelta(minutes=1)))


async def queue(conversation_id: int, *replies: Reply) -> list[int]:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        return [row.id for row in await queue_replies(session, conversation, replies)]


async def outbox() -> list[Message]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return list(rows)


PICO = Pin(34.0105, -118.4912)
MENU = (Option("Pothole", "/p"), Option("Graffiti", "/g"))
REPLIES: list[tuple[str, dict[str, Any]]] = [
    ("plain words", {}),
    ("buttons", {"options": MENU}),
    ("the location button", {"ask_location": True}),
    ("a map", {"map": PICO, "options": MENU}),
    ("a map with the location button", {"map": PICO, "ask_location": True}),
]


def method(more: dict[str, Any]) -> str:
    """What a reply is sent with."""
    return "sendPhoto" if "map" in more else "sendMessage"


async def test_a_map_comes_as_a_photo_with_the_words_and_the_buttons(city: City) -> None:
    conversation_id = await city.hear(ANA, "pothole on pico")
    await queue(conversation_id, Reply("Pothole, near 1700 Main St. Right?", MENU, map=PICO))
    await city.deliver(conversation_id)
    (shown,) = await city.simulation.shown("telegram", ANA, sender="city")
    assert shown["text"] == "Pothole, near 1700 Main St. Right?"
    assert [key["text"] for row in shown["buttons"] for key in row] == ["Pothole", "Graffiti"]
    (picture,) = shown["media"]
    content = (await city.simulation.http.get(picture["url"])).content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (896, 672)


@pytest.mark.parametrize(("_kind", "more"), REPLIES)
async def test_a_reply_that_went_out_without_an_answer_is_delivered_once(
    _kind: str, more: dict[str, Any], city: City
) -> None:
    conversation_id = await city.hear(ANA, "pothole on pico")
    await queue(conversation_id, Reply("Which corner?", **more), Reply("Take your time."))
    await city.simulation.fault("timeout_after_send", provider="telegram", method=method(more), count=1)
    assert await city.deliver(conversation_id) == 1
    assert await city.on_phone(ANA) == ["Which corner?", "Take your time."]
    first, second = await outbox()
    assert {first.state, second.state} == {OutboundState.SENT}
    assert first.provider_id is not None


@pytest.mark.parametrize(("_kind", "more"), REPLIES)
async def test_a_reply_that_did_not_go_out_is_sent_again_once(
    _kind: str, more: dict[str, Any], city: City
) -> None:
    conversation_id = await city.hear(ANA, "pothole on pico")
    await queue(conversation_id, Reply("Which corner?", **more))
    await city.simulation.fault("reset", provider="telegram", method=method(more), count=1)
    assert await city.deliver(conversation_id) == 1
    assert await city.on_phone(ANA) == ["Which corner?"]


@pytest.mark.parametrize("arrives", [False, True])
@pytest.mark.parametrize(("_kind", "more"), REPLIES)
async def test_a_reply_of_a_killed_worker_is_delivered_once(
    _kind: str, more: dict[str, Any], arrives: bool, city: City
) -> None:
    conversation_id = await city.hear(ANA, "pothole on pico")
    (message_id,) = await queue(conversation_id, Reply("Which corner?", **more))
    await city.begin(conversation_id, arrives=arrives)
    assert await city.deliver(conversation_id) == 0
    assert await city.on_phone(ANA) == ["Which corner?"]
    (message,) = await outbox()
    assert (message.id, message.state) == (message_id, OutboundState.SENT)
    assert message.provider_id is not None


@pytest.mark.parametrize(("_kind", "more"), REPLIES)
@pytest.mark.parametrize("taken_in", [True, False])
async def test_what_is_said_meanwhile_is_not_taken_for_the_reply(
    _kind: str, more: dict[str, Any], taken_in: bool, city: City
) -> None:
    conversation_id = await city.hear(ANA, "pothole on pico")
    other = await city.hear(BEN, "graffiti")
    await queue(conversation_id, Reply("Which corner?", **more))
    await city.begin(conversation_id, arrives=True)
    await city.simulation.say("telegram", ANA, text="4th")
    for text in ("hello?", "anybody?"):
        await city.simulation.say("telegram", BEN, text=text)
    if taken_in:
        await city.take_in()
    await queue(other, Reply("Where is it?"))
    await city.deliver(other)
    await city.deliver(conversation_id)
    assert await city.on_phone(ANA) == ["Which corner?"]


async def test_the_same_words_twice_are_two_messages(city: City) -> None:
    conversation_id = await city.hear(ANA, "hello")
    await queue(conversation_id, Reply("What is it?"))
    await city.deliver(conversation_id)
    await queue(conversation_id, Reply("What is it?"))
    await city.begin(conversation_id, arrives=False)
    await city.deliver(conversation_id)
    assert await city.on_phone(ANA) == ["What is it?", "What is it?"]


@pytest.mark.parametrize("arrived", [0, 1, 2])
async def test_a_long_reply_cut_off_between_its_parts_comes_whole_and_once(arrived: int, city: City) -> None:
    conversation_id = await city.hear(ANA, "hello")
    text = " ".join(f"word{number}" for number in range(1000))
    await queue(conversation_id, Reply(text, MENU))
    async with transaction() as session:
        attempt = await next_attempt(session, conversation_id)
    assert attempt is not None
    rendered = render(attempt.outbound, to=ANA, message_id=attempt.message_id)
    assert len(rendered.parts) == 2
    await send(city.client, replace(rendered, parts=rendered.parts[:arrived]))
    await end_leases()
    await city.deliver(conversation_id)
    assert " ".join(await city.on_phone(ANA)) == text
    (message,) = await outbox()
    assert len(message.payload["provider_ids"]) == 2
