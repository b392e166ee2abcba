"""An example keeps what was said, and not who said it or where they live."""

from __future__ import annotations

import pytest

from bot.conversation.review.masking import A_PLACE, masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("huge pothole at 1437 11th St", f"huge pothole at {A_PLACE}"),
        ("trash not picked up at 932 Lincoln Blvd apt 4", f"trash not picked up at {A_PLACE}"),
        ("call me at (310) 555-0142 please", "call me at please"),
        ("mail ana.ruiz@example.com", "mail"),
        ("abandoned car plate 7ABC123 since monday", "abandoned car plate 1ABC234 since monday"),
        ("my name is Robert Kowalczyk and it is loud", "my name is and it is loud"),
        ("me llamo María José Pérez, hay un bache", "me llamo , hay un bache"),
        ("my neighbor Bob barks", "my neighbor barks"),
        ("two\nlines  [and](brackets) {too}", "two lines and brackets too"),
        ("3 rats in 2 days, 20 bags", "3 rats in 2 days, 20 bags"),
        ("the light on 4th has been out", "the light on 4th has been out"),
    ],
)
def test_what_tells_somebody_apart_is_taken_out_and_the_rest_stays(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_the_name_that_is_known_and_the_words_for_the_place_are_taken_out() -> None:
    told = masked(
        "Ximena here, rats by the blue house of Pico",
        names=["Ximena Soto"],
        places=["the blue house of Pico"],
    )
    assert told == f"here, rats by {A_PLACE}"


def test_masking_what_is_masked_changes_nothing() -> None:
    once = masked("pothole at 1437 11th St, call 310 555 0142, plate 7ABC123")
    assert masked(once) == once
