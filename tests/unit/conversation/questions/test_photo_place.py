"""Where the photo was taken: offered when it agrees with the words, believed only when the resident says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.conversation.intake.turn import PhotoSpot, Turn
from bot.conversation.questions.summary import Summary

from ..conftest import NOON, Talk, a_turn, choosing, said, the_places

PICO_AND_4TH = (34.00962, -118.48727)
MAIN_AND_HILL = (34.00097, -118.48254)


def with_photo(
    lat: float, lon: float, text: str = "", *, taken: datetime | None = NOON, service: str | None = "pothole"
) -> Turn:
    intent = "report" if text else "send_photos"
    return a_turn(
        text, intent, service if text else None, photos=(7,), photo_spots=(PhotoSpot(7, lat, lon, taken),)
    )


def test_a_photo_that_knows_where_it_was_taken_saves_the_question(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"))
    assert said(step) == ["utter_photo_place"]
    assert "4th St" in step.says[0].values["where"]
    step = talk(choosing("spot:yes"), draft=step.draft)
    assert said(step)[0] == "utter_summary_photos"
    assert step.draft is not None
    assert step.draft.location is not None
    assert abs(step.draft.location.point.lat - PICO_AND_4TH[0]) < 1e-6


@pytest.mark.parametrize("answer", [a_turn("yes", "affirm"), a_turn("yep thats it", "affirm")])
def test_yes_in_words_takes_it(talk: Talk, answer: Turn) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"), answer)
    assert step.draft is not None
    assert step.draft.open == Summary()


def test_no_asks_where_and_never_again_for_the_photo(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"), a_turn("no", "deny"))
    assert said(step) == ["utter_ask_where"]
    step = talk(with_photo(*MAIN_AND_HILL), draft=step.draft)
    assert "utter_photo_place" not in said(step)


def test_no_with_a_reason_is_a_no(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"), a_turn("no that is my house", "deny"))
    assert "utter_photo_place" not in said(step)


def test_a_street_is_not_taken_for_another_that_ends_alike(talk: Talk) -> None:
    at_14th = the_places().locate("14th and wilshire").location
    assert at_14th is not None
    step = talk(with_photo(at_14th.point.lat, at_14th.point.lon, "huge pothole on 4th st"))
    assert said(step) == ["utter_ask_cross_street"]


def test_another_place_in_words_wins(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"), a_turn("no its at 1437 11th st", "give_place"))
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == "1437 11th St"


def test_a_place_in_the_words_is_never_doubted_by_a_photo(talk: Talk) -> None:
    step = talk(with_photo(*MAIN_AND_HILL, "huge pothole at Pico and 4th"))
    assert said(step)[0] == "utter_summary_photos"


def test_it_answers_for_a_street_that_it_lies_on(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole on pico"))
    assert said(step) == ["utter_photo_place"]
    elsewhere = talk(with_photo(*MAIN_AND_HILL, "huge pothole on pico"))
    assert said(elsewhere) == ["utter_ask_cross_street"]


def test_a_later_photo_answers_where(talk: Talk) -> None:
    step = talk(a_turn("huge pothole", service="pothole"), with_photo(*PICO_AND_4TH))
    assert said(step) == ["utter_got_photos", "utter_photo_place"]


@pytest.mark.parametrize(
    ("lat", "lon", "taken"),
    [
        (0.0, 0.0, NOON),  # null island
        (0.0001, -0.2, NOON),
        (34.05, -118.25, NOON),  # Los Angeles
        (48.1, 11.6, NOON),
        (*PICO_AND_4TH, NOON + timedelta(days=30)),  # the camera's clock is wrong, and so may its position be
    ],
)
def test_a_position_that_cannot_be_right_is_passed_over(
    talk: Talk, lat: float, lon: float, taken: datetime
) -> None:
    assert said(talk(with_photo(lat, lon, "huge pothole", taken=taken))) == ["utter_ask_where"]


def test_a_photo_without_a_time_still_counts(talk: Talk) -> None:
    assert said(talk(with_photo(*PICO_AND_4TH, "huge pothole", taken=None))) == ["utter_photo_place"]


def test_photos_of_two_places_say_nothing(talk: Talk) -> None:
    spots = (PhotoSpot(1, *PICO_AND_4TH, NOON), PhotoSpot(2, *MAIN_AND_HILL, NOON))
    step = talk(a_turn("huge pothole", service="pothole", photos=(1, 2), photo_spots=spots))
    assert said(step) == ["utter_ask_where"]


def test_back_asks_where_in_words(talk: Talk) -> None:
    step = talk(with_photo(*PICO_AND_4TH, "huge pothole"), a_turn("back", "go_back"))
    assert said(step) == ["utter_ask_where"]


def test_another_service_at_the_question_leaves_it_open(talk: Talk) -> None:
    step = talk(
        with_photo(*PICO_AND_4TH, "huge pothole"), a_turn("it's actually graffiti", "correct", "graffiti")
    )
    assert said(step) == ["utter_changed_what", "utter_photo_place"]


def test_a_place_told_after_a_miss_is_not_asked_about_by_the_photo_again(talk: Talk) -> None:
    step = talk(
        a_turn("huge pothole", service="pothole"),
        a_turn("over there by my friend", "give_place"),
        with_photo(*PICO_AND_4TH),
        a_turn("1437 11th St", "give_place"),
    )
    assert step.draft is not None
    assert (step.draft.spot, step.draft.spot_declined) == (None, True)
