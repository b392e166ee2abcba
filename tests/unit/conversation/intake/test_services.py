"""Several problems of one message: which photos belong to which."""

from __future__ import annotations

import pytest

from bot.conversation.intake.problems import problems_of
from bot.conversation.intake.turn import Caption, PhotoSpot, Problem, Turn

from ..conftest import a_setting, a_turn


def two_problems(captions: tuple[Caption, ...]) -> Turn:
    return a_turn(
        "pothole at Pico and 4th\ngraffiti at Main and Hill",
        problems=(
            Problem("pothole at Pico and 4th", "pothole", 0.9),
            Problem("graffiti at Main and Hill", "graffiti", 0.9),
        ),
        photos=(1, 2, 3),
        photo_spots=(PhotoSpot(2, 34.0, -118.49),),
        captions=captions,
    )


@pytest.mark.parametrize(
    ("captions", "first", "second"),
    [
        ((), (1, 2, 3), ()),
        ((Caption(2, "graffiti at Main and Hill"),), (1, 3), (2,)),
        ((Caption(1, "Graffiti, Main and Hill!"), Caption(3, "graffiti")), (2,), (1, 3)),
        ((Caption(2, "pothole at Pico and 4th\ngraffiti at Main and Hill"),), (1, 2, 3), ()),
        ((Caption(2, "look at this"),), (1, 2, 3), ()),
        ((Caption(2, ""),), (1, 2, 3), ()),
    ],
)
def test_each_problem_has_the_photos_whose_captions_tell_of_it(
    captions: tuple[Caption, ...], first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    turn = two_problems(captions)
    one, other = problems_of(turn, a_setting(turn))
    assert (one.photos, other.photos) == (first, second)
    assert [spot.photo_id for spot in one.photo_spots] == [2] * (2 in first)
    assert [spot.photo_id for spot in other.photo_spots] == [2] * (2 in second)
