"""Carrier words are settled before anything tries to understand them."""

from __future__ import annotations

import pytest

from bot.channels.messages import Channel
from bot.conversation.reserved import ReservedWord, reserved_word


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOPALL",
        "unsubscribe",
        "CANCEL",
        "End",
        "quit",
        "REVOKE",
        "OptOut",
        "/stop",
    ],
)
def test_every_stop_word_of_the_carriers_stops_sms(text: str) -> None:
    assert reserved_word(Channel.SMS, text) is ReservedWord.STOP


@pytest.mark.parametrize("text", ["cancel", "end", "quit", "revoke"])
def test_on_telegram_ordinary_words_stay_words(text: str) -> None:
    assert reserved_word(Channel.TELEGRAM, text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("START", ReservedWord.START),
        ("unstop", ReservedWord.START),
        ("/start", ReservedWord.START),
        ("YES", ReservedWord.YES),
        ("Help", ReservedWord.HELP),
        ("INFO", ReservedWord.HELP),
    ],
)
def test_start_and_help_are_recognised(text: str, word: ReservedWord) -> None:
    assert reserved_word(Channel.SMS, text) is word


@pytest.mark.parametrize(
    "text",
    [
        "stop sign missing",
        "please stop",
        "the bus stop is broken",
        "help me",
        "yes please",
        "end of 4th st",
        "start over",
        "",
    ],
)
def test_a_reserved_word_inside_a_sentence_is_only_a_word(text: str) -> None:
    assert reserved_word(Channel.SMS, text) is None


def test_yes_on_telegram_is_only_a_yes() -> None:
    assert reserved_word(Channel.TELEGRAM, "yes") is None
