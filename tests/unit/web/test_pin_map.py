"""The form of the page with the pin, read as anybody may send it, and the words of that page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city.location import Point
from bot.city.map_view import CLOSEST, WIDEST, View
from bot.web.map_form import Action, PinMap, UnreadableError, read_action, read_map, read_point, read_view
from bot.web.templating import STATIC
from bot.web.texts import LANGUAGES, page_texts, spoken

PLACE = Point(34.0105, -118.4912)
START = View(PLACE, 320, 320)
CORNERS = (Point(33.995, -118.518), Point(34.051, -118.443))
FORM: dict[str, object] = {
    "lat": "34.0105",
    "lon": "-118.4912",
    "clat": "34.02",
    "clon": "-118.48",
    "zoom": "15.5",
}


def test_the_form_carries_the_pin_and_what_is_seen() -> None:
    shown = read_map(FORM, START)
    assert shown == PinMap(View(Point(34.02, -118.48), 320, 320, 15.5), PLACE)
    assert read_map({**FORM, "lat": "", "lon": ""}, START).pin is None


@given(st.integers(0, 319), st.integers(0, 319))
def test_a_tap_is_where_the_finger_was(x: int, y: int) -> None:
    shown = read_map({**FORM, "map.x": str(x), "map.y": str(y)}, START)
    assert shown.pin is not None
    if x == y == 0:  # what the keyboard sends
        assert shown.pin == PLACE
    else:
        assert shown.view.pixel(shown.pin) == pytest.approx((x, y), abs=0.5)


@given(st.dictionaries(st.sampled_from([*FORM, "map.x", "map.y", "do"]), st.text(max_size=30)))
def test_whatever_is_sent_is_read_or_refused(fields: dict[str, str]) -> None:
    read_action(fields)
    assert WIDEST <= read_view(fields, START).zoom <= CLOSEST
    try:
        shown = read_map(fields, START)
    except UnreadableError:
        return
    if shown.pin:
        assert -90 <= shown.pin.lat <= 90
        assert -180 <= shown.pin.lon <= 180


@pytest.mark.parametrize(
    ("lat", "lon"), [("-118.49", "34.01"), ("nan", "0"), ("1e999", "0"), ("", "0"), ("0", "x")]
)
def test_no_position_is_no_position(lat: str, lon: str) -> None:
    with pytest.raises(UnreadableError):
        read_point({"lat": lat, "lon": lon})


@given(st.lists(st.sampled_from([a for a in Action if a not in (Action.TAP, Action.SEND, Action.MIDDLE)])))
def test_no_button_moves_the_pin_or_leaves_the_city(actions: list[Action]) -> None:
    shown = PinMap(START, PLACE)
    for action in actions:
        shown = shown.after(action, CORNERS)
        assert shown.pin == PLACE
        assert CORNERS[0].lat <= shown.view.centre.lat <= CORNERS[1].lat
        assert CORNERS[0].lon <= shown.view.centre.lon <= CORNERS[1].lon


def test_zooming_keeps_a_pin_that_is_seen() -> None:
    shown = PinMap(START, START.point((300, 20)))
    for _ in range(3):
        shown = shown.after(Action.IN, CORNERS)
    assert shown.pin is not None
    assert shown.view.shows(shown.pin)


def test_the_page_says_the_same_in_every_language() -> None:
    english = page_texts("map", "en")
    for language in LANGUAGES:
        texts = page_texts("map", language)
        assert list(texts) == list(english)
        for name, text in texts.items():
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english[name])
    assert set(Action) - set(english) == {Action.TAP}  # each button has its words


def test_the_script_is_old_enough_for_old_phones() -> None:
    script = re.sub(r"//.*", "", (STATIC / "map.js").read_text(encoding="utf-8"))
    assert not re.findall(r"=>|`|\b(?:let|const|class|async|await|fetch|Promise)\b|\.\.\.", script)


@pytest.mark.parametrize(
    ("language", "accepted", "wanted"),
    [
        ("es", "en", "es"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "fr-FR, de, ES", "es"),
        (None, "", "en"),
        ("fr", "", "en"),
        (None, ";;,,=", "en"),
    ],
)
def test_the_residents_language_comes_before_the_browsers(
    language: str | None, accepted: str, wanted: str
) -> None:
    assert spoken(language, accepted) == wanted
