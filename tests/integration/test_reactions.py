"""Marks on our messages: a thumb answers a question with yes and no, everything else says nothing to us."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.messages import Option
from bot.conversation.outbox import Reply
from bot.conversation.turns import OpenTurn
from bot.db.session import transaction
from bot.db.tables import Message
from tests.gateway import CHAT, SENT, Gateway, heard, said

pytestmark = pytest.mark.integration

SUMMARY = Reply(
    "What: Pothole\nWhere: Pico Blvd & 4th St\nShall I send it?",
    (Option("Send it", "/file"), Option("Change something", "/change")),
)
FIXED = Reply("Is it fixed?", (Option("Fixed", "/fixed"), Option("Not fixed", "/not_fixed")))
UPDATES = Reply(
    "May I text you updates?",
    (
        Option("Yes", '/choose{"choice": "updates:yes"}'),
        Option("No", '/choose{"choice": "updates:no"}'),
    ),
)
WHICH = Reply("Which kind?", (Option("Stop sign", '/choose{"choice": "a"}'), Option("Other", "/b")))
WHERE = Reply("Where is it? Send an address or a corner.")


def asks(question: Reply) -> object:
    """An engine that asks the question once and then only listens."""

    def answer(turn: OpenTurn) -> list[Reply]:
        return [question] if turn.message == "hello city" else []

    return answer


FORMS = [
    "Loved “{0}”",
    "Liked “{0}”",
    'Liked "{0}"',
    "Disliked “{0}”",
    "Laughed at “{0}”",
    "Emphasized “{0}”",
    "Questioned “{0}”",
    "Reacted 👍 to “{0}”",
    "Reacted 🔥 to “{0}”",
    "Removed a heart from “{0}”",
    "Removed a like from “{0}”",
    "Removed 👍 from “{0}”",
    "Le gustó “{0}”",
    "Le encantó “{0}”",
    "No le gustó “{0}”",
    "Le dio risa “{0}”",
    "Reaccionó con 👍 a “{0}”",
    "Destacó “{0}”",
    "Cuestionó “{0}”",
    "Eliminó un corazón de “{0}”",
    "\u200a\u200b👍\u200b to “\u200a{0}\u200a”\u200a",
    "\u200a\u200b👎🏿\u200b a “\u200a{0}\u200a”\u200a",
    "👍 to “{0}”",
    "Liked an image",
    "Le gustó una imagen",
    "Laughed at a photo",
    "Le disgustó “{0}”",
    "Hizo hincapié en “{0}”",
    "Reacted to “{0}” with 👍",
    "Added a heart to “{0}”",
    "Loved a Live Photo",
    "Liked 2 images",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("question", [WHERE, WHICH], ids=["words", "menu"])
async def test_at_a_question_that_is_not_yes_or_no_a_reaction_says_nothing(
    form: str, question: Reply, gateway: Gateway
) -> None:
    gateway.engine = asks(question)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms(form.format(question.text))
    assert await said() == [question.text]
    assert len(gateway.turns) == 1
    assert (await heard())[-1].kind == "reaction"


async def test_a_reaction_in_words_of_an_unknown_app_is_known_by_what_it_quotes(gateway: Gateway) -> None:
    gateway.engine = asks(WHERE)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms(f"Applauded “{WHERE.text}”")
    await gateway.sms("The sign on the pole says “no parking after four in the afternoon”")
    assert [turn.message for turn in gateway.turns][1:] == [
        "The sign on the pole says “no parking after four in the afternoon”"
    ]


YES = [
    "Loved “{0}”",
    "Liked “{0}”",
    "Le gustó “{0}”",
    "Reacted 👍🏽 to “{0}”",
    "\u200a\u200b❤️\u200b to “\u200a{0}\u200a”",
]
NO = ["Disliked “{0}”", "No le gustó “{0}”", "Reaccionó con 👎 a “{0}”"]


@pytest.mark.parametrize("form", YES)
@pytest.mark.parametrize(("question", "payload"), [(SUMMARY, "/file"), (FIXED, "/fixed")])
async def test_a_thumb_or_a_heart_on_the_open_question_is_a_yes(
    form: str, question: Reply, payload: str, gateway: Gateway
) -> None:
    gateway.engine = asks(question)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms(form.format(question.text))
    assert gateway.turns[-1].message == payload


@pytest.mark.parametrize("form", NO)
async def test_a_thumb_down_is_a_no_and_reopens_nothing(form: str, gateway: Gateway) -> None:
    gateway.engine = asks(UPDATES)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms(form.format(UPDATES.text))
    assert gateway.turns[-1].message == '/choose{"choice": "updates:no"}'
    gateway.engine = lambda turn: [FIXED]
    await gateway.sms("hello again city")
    before = len(gateway.turns)
    await gateway.sms(form.format(FIXED.text))
    assert len(gateway.turns) == before


@pytest.mark.parametrize(
    "form", ["Removed a like from “{0}”", "Laughed at “{0}”", "Eliminó un corazón de “{0}”"]
)
async def test_a_mark_taken_back_or_without_meaning_answers_nothing(form: str, gateway: Gateway) -> None:
    gateway.engine = asks(SUMMARY)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms(form.format(SUMMARY.text))
    assert len(gateway.turns) == 1


async def test_the_quote_may_be_cut_off_and_carry_the_options(gateway: Gateway) -> None:
    gateway.engine = asks(SUMMARY)  # type: ignore[assignment]
    await gateway.sms("hello city")
    await gateway.sms("Liked “What: Pothole Where: Pico Blvd & 4th St Shall I…”")
    assert gateway.turns[-1].message == "/file"


async def test_a_thumb_on_an_older_question_answers_nothing(gateway: Gateway) -> None:
    gateway.engine = lambda turn: [FIXED if turn.message == "hello city" else WHERE]
    await gateway.sms("hello city")
    await gateway.sms("there is a pothole")
    await gateway.sms(f"Liked “{FIXED.text}”")
    assert len(gateway.turns) == 2


@pytest.mark.parametrize(
    "words",
    [
        "Loved the new park, but there is a pothole on Pico",
        'Liked "the other bench" better',
        "Questioned the crew about it and they left",
        'Disliked "no parking" signs at Main and Hill, they are bent',
    ],
)
async def test_a_text_that_only_begins_so_is_words(words: str, gateway: Gateway) -> None:
    await gateway.sms(words)
    assert gateway.turns[-1].message == words


async def test_a_reaction_on_telegram_names_its_message(gateway: Gateway) -> None:
    gateway.engine = asks(SUMMARY)  # type: ignore[assignment]
    await gateway.say("hello city")
    async with transaction() as session:
        ours = await session.scalar(select(Message.provider_id).where(Message.direction == "out"))
    assert ours is not None
    change = {
        "chat": {"id": CHAT, "type": "private"},
        "message_id": int(ours.partition(":")[2]),
        "user": {"id": CHAT, "is_bot": False, "first_name": "Ana"},
        "date": SENT,
        "old_reaction": [],
    }
    await gateway.telegram(message_reaction={**change, "new_reaction": [{"type": "emoji", "emoji": "🔥"}]})
    assert len(gateway.turns) == 1
    await gateway.telegram(message_reaction={**change, "new_reaction": [{"type": "emoji", "emoji": "👍"}]})
    assert gateway.turns[-1].message == "/file"
