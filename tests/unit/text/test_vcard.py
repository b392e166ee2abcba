"""Contact cards as phones share places with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.vcard import is_card, place_of_card

HERE = (34.0116, -118.4911)


def card(*lines: str, end: str = "\r\n") -> str:
    return end.join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


@pytest.mark.parametrize(
    "text",
    [
        card(
            "PRODID:-//Apple Inc.//iPhone OS 18.1//EN",
            "N:;Current Location;;;",
            "FN:Current Location",
            r"item1.URL;type=pref:http://maps.apple.com/?ll=34.0116\,-118.4911&q=34.0116\,-118.4911",
            "item1.X-ABLabel:map url",
        ),
        card("URL:https://maps.apple.com/?address=1%20Main%20St&ll=34.0116,-118.4911&q=Dropped%20Pin"),
        card("URL:https://maps.apple.com/?ll=34.0116%2C-118.4911"),
        card(r"URL:http://maps.apple.com/?ll=34.01", " 16\\,-118.4911"),
        card("URL:https://www.google.com/maps/place/Pier/@34.0116,-118.4911,17z"),
        card("URL;ENCODING=QUOTED-PRINTABLE:http://maps.google.com/maps?q=3D(34.0116,=", "-118.4911)"),
        card(
            "PHOTO;ENCODING=BASE64:AAAA==",
            "URL;ENCODING=QUOTED-PRINTABLE:http://maps.google.com/?q=3D34.0116,-118.4911",
        ),
        card("NOTE:I am here: https://maps.google.com/?q=34.0116,-118.4911\\nsee you"),
        card("URL:geo:34.0116\\,-118.4911"),
        card("GEO:34.0116;-118.4911"),
        card("GEO:34.0116,-118.4911"),
        card("GEO:-118.4911;34.0116"),
        card("GEO:geo:34.0116,-118.4911;u=20"),
        card("item2.GEO;TYPE=work:geo:34.0116\\,-118.4911"),
        card('ADR;GEO="geo:34.0116,-118.4911":;;1 Main St;;;;'),
        card("URL:https://www.santamonica.gov", "GEO:34.0116;-118.4911"),
        card("GEO:34.0116;-118.4911", end="\n"),
        card("FN:Somebody") + card("GEO:34.0116;-118.4911"),
        "\ufeff\r\n" + card("geo:34.0116;-118.4911"),
    ],
)
def test_a_card_that_holds_a_position_is_that_position(text: str) -> None:
    assert is_card(text)
    place = place_of_card(text)
    assert place is not None
    assert place.position == pytest.approx(HERE)


def test_a_map_link_without_a_position_is_left_to_who_can_read_places() -> None:
    place = place_of_card(card("URL:https://maps.apple.com/?address=1685%20Main%20St\\,Santa%20Monica"))
    assert place is not None
    assert place.position is None
    assert place.link == "https://maps.apple.com/?address=1685%20Main%20St,Santa%20Monica"


@pytest.mark.parametrize(
    "text",
    [
        card("FN:Maria Lopez", "TEL:+13105550123", "ADR:;;1685 Main St;Santa Monica;CA;90401;USA"),
        card("URL:https://example.org/contact"),
        card("GEO:0;0"),
        card("GEO:340.5;-118.4"),
        card("GEO:"),
        card("GEO:somewhere"),
        "BEGIN:VCARD",
        "",
    ],
)
def test_a_card_of_a_person_is_no_place(text: str) -> None:
    assert place_of_card(text) is None


@given(st.text(), st.sampled_from(["GEO:", "URL:", "URL;ENCODING=QUOTED-PRINTABLE:", "ADR;GEO=", ""]))
def test_no_text_raises(text: str, name: str) -> None:
    place = place_of_card(f"BEGIN:VCARD\n{name}{text}")
    if place and place.position:
        lat, lon = place.position
        assert abs(lat) <= 90
        assert abs(lon) <= 180
