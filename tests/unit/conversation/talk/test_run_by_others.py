"""What residents report and others run: whose it is is told, where it is of no service of ours and nothing is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.city.current import city_questions
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Guess
from bot.conversation.talk.run_by_others import as_whose_it_is
from tests.unit.conversation.conftest import NOON, a_setting, a_turn

NO_SERVICE = (Guess("general", 0.95), Guess("streetlight", 0.04))


def asked(text: str, intent: str = "report", guesses: tuple[Guess, ...] = NO_SERVICE) -> str:
    """The code of the answer, or nothing."""
    turn = replace(a_turn(text), intent=intent, guesses=guesses)
    setting = replace(a_setting(turn), questions=city_questions())
    heard = as_whose_it_is(None, Memory(), setting).turn
    return heard.questions[0].code if heard.intent == "ask_city" and heard.questions else ""


@pytest.mark.parametrize(
    "text",
    [
        "my power is out",
        "Power outage on my block",
        "we lost power an hour ago",
        "se fue la luz en toda la cuadra",
        "No hay luz en mi casa",
        "hay apagones a cada rato",
    ],
)
def test_a_power_cut_is_told_whose_it_is(text: str) -> None:
    assert asked(text) == "power_company"
    assert asked(f"is this santa monica? {text}", "ask_city") == "power_company"


def test_what_is_of_a_service_or_tells_more_is_heard_as_it_is() -> None:
    light = (Guess("streetlight", 0.9), Guess("general", 0.05))
    assert asked("no power in the street light at 20th and pearl", guesses=light) == ""
    assert asked("the power of this city", "out_of_scope") == ""
    assert asked("my power is out", "affirm") == ""
    assert asked("my power is out. " + "and so on " * 12) == ""


def test_in_a_report_it_is_said_of_the_report() -> None:
    setting = a_setting(replace(a_turn("my power is out"), intent="report", guesses=NO_SERVICE))
    assert as_whose_it_is(Draft(1, NOON, service="tree"), Memory(), setting) is setting
