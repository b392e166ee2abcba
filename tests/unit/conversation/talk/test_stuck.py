"""Nobody is asked the same thing a third time running without a way out."""

from __future__ import annotations

from bot.conversation.intake.memory import Memory
from bot.conversation.intake.turn import Say
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.stuck import with_a_way_out

ASKED = Say("utter_confirm_again")


def said(progress: Progress) -> list[str]:
    return [say.response for say in progress.says]


def test_the_third_time_a_person_is_offered_and_the_fourth_counts_anew() -> None:
    memory, heard = Memory(), []
    for _ in range(5):
        progress = with_a_way_out(Progress(None, memory, (ASKED,)))
        memory = progress.memory
        heard.append(said(progress))
    usual, with_person = ["utter_confirm_again"], ["utter_stuck", "utter_confirm_again"]
    assert heard == [usual, usual, with_person, usual, usual]


def test_another_word_in_between_is_no_circle() -> None:
    memory = Memory()
    for number in range(6):
        says = (Say("utter_noted", {"quote": str(number)}), ASKED)
        progress = with_a_way_out(Progress(None, memory, says))
        assert "utter_stuck" not in said(progress)
        memory = progress.memory


def test_silence_is_not_counted() -> None:
    assert with_a_way_out(Progress(None, Memory(), ())).memory == Memory()


def test_what_is_remembered_of_it_quotes_nobody() -> None:
    said_back = Say("utter_noted", {"quote": "my number is 310 555 0100"})
    remembered = with_a_way_out(Progress(None, Memory(), (said_back,))).memory.asked_last
    assert len(remembered) == 16
    assert set(remembered) <= set("0123456789abcdef")
