"""What comes before a report is sent, what is to be left out of it, and what is no report at all."""

from __future__ import annotations

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.only_asking import wants_nothing_sent
from bot.conversation.intake.quoting import told_last
from bot.conversation.intake.sending import puts_off, refuses_to_send, says_send
from bot.conversation.intake.taking_out import to_take_out, told_besides_the_wish, without_it
from tests.unit.conversation.conftest import NOON


@pytest.mark.parametrize(
    "text", ["k before i do. who reads it", "antes de mandarlo, una pregunta", "hold on"]
)
def test_a_yes_may_be_put_off(text: str) -> None:
    assert puts_off(text)


@pytest.mark.parametrize("text", ["ok send it", "the first one", "si mándelo", ""])
def test_most_answers_put_nothing_off(text: str) -> None:
    assert not puts_off(text)


def test_one_of_several_may_be_sent_or_not() -> None:
    assert says_send("no tengo prisa, mándeme lo de la banca")
    assert refuses_to_send("No, please do not send that one")


@pytest.mark.parametrize(
    "text",
    [
        "y lo de la renta era nomás pregunta",
        "lo de la multa no mandes nada",
        "the ticket was only a question",
    ],
)
def test_what_was_only_asked_wants_nothing_sent(text: str) -> None:
    assert wants_nothing_sent(text)
    assert not wants_nothing_sent("y la banca está rota")


def test_what_is_wished_out_goes_and_the_rest_stays() -> None:
    draft = Draft(1, NOON, description="they pour oil into the drain. I park my van next to them")
    words = to_take_out("no take out everything about me parking there. and its a blue truck")
    assert words is not None
    left = without_it(draft, words)
    assert left is not None
    assert left.description == "they pour oil into the drain."
    assert (
        told_besides_the_wish("take out everything about me parking there, and then send it")
        == "and then send it"
    )


def test_that_sentence_is_what_was_said_last() -> None:
    draft = Draft(1, NOON, description="the light is too short\nthey ought to be ashamed")
    words = to_take_out("Heavens, take that sentence out as well")
    assert words is not None
    left = without_it(draft, words)
    assert left is not None
    assert left.description == "the light is too short"


def test_what_is_read_back_begins_where_it_tells() -> None:
    assert told_last("a car\nI suppose. It is the tan one by the door") == "It is the tan one by the door"
    assert told_last("a car\nyes") == "yes"
