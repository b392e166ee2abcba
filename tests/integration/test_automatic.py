"""Machines that answer us: recognised, shown to staff, and never answered without end."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, update

from bot.channels.messages import Option
from bot.conversation import loops
from bot.conversation.attention import Why
from bot.conversation.danger_marks import mark_danger
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn
from bot.db.session import transaction
from bot.db.tables import Contact, Conversation, Media, Message
from tests.gateway import Gateway, forget_time, heard, said
from tests.photos import jpeg

pytestmark = pytest.mark.integration

WHERE = Reply("Where is it? Send an address or a corner.")
MENU = Reply("Which kind?", (Option("Pothole", "/a"), Option("Graffiti", "/b")))

AUTOMATIC = [
    "Thanks for your message. We are closed and will reply tomorrow.",
    "I'm driving with Driving Focus turned on. I'll see your message when I get where I'm going.",
    "I’m driving right now - I’ll get back to you later.",
    "Estoy conduciendo con el modo de concentración activado. Veré tu mensaje cuando llegue.",
    '(I\'m not receiving notifications. If this is urgent, reply "urgent" to send a notification through with your original message.) This is an automatic reply.',
    "I am out of the office until Monday. I will reply when I return.",
    "Estoy fuera de la oficina hasta el lunes y responderé a mi regreso.",
    "Gracias por su mensaje. Estamos cerrados y responderemos mañana.",
    "Thank you for contacting Bay Plumbing. A member of our team will be with you shortly.",
    "AutoReply: this number is not monitored.",
    "Este número no recibe mensajes.",
    "Respuesta automática: no estoy disponible.",
    "No estoy disponible en este momento. Te llamo más tarde.",
    "Your message has been received. Msg&data rates may apply. Reply STOP to unsubscribe",
]
HUMAN = [
    "I'm driving so no photo, pothole at Pico and 4th",
    "thanks for your message",
    "thank you for texting me back, it is at Main and Hill",
    "the library is closed and the lights are on all night",
    "we are closed in by a car blocking our driveway",
    "I'm on vacation and my neighbor says the sprinkler is broken",
    "the automatic gate at the lot is stuck",
    "estoy manejando por Lincoln y hay un bache enorme",
    "gracias por su ayuda",
    "the office on Main is closed, graffiti on its door",
]


@pytest.mark.parametrize("text", AUTOMATIC)
async def test_an_automatic_answer_answers_no_question_and_is_not_answered(
    text: str, gateway: Gateway
) -> None:
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [WHERE]
    await gateway.sms("there is a pothole")
    await gateway.sms(text)
    assert await said() == [WHERE.text]
    assert (await heard())[-1].payload["automatic"] == "wording"
    await gateway.sms("Pico and 4th")
    assert gateway.turns[-1].message == "Pico and 4th"


@pytest.mark.parametrize("text", HUMAN)
async def test_who_drives_or_tells_of_an_office_is_heard(text: str, gateway: Gateway) -> None:
    await gateway.sms(text)
    assert gateway.turns[-1].message == text


async def test_a_menu_stays_on_offer_beside_an_automatic_answer(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [MENU]
    await gateway.sms("something is broken")
    await gateway.sms(AUTOMATIC[1])
    await gateway.sms("2")
    assert gateway.turns[-1].message == "/b"


@pytest.mark.parametrize("sender", ["24273", "262966"])
async def test_a_short_code_is_kept_and_not_answered(sender: str, gateway: Gateway) -> None:
    gateway.engine = lambda turn: [WHERE]
    assert await gateway.sms("Your code is 123456", From=sender) == 204
    assert await said() == []
    assert (await heard())[-1].payload["automatic"] == "short_code"


async def test_the_same_unknown_wording_ends_after_three_texts_of_ours(gateway: Gateway) -> None:
    texts = itertools.cycle(("What is wrong?", "Where is it?", "Which kind?", "How many?", "Since when?"))
    gateway.engine = lambda turn: [Reply(next(texts))]
    await gateway.sms("hello there city")
    for _ in range(6):
        await gateway.sms("Howdy from the front desk at Bay Plumbing, hang tight")
    assert len(await said()) <= 3
    assert (await heard())[-1].payload["automatic"] == "repeated"


async def test_an_echo_ends_at_once(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [WHERE]
    await gateway.sms("hello")
    for _ in range(8):
        await gateway.sms((await said())[-1])
    assert await said() == [WHERE.text]


def at_a_loss(turn: OpenTurn) -> list[Reply]:
    """As the dialogue does: where it is to listen only, nothing but danger is answered."""
    return (
        [] if turn.metadata["taken_over"] else [Reply("I did not get that. Tell me what is wrong and where.")]
    )


async def test_a_machine_of_many_words_gets_at_most_five_texts_without_progress(gateway: Gateway) -> None:
    gateway.engine = at_a_loss
    for number in range(12):
        await gateway.sms(
            f"{WORDS[number % 12]} {WORDS[(number * 5 + 1) % 12]} {WORDS[(number * 7 + 2) % 12]} friend"
        )
    assert len(await said()) <= 6  # the first was said to new words and was new itself
    assert (await heard())[-1].payload["automatic"] == "loop"
    async with transaction() as session:
        (conversation,) = await session.scalars(select(Conversation))
    assert conversation.wants_person_why == Why.LOST
    # It may be a person: what they say is still listened to for danger, and for nothing else.
    await gateway.sms("my father fell and he does not answer me")
    assert gateway.turns[-1].message == "my father fell and he does not answer me"
    assert gateway.turns[-1].metadata["taken_over"] is True
    async with transaction() as session:
        await mark_danger(session, conversation.id, gateway.turns[-1].id, ["emergency"])
    turns = len(gateway.turns)
    await gateway.sms("apple river stone cloud friend of mine")
    assert len(gateway.turns) == turns


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_machine_that_stops_and_starts_in_turn_is_obeyed_and_not_answered_for_ever(
    channel: str, gateway: Gateway
) -> None:
    gateway.engine = at_a_loss
    say = gateway.sms if channel == "sms" else gateway.say
    for _ in range(8):
        await say("START" if channel == "sms" else "/start")
        await say("please stop texting me")
    assert len(await said()) <= 7  # five, and the two that were new
    async with transaction() as session:
        assert (await session.scalars(select(Contact.opted_out_at))).one() is not None
        await session.execute(update(Message).values(created_at=Message.created_at - loops.WINDOW))
    before = len(await said())
    await say("START" if channel == "sms" else "/start")
    assert len(await said()) == before + 1


WORDS = [
    "apple",
    "river",
    "stone",
    "cloud",
    "green",
    "seven",
    "music",
    "paper",
    "train",
    "light",
    "ocean",
    "bread",
]


async def test_an_hour_later_it_is_heard_again(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [WHERE]
    for number in range(9):
        await gateway.sms(f"{WORDS[number]} and {WORDS[number + 1]} are here")
    quiet = len(gateway.turns)
    await forget_time()
    await gateway.sms("the bench at Douglas Park is broken")
    assert len(gateway.turns) == quiet + 1


async def test_a_lively_resident_who_is_asked_new_things_is_never_held(gateway: Gateway) -> None:
    questions = [Reply(f"{word} {other}?") for word in WORDS for other in WORDS if word != other]
    asked = iter(questions)
    gateway.engine = lambda turn: [next(asked)]
    for number in range(12):
        await gateway.sms(f"my {WORDS[number]} is {WORDS[(number + 3) % 12]} and {WORDS[(number + 5) % 12]}")
    assert len(gateway.turns) == 12


@pytest.mark.parametrize("word", ["yes", "1", "ok thanks", "no"])
async def test_a_machine_of_one_word_gets_at_most_five_texts_more_however_we_put_it(
    word: str, gateway: Gateway
) -> None:
    asked = iter([Reply(f"{one} {other}?") for one in WORDS for other in WORDS])
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [next(asked)]
    for _ in range(12):
        await gateway.sms(word)
    assert len(await said()) == 1 + loops.MOST
    assert (await heard())[-1].payload["automatic"] == "loop"


async def test_a_machine_with_a_new_sentence_for_each_of_ours_ends_too(gateway: Gateway) -> None:
    asked = iter([Reply(f"{one} {other}?") for one in WORDS for other in WORDS if one != other])
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [next(asked)]
    for first, second in itertools.islice(itertools.permutations(WORDS, 2), loops.MOST_NEW + 5):
        await gateway.sms(f"the {first} of the {second} and {second}s by {first}")
    assert len(await said()) == loops.MOST_NEW
    assert (await heard())[-1].payload["automatic"] == "loop"
    async with transaction() as session:
        (conversation,) = await session.scalars(select(Conversation))
    assert conversation.wants_person_why == Why.LOST


async def test_choosing_options_is_progress_however_often(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [MENU]
    for _ in range(12):
        await gateway.sms("1")
    assert len(gateway.turns) == 12


async def test_help_again_and_again_ends_too(gateway: Gateway) -> None:
    for _ in range(12):
        await gateway.sms("HELP")
    assert len(await said()) <= 6


LOGO = ("image/jpeg", jpeg(64, 64))
CARD = ("text/x-vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bay Plumbing\r\nEND:VCARD\r\n")


def new_words(number: int) -> str:
    return f"{WORDS[number % 12]} {WORDS[(number * 5 + 1) % 12]} {WORDS[(number * 7 + 2) % 12]} friend"


@pytest.mark.parametrize("attached", [LOGO, CARD])
async def test_an_automatic_answer_with_a_logo_or_a_card_ends_as_one_without(
    attached: tuple[str, bytes], gateway: Gateway
) -> None:
    texts = itertools.cycle(("What is wrong?", "Where is it?", "Which kind?", "How many?", "Since when?"))
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [Reply(next(texts))]
    await gateway.sms("hello there city")
    for _ in range(8):
        await gateway.mms(AUTOMATIC[0], attached)
    assert len(await said()) <= 3
    assert (await heard())[-1].payload["automatic"] == "wording"


async def test_the_same_unknown_wording_with_a_logo_ends_after_a_few(gateway: Gateway) -> None:
    texts = itertools.cycle(("What is wrong?", "Where is it?", "Which kind?", "How many?", "Since when?"))
    gateway.engine = lambda turn: [] if turn.metadata["taken_over"] else [Reply(next(texts))]
    for _ in range(8):
        await gateway.mms("Howdy from the front desk at Bay Plumbing, hang tight", LOGO)
    assert len(await said()) <= 3
    assert (await heard())[-1].payload["automatic"] == "repeated"


@pytest.mark.parametrize(("attached", "words"), [(LOGO, True), (LOGO, False), (CARD, True), (CARD, False)])
async def test_a_machine_with_a_logo_or_a_card_gets_at_most_five_texts_without_progress(
    attached: tuple[str, bytes], words: bool, gateway: Gateway
) -> None:
    gateway.engine = at_a_loss
    for number in range(12):
        await gateway.mms(new_words(number) if words else "", attached)
    assert len(await said()) <= 7
    assert (await heard())[-1].payload["automatic"] == "loop"


async def test_photos_of_a_resident_are_never_automatic_whatever_stands_beside_them(gateway: Gateway) -> None:
    gateway.engine = at_a_loss
    beside = [AUTOMATIC[1], "big pothole at Pico and 4th", *["one more photo of the big pothole"] * 8]
    for number, text in enumerate(beside):
        await gateway.mms(text, ("image/jpeg", jpeg(64, 64, shade=10 * number)))
    assert [message.payload.get("automatic") for message in await heard()] == [None] * len(beside)
    assert len(gateway.turns) == len(beside)
    assert all(len(turn.metadata["photos"]) == 1 for turn in gateway.turns)


async def test_a_new_photo_is_heard_after_one_that_came_twice(gateway: Gateway) -> None:
    """Who is not understood sends the same again, and then something else."""
    gateway.engine = at_a_loss
    for shade in (1, 1, 90, 120):
        await gateway.mms("look at this", ("image/jpeg", jpeg(64, 64, shade=shade)))
    assert len(gateway.turns) == 4


async def test_a_logo_that_comes_late_is_kept_for_staff_and_told_nobody(gateway: Gateway) -> None:
    gateway.engine = at_a_loss
    for _ in range(4):
        await gateway.mms(AUTOMATIC[0], LOGO)
    assert (await heard())[-1].payload["automatic"] == "wording"
    turns = len(gateway.turns)
    await gateway.take_turns()
    async with transaction() as session:
        assert set(await session.scalars(select(Media.state))) == {"kept"}
    assert len(gateway.turns) == turns


async def test_a_photo_is_heard_after_videos_and_after_photos_that_could_not_be_read(
    gateway: Gateway,
) -> None:
    gateway.engine = at_a_loss
    for _ in range(7):
        await gateway.mms("", ("video/mp4", b"\x00\x00\x00\x18ftypmp42"))
    for _ in range(7):
        await gateway.mms("", ("image/jpeg", jpeg(64, 64)[:200]))
    assert {message.payload.get("automatic") for message in (await heard())[7:]} == {None}
    await gateway.mms("", ("image/jpeg", jpeg(64, 64)))
    assert (await heard())[-1].payload.get("automatic") is None
    assert len(gateway.turns[-1].metadata["photos"]) == 1
