"""Where is it? What stands beside the place is not lost where we would ask for it."""

from __future__ import annotations

import pytest

from ..conftest import Talk, a_turn


@pytest.mark.parametrize(
    ("service", "answer", "kept"),
    [
        ("abandoned_vehicle", "outside 2412 kansas ave. a silver honda", "a silver honda"),
        ("pothole", "pico and 4th in the bike lane", "in the bike lane"),
    ],
)
def test_an_answer_to_a_later_question_is_kept(service: str, answer: str, kept: str, talk: Talk) -> None:
    step = talk(a_turn("please come", service=service), a_turn(answer, "give_place"))
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.description.endswith(kept)


def test_a_place_alone_describes_nothing(talk: Talk) -> None:
    step = talk(a_turn("pothole", service="pothole"), a_turn("corner of pico and 4th", "give_place"))
    assert step.draft is not None
    assert step.draft.description == "pothole"
