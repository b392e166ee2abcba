"""What stands on file of a resident's words: all of them as they were written, and not what they wish left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.danger import settled
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.half_done import came_back, is_half, thanks_and_asks
from bot.conversation.intake.language import does_not_read
from bot.conversation.intake.sending import says_send
from bot.conversation.intake.taking_out import WHAT_WAS_SAID_LAST, to_take_out, without_it
from bot.conversation.intake.telling import described, to_be_kept
from bot.conversation.intake.texts_wanted import answer_in
from tests.unit.conversation.conftest import NOON, a_turn


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1. and one more thing, the lid is cracked", "and one more thing, the lid is cracked"),
        ("yes text me. it's behind the bank, by the bins", "it's behind the bank, by the bins"),
        ("sí mándelo por favor. también el azul está lleno", "también el azul está lleno"),
        ("yes send it", "yes send it"),
        ("ok", "ok"),
        ("No, it is on the north side", "it is on the north side"),
        ("the hole is deep. yes", "the hole is deep. yes"),
        ("3 bags, one torn", "3 bags, one torn"),
        ("1 but tell them the lamp itself is ok", "but tell them the lamp itself is ok"),
        ("1 block from the bank, by the bins", "1 block from the bank, by the bins"),
        ("", ""),
    ],
)
def test_what_only_tells_us_to_go_on_is_not_kept(text: str, kept: str) -> None:
    assert to_be_kept(text) == kept


def test_what_is_kept_has_the_question_in_it() -> None:
    """Without it the rest says something else."""
    asked = a_turn("will the drivers be told?", "ask")
    turn = replace(
        a_turn("they honk at me.", "add_to_request"),
        aside=asked,
        whole="will the drivers be told? they honk at me.",
    )
    assert turn.written == "will the drivers be told? they honk at me."
    assert described(Draft(1, NOON, description="too fast"), turn).description.endswith(turn.written)
    asked = replace(asked, text="a quien le pregunto?")
    more = replace(
        turn, text="ya lo dijo.", aside=asked, whole="ya lo dijo. que le pongan cinta. a quien le pregunto?"
    )
    assert "que le pongan cinta" in more.written  # whatever the sentence was taken for, it is not lost


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("please leave my name out", {"name"}),
        ("don't put my address in the neighbor's one", {"address", "neighbor"}),
        ("quite lo de los clavos porfa", {"clavos"}),
        ("no ponga mi dirección", {"direccion"}),
        ("can you delete the part about my boss", {"boss"}),
        ("please remove the visa words, nobody should read that", {"visa"}),
        ("remove my phone number from the report", {"phone"}),
    ],
)
def test_what_is_wished_out_of_the_report_is_understood(text: str, words: set[str]) -> None:
    found = to_take_out(text)
    assert found is not None
    assert words <= found | {"name", "phone", "address", "direccion"}


@pytest.mark.parametrize(
    "text",
    [
        "remove the graffiti from the wall",
        "take out the dead tree",
        "quiten el árbol",
        "please don't put the bins on the bike lane",
        "they never take the trash out",
        "borren el grafiti de mi barda",
        "get the couch out of the alley",
    ],
)
def test_work_is_not_taken_for_such_a_wish(text: str) -> None:
    assert to_take_out(text) is None


def test_only_the_sentence_that_tells_of_it_goes() -> None:
    draft = Draft(1, NOON, description="oil in the drain every night. I work next door, no quiero clavos.")
    left = without_it(draft, frozenset({"clavos"}))
    assert left is not None
    assert left.description == "oil in the drain every night. I work next door,"
    assert without_it(draft, frozenset({"boss"})) is None
    assert (
        without_it(replace(draft, description="my boss"), frozenset({"boss"})) is None
    )  # nothing would be left


@pytest.mark.parametrize(
    "text",
    [
        "works!! charged there. nobody ever told me how long tho",
        "took forever but it's done",
        "gracias, se tardaron pero bueno",
    ],
)
def test_a_word_about_the_wait_makes_no_half_of_a_yes(text: str) -> None:
    assert not is_half(text)


@pytest.mark.parametrize(
    "text", ["yes but one bag is left", "fixed, though it wobbles", "sí pero falta la tapa"]
)
def test_a_flaw_of_the_work_does(text: str) -> None:
    assert is_half(text)


@pytest.mark.parametrize(
    "text",
    [
        "gracias, pero anoche volvieron a tirar aceite",
        "it's leaking again since this morning",
        "no quedó bien, se mueve",
        "the alarm went out again",
        "they are back again",
    ],
)
def test_what_came_back_is_not_fixed(text: str) -> None:
    assert came_back(text)


@pytest.mark.parametrize(
    "text",
    ["thanks again", "it is back to normal", "quedó muy bien", "ya no volvieron", "will it happen again?"],
)
def test_what_did_not_come_back_is(text: str) -> None:
    assert not came_back(text)


def test_thanks_with_a_question_complain_of_nothing() -> None:
    assert thanks_and_asks("muchas gracias!! todavía quedan unas abejas, es normal?")
    assert not thanks_and_asks("todavía quedan abejas, qué van a hacer?")
    assert not thanks_and_asks("thanks for nothing, it is still there")


@pytest.mark.parametrize(
    "text",
    [
        "nah hes fine, the bolt is still there",
        "nobody is hurt",
        "ya está bien, report it please",
        "repórtelo",
    ],
)
def test_that_nobody_is_in_danger_any_more_is_understood(text: str) -> None:
    assert settled(text)


@pytest.mark.parametrize(
    "text",
    [
        "he is not breathing",
        "please hurry",
        "the bolt is still there",
        "he is hurt",
        "she's in danger",
        "i am hurt",
        "is he ok?",
        "he is not ok",
    ],
)
def test_danger_goes_on_without_such_words(text: str) -> None:
    assert not settled(text)


def test_a_no_behind_a_question_answers_the_question() -> None:
    assert answer_in("will they tell my landlord my number? please no") is None
    assert answer_in("no. who sees it?") is False


@pytest.mark.parametrize("text", ["1 send. will my name be on it?", "1 send"])
def test_a_figure_in_front_of_send_sends(text: str) -> None:
    assert says_send(text)


def test_what_came_in_the_other_language_is_not_read() -> None:
    assert does_not_read("no le entendí, está en inglés", "es")
    assert not does_not_read("it is on English street, i don't know the number", "en")


@pytest.mark.parametrize(
    "text",
    [
        "eso no lo pongas, solo lo de los conos",
        "that part out please",
        "eso bórrelo",
        "4, pero sin lo de problemático",
    ],
)
def test_that_alone_is_a_wish_too(text: str) -> None:
    assert to_take_out(text) is not None


def test_that_is_what_was_said_last() -> None:
    draft = Draft(1, NOON, description="cones in the street\nhe is a difficult man")
    left = without_it(draft, WHAT_WAS_SAID_LAST)
    assert left is not None
    assert left.description == "cones in the street"
    one_line = replace(draft, description="cones in the street. he is difficult")
    left = without_it(one_line, WHAT_WAS_SAID_LAST)
    assert left is not None
    assert left.description == "cones in the street."
    assert without_it(replace(draft, description="cones in the street"), WHAT_WAS_SAID_LAST) is None
