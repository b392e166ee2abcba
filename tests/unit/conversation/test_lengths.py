"""Says of one SMS stay within two segments, wherever several come together."""

from __future__ import annotations

import pytest

from bot.channels.messages import Option, Outbound
from bot.channels.twilio.render import render
from bot.conversation.intake.turn import Say
from bot.conversation.lengths import in_pieces
from bot.conversation.responses import spoken
from bot.conversation.worded import MOST_PARTS

LONG = Say(
    "utter_city_answer",
    {"answer": "The library at Main and 6th is open to everybody on each day of the week. " * 3},
)
NOTED = Say("utter_noted", {"quote": "the bin is out since monday"})
ASKED = Say(
    "utter_which_service", options=(Option("Streetlight", "/choose"), Option("Traffic signal", "/choose"))
)


def segments(says: list[Say]) -> int:
    text = "\n".join(spoken(say, "en", "sms") for say in says)
    options = tuple(option for say in says for option in say.options)
    return render(Outbound(text, options), to="", message_id=0).segments


@pytest.mark.parametrize(
    "says", [(NOTED, ASKED), (NOTED,), (NOTED, LONG, ASKED), (LONG, LONG, ASKED), (LONG, NOTED, NOTED)]
)
def test_nothing_is_lost_and_nothing_is_longer_than_its_longest(says: tuple[Say, ...]) -> None:
    pieces = list(in_pieces(says, "en", {}))
    assert [say for piece in pieces for say in piece] == list(says)
    longest = max(MOST_PARTS, *(segments([say]) for say in says))
    assert all(segments(piece) <= longest for piece in pieces)


def test_what_fits_stays_one_message() -> None:
    assert list(in_pieces((NOTED, ASKED), "en", {})) == [[NOTED, ASKED]]


def test_the_question_comes_last_with_its_options() -> None:
    *_, last = in_pieces((LONG, NOTED, ASKED), "en", {})
    assert last[-1] == ASKED
