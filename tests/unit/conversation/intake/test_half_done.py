"""What is said of finished work beside fixed and not fixed."""

from __future__ import annotations

import pytest

from bot.conversation.intake.half_done import is_content, is_half, leaves_a_part, one_is_gone, says_fixed


@pytest.mark.parametrize(
    "words",
    [
        "LIMB IS GONE. THEY LEFT THE LOGS ON MY LAWN",
        "took the couch, left two cushions",
        "they picked up the mattress but not the box spring",
        "they only did one side",
        "almost. they missed the part around the corner",
        "se llevaron el sofa pero dejaron los cojines",
        "se les olvidó la tapa",
        "no recogieron las ramas",
        "falta la otra",
        "one works, the one across is still out",
        "ya vinieron pero ahí sigue",
    ],
)
def test_a_part_that_was_left(words: str) -> None:
    assert leaves_a_part(words)


@pytest.mark.parametrize(
    "words",
    [
        "the one on the left works",
        "turn left at the corner, it is all clean",
        "all gone, thank you",
        "they left a little stain but it doesn't bother me",
        "ya quedó, gracias",
        "dejaron una manchita pero no importa",
    ],
)
def test_nothing_that_has_to_be_done(words: str) -> None:
    assert not leaves_a_part(words)


@pytest.mark.parametrize(
    "words",
    [
        "it hums a bit, I can live with it",
        "not perfect but good enough",
        "a little stain, no big deal",
        "parpadea tantito pero no me molesta",
        "quedó chueco, me conformo",
    ],
)
def test_a_flaw_one_can_live_with(words: str) -> None:
    assert is_content(words)


def test_who_is_not_happy_with_it_is_not_content() -> None:
    assert not is_content("I'm really not happy with it")
    assert not is_content("we can't live with that")


def test_a_yes_with_a_but_is_half_a_yes() -> None:
    assert is_half("yes but it is crooked")
    assert not is_half("yes, all of it")


@pytest.mark.parametrize(
    "words",
    [
        "the couch is gone now but the paint is still there",
        "they took the bags but left the chair",
        "se llevaron la basura pero el sillón sigue",
    ],
)
def test_one_part_is_gone_and_another_is_not(words: str) -> None:
    assert one_is_gone(words)


@pytest.mark.parametrize(
    "words", ["it is still there", "it is gone", "sigue igual", "is the couch gone but not the paint?"]
)
def test_one_part_alone_is_no_two(words: str) -> None:
    assert not one_is_gone(words)


@pytest.mark.parametrize(
    ("words", "fixed"),
    [("God bless them it's gone. Took long enough", True), ("por fin se lo llevaron, gracias", True), ("it's gone", False),
     ("the bench is gone, who took it", False), ("thanks but it's gone dark again", False)],
)  # fmt: skip
def test_what_is_gone_is_done_where_somebody_is_glad(words: str, *, fixed: bool) -> None:
    assert says_fixed(words) is fixed
