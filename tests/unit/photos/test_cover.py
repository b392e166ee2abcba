"""What staff cover on a photo cannot be seen any more, and lies where they drew it, however the picture is turned."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.photos.cover import MOST_BOXES, Box, Edit, edited
from bot.photos.intake import plain_jpeg

percent = st.floats(0, 100)
boxes = st.builds(Box, st.floats(-20, 110), st.floats(-20, 110), st.floats(0, 120), st.floats(0, 120))
TURNS = (0, 90, 180, 270)


def a_picture(width: int = 400, height: int = 200) -> bytes:
    """Red in its upper left quarter, blue elsewhere."""
    pixels = Image.new("RGB", (width, height), (0, 0, 255))
    pixels.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    return plain_jpeg(pixels, 95)


def looked_at(content: bytes, box: Box) -> tuple[int, int, int]:
    """The color in the middle of a box."""
    pixels = Image.open(io.BytesIO(content)).convert("RGB")
    x = (box.left + box.width / 2) / 100 * pixels.width
    y = (box.top + box.height / 2) / 100 * pixels.height
    red, green, blue = pixels.getpixel((min(int(x), pixels.width - 1), min(int(y), pixels.height - 1)))  # type: ignore[misc]
    return red, green, blue


@given(boxes, st.sampled_from(TURNS))
def test_a_box_that_is_turned_all_the_way_round_is_where_it_was(box: Box, turn: int) -> None:
    back = box.turned(turn).turned((360 - turn) % 360)
    assert (back.left, back.top, back.width, back.height) == pytest.approx(
        (box.left, box.top, box.width, box.height)
    )


@given(boxes)
def test_what_lies_outside_is_cut_off_and_nothing_is_no_box(box: Box) -> None:
    within = box.within()
    if within is None:
        return
    assert within.left >= 0
    assert within.top >= 0
    assert within.left + within.width <= 100.01
    assert within.top + within.height <= 100.01


@pytest.mark.parametrize("turn", TURNS)
def test_a_box_covers_what_it_was_drawn_over_on_a_turned_picture(turn: int) -> None:
    seen = Edit(turn=turn)
    drawn = Box(10, 20, 30, 25)
    edit = seen.covering(drawn)
    picture = edited(a_picture(), edit)
    assert max(looked_at(picture.full, drawn)) < 90, "covered"
    assert max(looked_at(picture.full, Box(80, 80, 10, 10))) > 200, "and nothing else"
    (at,) = edit.as_seen
    assert (at.left, at.top, at.width, at.height) == pytest.approx((10, 20, 30, 25))
    assert (picture.width > picture.height) is (turn in (0, 180))


def test_a_picture_is_turned_clockwise() -> None:
    picture = edited(a_picture(), Edit().turned(90))
    assert looked_at(picture.full, Box(60, 10, 30, 20))[0] > 200, "upper left is upper right now"
    assert looked_at(picture.thumbnail, Box(60, 10, 30, 20))[0] > 200
    assert Edit().turned(90).turned(270) == Edit()


def test_what_is_kept_of_an_edit_gives_the_same_edit() -> None:
    edit = Edit(turn=270).covering(Box(1, 2, 3, 4)).covering(Box(50, 50, 60, 60))
    assert Edit.of(edit.as_json()) == edit
    assert Edit.of(None) == Edit()
    assert edit.without(0).boxes == edit.boxes[1:]


@pytest.mark.parametrize(
    "box", [Box(10, 10, 0, 5), Box(100, 0, 5, 5), Box(float("nan"), 0, 5, 5), Box(-9, 0, 9, 5)]
)
def test_a_box_that_covers_nothing_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match="too small"):
        Edit().covering(box)


def test_there_is_a_most_of_boxes() -> None:
    with pytest.raises(ValueError, match="most"):
        Edit(boxes=(Box(1, 1, 1, 1),) * MOST_BOXES).covering(Box(1, 1, 1, 1))
