"""Where it is, told in pieces: the number before its street, a street that is near, words that do not place it."""

from __future__ import annotations

import pytest

from bot.conversation.intake.turn import PhotoSpot
from bot.conversation.questions.cross_street import CrossStreet
from tests.unit.conversation.conftest import NOON, Talk, a_turn, said


@pytest.mark.parametrize(
    "number", ["2318", "the number on the door is 2318", "el numero dice 2318", "its 2318 i think"]
)
@pytest.mark.parametrize("street", ["ocean park blvd", "en la ocean park", "ocean park"])
def test_a_house_number_waits_for_its_street(talk: Talk, number: str, street: str) -> None:
    asked = talk(a_turn("there is graffiti", service="graffiti"), a_turn(number, "give_place"))
    assert said(asked) == ["utter_ask_street_of"]
    assert asked.says[0].values == {"number": "2318"}
    step = talk(a_turn(street, "give_place"), draft=asked.draft)
    assert said(step)[0] == "utter_summary"
    assert step.says[0].values["where"] == "2318 Ocean Park Blvd"


def test_a_number_that_the_street_lacks_leaves_the_street_to_be_asked_about(talk: Talk) -> None:
    step = talk(
        a_turn("there is graffiti", service="graffiti"),
        a_turn("9318", "give_place"),
        a_turn("montana ave", "give_place"),
    )
    assert said(step) == ["utter_ask_cross_street"]


def test_a_photo_says_where_a_house_number_alone_does_not(talk: Talk) -> None:
    spot = PhotoSpot(7, 34.0195, -118.4912, NOON)
    asked = talk(a_turn("there is graffiti", service="graffiti"), a_turn("9318", "give_place"))
    step = talk(a_turn("here", "give_place", photos=(7,), photo_spots=(spot,)), draft=asked.draft)
    assert said(step) == ["utter_photo_place"]


def test_a_small_number_where_a_place_is_asked_is_still_an_option_that_is_not_on_offer(talk: Talk) -> None:
    step = talk(a_turn("there is graffiti", service="graffiti"), a_turn("4", "give_place"))
    assert said(step)[0] == "utter_where_short"


def test_what_does_not_say_where_on_a_street_is_kept_and_asked_about_in_other_words(talk: Talk) -> None:
    step = talk(a_turn("graffiti on a wall on 5th", service="graffiti"))
    heard = [said(step)]
    for words in ("right by the starbucks", "next to the bakery", "cerca de mi casa"):
        step = talk(a_turn(words, "give_place"), draft=step.draft)
        heard.append(said(step))
        assert step.draft is not None
        assert isinstance(step.draft.open, CrossStreet)
        assert step.draft.place_text == words
        assert words in step.draft.description
    assert heard == [
        ["utter_ask_cross_street"],
        ["utter_cross_street_again"],
        ["utter_cross_street_landmark"],
        ["utter_where_last"],
    ]
    step = talk(a_turn("by arizona", "give_place"), draft=step.draft)
    assert step.says[0].values["where"] == "5th St & Arizona Ave"


def test_a_street_that_does_not_meet_it_is_asked_about_in_other_words(talk: Talk) -> None:
    asked = talk(a_turn("pothole on delaware ave", service="pothole"))
    step = talk(a_turn("near lincoln", "give_place"), draft=asked.draft)
    assert said(step) == ["utter_cross_street_again"]
    assert step.says[0].values["street"] == "Delaware Ave"
    step = talk(a_turn("sorry i meant olympic", "correct"), draft=step.draft)
    assert said(step) == ["utter_ask_cross_street"]


@pytest.mark.parametrize("intent", ["correct", "give_place", "deny", "add_to_request"])
def test_a_house_by_the_corner_replaces_it_at_the_summary(talk: Talk, intent: str) -> None:
    asked = talk(a_turn("graffiti at 21st and montana", service="graffiti"))
    step = talk(a_turn("NOT AT THE CORNER. ABOUT 4 HOUSES DOWN. 825 I THINK", intent), draft=asked.draft)
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == "825 21st St"


def test_a_stretch_keeps_its_cross_streets_when_its_street_is_put_right(talk: Talk) -> None:
    step = talk(
        a_turn("graffiti en la 17", service="graffiti", language="es"),
        a_turn("entre Arizona y Santa Monica Blvd, mas cerquita de la Arizona", "give_place", language="es"),
        a_turn("no perdon no es la 17 es la 16", "correct", language="es"),
    )
    assert step.says[0].values["where"] == "16th St entre Arizona Ave y Santa Monica Blvd"
    step = talk(a_turn("no, mas cerca de la Arizona le dije", "correct", language="es"), draft=step.draft)
    assert step.says[0].values["where"] == "16th St y Arizona Ave"
