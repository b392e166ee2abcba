"""What is said back of a resident's words."""

from __future__ import annotations

import pytest

from bot.conversation.intake.quoting import (
    MOST,
    quoted,
    quoted_question,
    tells_beside_the_question,
    told_last,
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("north side", "north side"),
        ("  the wall\nfacing\tthe alley ", "the wall facing the alley"),
        ('it says "stop" twice', "it says 'stop' twice"),
        (
            "it has been like this since the storm last week, nobody came, and my neighbors say that they told you as well",
            "it has been like this since the storm last week, nobody came, and my neighbors say that they...",
        ),
        ("x" * 130, "x" * (MOST - 3) + "..."),
        ("", ""),
    ],
)
def test_it_is_one_short_line(words: str, said: str) -> None:
    assert quoted(words) == said
    assert len(quoted(words)) <= MOST


def test_of_several_messages_the_last_is_shown_without_its_question() -> None:
    assert told_last("by the bank\nbut is it legal? they are next door") == "they are next door"
    assert told_last("by the bank\nis it legal?") == "is it legal?"
    assert told_last("") == ""


def test_of_a_long_message_the_question_is_what_is_said_back() -> None:
    story = (
        "She is right here with me and we both went through the whole park this morning before it got hot. "
    )
    assert (
        quoted_question(f"{story}Does a new plaque cost anything? Thank you dear.")
        == "Does a new plaque cost anything?"
    )
    assert quoted_question("is it free?") == "is it free?"
    assert quoted_question(story) == quoted(story)


@pytest.mark.parametrize(
    ("words", "tells"),
    [("it says AED 04 on a blue label. do you give classes?", True), ("do you give classes?", False), ("ok. do you give classes?", False),
     ("¿dan cursos? la caja sigue vacía desde ayer", True), ("the box is empty", False)],
)  # fmt: skip
def test_what_is_told_beside_a_question_is_seen(words: str, tells: bool) -> None:
    assert tells_beside_the_question(words) is tells


def test_a_sum_of_money_is_one_word() -> None:
    words = "I am grateful to the kind people of the branch for all their trouble over this. May I collect the $1.35 in coin at the desk, or must a check be mailed?"
    assert quoted_question(words) == "May I collect the $1.35 in coin at the desk, or must a check be mailed?"
