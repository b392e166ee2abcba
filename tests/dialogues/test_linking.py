"""Two phones of one person, through the real engine and actions: joined by a code, then each with the requests of both."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.dialogues.conftest import Engine
from tests.dialogues.play import Dialogue, Resident

pytestmark = pytest.mark.engine

CODE = re.compile(r"LINK [2-9C-Y]{3}-[2-9C-Y]{3}")
REFERENCE = re.compile(r"SM-[2-9C-Y]{6}")


@pytest.fixture
def phone(engine: Engine) -> Iterator[Resident]:
    playing = Resident(Dialogue("phone", "sms", ()), engine.url, engine.database_url)
    yield playing
    playing.close()


@pytest.fixture
def chat(engine: Engine) -> Iterator[Resident]:
    playing = Resident(Dialogue("chat", "telegram", ()), engine.url, engine.database_url)
    yield playing
    playing.close()


def say(resident: Resident, *texts: str) -> str:
    """Say one after the other; gives the answer to the last."""
    heard = ""
    for text in texts:
        heard = resident.take({"says": text}).text
    return heard


def code_from(resident: Resident) -> str:
    found = CODE.search(say(resident, "link my phone"))
    assert found
    return found.group()


def link(one: Resident, other: Resident) -> None:
    assert "see your requests here, and the other way round" in say(other, code_from(one))
    assert "Linked." in say(other, "yes")


def filed(resident: Resident, text: str = "big pothole at Pico and 4th") -> str:
    found = REFERENCE.search(say(resident, text, "1"))
    assert found
    return found.group()


@pytest.mark.parametrize("by_text_first", [True, False])
def test_two_phones_are_joined_from_either_channel(
    phone: Resident, chat: Resident, by_text_first: bool
) -> None:
    one, other = (phone, chat) if by_text_first else (chat, phone)
    reference = filed(one)
    assert "no reports yet" in say(other, "my requests")
    asked = say(other, code_from(one).lower().replace("-", ""))
    assert ("by text" if by_text_first else "on Telegram") in asked
    assert "Linked." in say(other, "1")
    assert reference in say(other, "my requests")
    assert reference in say(other, f"what about {reference}")
    assert "not linked" not in say(other, "unlink")
    assert "no reports yet" in say(other, "my requests")
    assert reference in say(one, "my requests")


def test_a_request_of_the_one_is_added_to_judged_and_taken_back_from_the_other(
    phone: Resident, chat: Resident
) -> None:
    reference = filed(phone)
    say(phone, "2")
    link(phone, chat)
    assert reference in say(chat, f"{reference} is also full of water and getting deeper every day")
    phone.take({"update": {"status": "resolved", "text": "Filled."}})
    assert reference in say(chat, f"{reference} is not fixed, the hole is still there")
    assert phone.filed()[-1]["status"] == "open"
    assert "take back" in say(chat, "cancel my pothole report")
    assert "took back" in say(chat, "yes")


def test_the_next_words_after_the_question_decide_and_a_no_joins_nothing(
    phone: Resident, chat: Resident
) -> None:
    reference = filed(phone)
    say(chat, code_from(phone))
    assert "nothing was linked" in say(chat, "no")
    say(chat, code_from(phone))
    say(chat, "somebody on the phone told me to send you this", "yes")
    assert reference not in say(chat, "my requests")


def test_a_code_is_good_for_a_quarter_of_an_hour(phone: Resident, chat: Resident) -> None:
    code = code_from(phone)
    chat.take({"says": "hello", "later": 1})
    assert "don't know that code" in say(chat, code)


def test_the_own_code_and_one_of_a_phone_that_is_joined_get_a_kind_word(
    phone: Resident, chat: Resident
) -> None:
    assert "for your other phone" in say(phone, code_from(phone))
    link(phone, chat)
    assert "linked already" in say(chat, code_from(phone))


def test_a_good_code_in_the_middle_of_a_report_joins_and_the_report_goes_on(
    phone: Resident, chat: Resident
) -> None:
    code = code_from(phone)
    say(chat, "there is graffiti")
    assert "Link them?" in say(chat, code)
    assert "Linked." in say(chat, "yes")
    assert "Graffiti" in say(chat, "1437 11th St")
