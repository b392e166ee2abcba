"""Wishes to stop and to start, over the whole way in and out: obeyed, confirmed once, seen by staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.channels.messages import Channel, Inbound, InboundKind, Option
from bot.channels.twilio.parse import parse
from bot.conversation.consent import Barrier, cannot_be_texted
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.receive import receive
from bot.conversation.settling.consent import WANTS_NO_UPDATES, WANTS_UPDATES
from bot.conversation.states import OutboundState
from bot.conversation.texts import gateway_text
from bot.conversation.turns import OpenTurn, open_turn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Message, Turn
from bot.delivery.deliver import next_attempt
from bot.delivery.receipts import record_receipt
from tests.gateway import Gateway
from tests.integration.test_cases import file

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

SMS = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM00", "+13105550123")
TELEGRAM = Inbound(Channel.TELEGRAM, InboundKind.MESSAGE, "77:0", "77")
SIGN_KINDS = (
    Option("Señal de alto o ceda", '/choose{"choice": "detail:stop"}'),
    Option("Nombre de calle", '/choose{"choice": "detail:name"}'),
)
KINDS = (
    Option("Stop or yield sign", '/choose{"choice": "detail:stop"}'),
    Option("Street name", '/choose{"choice": "detail:name"}'),
)


async def say(inbound: Inbound, words: str, number: int = 1) -> int:
    changed = replace(inbound, text=words, provider_id=f"{inbound.provider_id}{number}")
    async with transaction() as session:
        return (await receive(session, changed)).conversation_id


async def contact() -> Contact:
    async with transaction() as session:
        found = await session.scalar(select(Contact))
    assert found is not None
    return found


async def said() -> list[Message]:
    async with transaction() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return list(rows)


async def offer(conversation_id: int, text: str, *options: Option) -> None:
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await queue_replies(session, conversation, [Reply(text, options)])


async def next_message(conversation_id: int) -> str | None:
    """What the engine is told next; None when nothing is left to say to it."""
    async with transaction() as session:
        turn = await open_turn(session, conversation_id)
    assert turn is None or isinstance(turn, OpenTurn)
    return turn.message if turn else None


@pytest.mark.parametrize(
    "words",
    [
        "opt out",
        "STOP ALL",
        "Stop please",
        "stop texting me",
        "no more texts",
        "ya no me manden mensajes",
        "dar de baja",
        "STOP\n--\nMaria Lopez",
        "PARAR",
        "BAJA",
        "ALTO",
        "sotp texting me",
    ],
)
async def test_a_wish_in_any_words_is_confirmed_once_and_obeyed(words: str) -> None:
    conversation_id = await say(SMS, words)
    assert (await contact()).opted_out_why == "asked"
    (confirmation,) = await said()
    assert confirmation.kind == "consent"
    assert "START" in confirmation.body
    await say(SMS, words, 2)
    assert len(await said()) == 1
    assert await next_message(conversation_id) is None


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("stop texting me about the pothole", False),
        ("no more texts about {light}", False),
        ("stop texting me about the light", False),
        ("ya no me manden mensajes del bache", False),
        ("stop texting me", True),
        ("stop texting me about my rent", True),
        ("stop texting me about the pothole and the streetlight", True),
        ("STOP", True),
    ],
)
async def test_who_names_one_of_several_requests_parts_with_that_one_alone(words: str, stops: bool) -> None:
    conversation_id = await say(SMS, "hello")
    await file(conversation_id, "a", service_code="pothole")
    light = (await file(conversation_id, "b", service_code="streetlight", description="it is dark")).reference
    await say(SMS, words.format(light=light), 2)
    assert ((await contact()).opted_out_at is not None) is stops


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("stop texting me about the pothole", False),
        ("please don't send me any more texts about the pothole", False),
        ("no more texts about {pothole}", False),
        ("ya no me manden mensajes de lo del bache", False),
        ("ya no quiero mensajes del bache por favor", False),
        ("stop texting me", True),
        ("stop texting me about this", True),
        ("stop texting me about my report", True),
        ("stop texting me about my rent", True),
        ("no more texts, the pothole is fixed", True),
        ("leave me alone, stop texting me about the pothole", True),
        ("stop texting me about the pothole or anything else", True),
        ("stop texting me about the pothole and remove my number", True),
        ("ya no me manden ningún mensaje del bache", True),
        ("ya no me manden mensajes", True),
        ("STOP", True),
    ],
)
async def test_of_the_only_one_it_is_a_stop_unless_it_is_named_outright(words: str, stops: bool) -> None:
    pothole = (await file(await say(SMS, "hello"), "a", service_code="pothole")).reference
    await say(SMS, words.format(pothole=pothole), 2)
    assert ((await contact()).opted_out_at is not None) is stops


async def test_the_confirmation_goes_out_and_what_waited_does_not_and_says_why() -> None:
    conversation_id = await say(SMS, "pothole")
    await offer(conversation_id, "Where is it?")
    await say(SMS, "stop texting me", 2)
    async with transaction() as session:
        attempt = await next_attempt(session, conversation_id)
    waited, confirmation = await said()
    assert attempt is not None
    assert attempt.message_id == confirmation.id
    assert waited.state == OutboundState.SUPPRESSED
    assert waited.detail == "the resident asked in words to get no more messages"


async def test_what_the_carrier_confirms_is_not_confirmed_by_us() -> None:
    await say(SMS, "STOP")
    assert (await contact()).opted_out_why == "carrier"
    assert await said() == []


@pytest.mark.parametrize("address", ["whatsapp:+13105550123", "rcs:+13105550123"])
@pytest.mark.parametrize("words", ["STOP", "stop", "Unsubscribe", "BAJA"])
async def test_on_whatsapp_and_rcs_no_carrier_knows_the_words_and_we_confirm_and_block(
    address: str, words: str, gateway: Gateway
) -> None:
    await gateway.sms(words, From=address)
    (confirmation,) = await said()
    assert (confirmation.kind, confirmation.body) == ("consent", gateway_text("stopped", "en"))
    assert (await contact()).opted_out_why == "asked"
    await offer(confirmation.conversation_id, "It is fixed.")
    async with transaction() as session:
        assert await next_attempt(session, confirmation.conversation_id) is None
    assert (await said())[-1].state == OutboundState.SUPPRESSED
    await gateway.sms("START", From=address)
    assert (await contact()).opted_out_at is None
    assert (await said())[-1].body == gateway_text("started", "en")


@pytest.mark.parametrize("address", ["whatsapp:+13105550123", "rcs:+13105550123"])
async def test_a_messaging_service_that_took_the_word_on_whatsapp_or_rcs_confirmed_it(
    address: str, gateway: Gateway
) -> None:
    await gateway.sms("STOP", From=address, OptOutType="STOP")
    assert (await contact()).opted_out_why == "carrier"
    await gateway.sms("START", From=address, OptOutType="START")
    assert (await contact()).opted_out_at is None
    assert await said() == []


@pytest.mark.parametrize("words", ["BAJA", "no mas por favor", "whatever the city made its own word"])
async def test_what_a_messaging_service_took_for_a_stop_is_one_and_is_confirmed_by_it(words: str) -> None:
    await say(replace(SMS, opt_out="stop"), words)
    assert (await contact()).opted_out_why == "carrier"
    assert await said() == []
    conversation_id = await say(replace(SMS, opt_out="start"), "COMENZAR", 2)
    assert (await contact()).opted_out_at is None
    assert await next_message(conversation_id) == "/greet"


async def test_help_that_the_messaging_service_answered_is_not_answered_twice() -> None:
    await say(replace(SMS, opt_out="help"), "AYUDA")
    assert await said() == []


@pytest.mark.parametrize(
    ("inbound", "words", "options"),
    [(SMS, "Alto", SIGN_KINDS), (TELEGRAM, "Stop", KINDS), (TELEGRAM, "alto", SIGN_KINDS)],
)
async def test_an_answer_to_our_own_question_is_no_stop(
    inbound: Inbound, words: str, options: tuple[Option, ...]
) -> None:
    conversation_id = await say(inbound, "the sign is down")
    await next_message(conversation_id)
    async with transaction() as session:
        rows = await session.scalars(select(Message))
        for row in rows:
            row.state = "handled"
        for turn in await session.scalars(select(Turn)):
            turn.finished_at = datetime.now(UTC)
    await offer(conversation_id, "Which kind?", *options)
    await say(inbound, words, 2)
    assert (await contact()).opted_out_at is None
    assert await next_message(conversation_id) == options[0].payload, "the option, not a word that wishes"


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("no dont text me", False),
        ("No, don't text me, thanks", False),
        ("no me mande mensajes", False),
        ("please dont text me about this", False),
        ("stop texting me", True),
        ("never text me again", True),
        ("ya no me escriban", True),
        ("ya no me manden mensajes", True),
        ("unsubscribe", True),
    ],
)
async def test_a_no_to_whether_we_shall_text_is_no_stop(words: str, stops: bool) -> None:
    conversation_id = await say(SMS, "the sign is down")
    await next_message(conversation_id)
    async with transaction() as session:
        await session.execute(update(Message).values(state="handled"))
        await session.execute(update(Turn).values(finished_at=datetime.now(UTC)))
    options = (Option("Yes, text me", WANTS_UPDATES), Option("No, thanks", WANTS_NO_UPDATES))
    await offer(conversation_id, "Shall I text you when it changes?", *options)
    await say(SMS, words, 2)
    assert ((await contact()).opted_out_at is not None) is stops
    if not stops:
        assert await next_message(conversation_id) == WANTS_NO_UPDATES


async def test_without_that_question_the_same_words_are_a_stop() -> None:
    await say(SMS, "the sign is down")
    await say(SMS, "no dont text me", 2)
    assert (await contact()).opted_out_at is not None


async def test_an_answer_that_the_carrier_takes_for_a_stop_is_kept_for_later() -> None:
    conversation_id = await say(SMS, "the sign is down")
    await offer(conversation_id, "Which kind?", *KINDS)
    await say(SMS, "Stop", 2)
    assert (await contact()).opted_out_why == "carrier"
    async with transaction() as session:
        waiting = list(await session.scalars(select(Message.body).where(Message.state == "received")))
    assert "Stop" in waiting


@pytest.mark.parametrize(
    "words", ["START", "UNSTOP", "YES", "comenzar", "INICIAR", "empezar", "start texting me again"]
)
async def test_every_word_for_a_start_brings_back_who_had_stopped(words: str) -> None:
    await say(SMS, "stop texting me")
    conversation_id = await say(SMS, words, 2)
    assert cannot_be_texted(await contact()) is None
    assert await next_message(conversation_id) == "/greet"


async def test_what_a_start_tells_besides_is_heard_as_it_was_said() -> None:
    words = "start texting me again, my mother collapsed in the kitchen"
    await say(SMS, "stop texting me")
    conversation_id = await say(SMS, words, 2)
    assert cannot_be_texted(await contact()) is None
    assert await next_message(conversation_id) == words


@pytest.mark.parametrize(
    ("words", "told"),
    [("START", False), ("YES", False), ("comenzar", True), ("start texting me again", True)],
)
async def test_a_start_that_the_carrier_does_not_know_is_confirmed_by_us(words: str, told: bool) -> None:
    await say(SMS, "stop texting me")
    await say(SMS, words, 2)
    async with transaction() as session:
        texts = list(await session.scalars(select(Message.body).where(Message.direction == "out")))
    assert (gateway_text("started", "en") in texts) is told


async def test_a_start_of_who_never_stopped_is_for_the_dialogue() -> None:
    conversation_id = await say(SMS, "empezar")
    assert await next_message(conversation_id) == "empezar"


async def test_who_stopped_on_telegram_is_answered_but_told_nothing_unasked() -> None:
    await say(TELEGRAM, "stop texting me")
    conversation_id = await say(TELEGRAM, "pothole at pico and 4th", 2)
    found = await contact()
    assert (found.opted_out_at, found.wants_updates) == (None, False)
    assert await next_message(conversation_id) == "pothole at pico and 4th"


async def test_who_declined_updates_can_ask_for_them() -> None:
    conversation_id = await say(SMS, "hello")
    async with transaction() as session:
        row = await session.scalar(select(Contact))
        assert row is not None
        row.wants_updates = False
        for message in await session.scalars(select(Message)):
            message.state = "handled"
    await say(SMS, "sí quiero mensajes", 2)
    assert await next_message(conversation_id) == '/choose{"choice": "updates:yes"}'


async def receipt_for(message: Message, fields: str) -> None:
    body = f"MessageSid=SM{'0' * 32}&{fields}".encode()
    (receipt,) = parse(body, query=f"message={message.id}")
    async with transaction() as session:
        await record_receipt(session, receipt)  # type: ignore[arg-type]


async def sent_message() -> Message:
    conversation_id = await say(SMS, "hello")
    await offer(conversation_id, "Hi!")
    async with transaction() as session:
        row = await session.scalar(select(Message).where(Message.direction == "out"))
        assert row is not None
        row.state = OutboundState.SENT
    return row


async def test_an_opt_out_that_comes_in_a_receipt_counts() -> None:
    message = await sent_message()
    await receipt_for(message, "MessageStatus=failed&ErrorCode=21610")
    barrier = cannot_be_texted(await contact())
    assert barrier is not None
    assert (barrier.why, barrier.blocks) == (Barrier.REFUSED, True)


async def test_a_number_out_of_reach_is_known_until_it_is_reached_or_writes() -> None:
    message = await sent_message()
    await receipt_for(message, "MessageStatus=undelivered&ErrorCode=30005")
    barrier = cannot_be_texted(await contact())
    assert barrier is not None
    assert "cannot be reached: the number does not exist any more" in barrier.sentence
    await say(SMS, "hello again", 2)
    assert cannot_be_texted(await contact()) is None
