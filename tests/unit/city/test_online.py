"""Online geocoders are asked for place words only, politely, and their silence is no trouble.

The providers' HTTP interfaces are stood in for by a server that answers with bodies of their real shape.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.city.gazetteer import Gazetteer
from bot.city.location import LocationKind, ResolutionOutcome
from bot.city.online import OnlineGeocoder, online_geocoder
from bot.city.place_words import place_words
from bot.settings import load_settings

LAT, LON = 34.0195, -118.4912
BODIES: dict[str, Any] = {
    "nominatim": [
        {
            "place_id": 297417241, "osm_type": "node", "osm_id": 358967401, "lat": str(LAT), "lon": str(LON),
            "class": "amenity", "type": "cafe", "display_name": "A café, Santa Monica, California, United States",
            "boundingbox": ["34.0194", "34.0196", "-118.4913", "-118.4911"],
        }
    ],
    "photon": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [LON, LAT]},
                "properties": {"name": "A café", "city": "Santa Monica", "country": "United States", "osm_key": "amenity"},
            }
        ],
    },
    "arcgis": {
        "spatialReference": {"wkid": 4326},
        "candidates": [{"address": "A café", "location": {"x": LON, "y": LAT}, "score": 100, "attributes": {}}],
    },
    "google": {
        "status": "OK",
        "results": [{"formatted_address": "A café, Santa Monica, CA", "geometry": {"location": {"lat": LAT, "lng": LON}}}],
    },
}  # fmt: skip


class _Provider(BaseHTTPRequestHandler):
    body: ClassVar[Any] = []
    status: ClassVar[int] = 200
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        values = [
            value for key in ("q", "singleLine", "address", "SingleLine") for value in query.get(key, [])
        ]
        self.asked.append(values[0] if values else self.path)
        payload = json.dumps(self.body).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider() -> Iterator[tuple[str, type[_Provider]]]:
    handler = type("Provider", (_Provider,), {"asked": [], "status": 200, "body": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler
    server.shutdown()
    server.server_close()
    thread.join()


def _geocoder(name: str, url: str, gazetteer: Gazetteer) -> OnlineGeocoder:
    settings = load_settings(geocoder=name, geocoder_url=url, geocoder_key="AIza-test-key")
    geocoder = online_geocoder(settings, gazetteer)
    assert geocoder is not None
    return geocoder


@pytest.mark.parametrize("name", BODIES)
def test_each_provider_answers_with_a_point_named_by_the_residents_words(
    santa_monica: Gazetteer, provider: tuple[str, type[_Provider]], name: str
) -> None:
    url, handler = provider
    handler.body = BODIES[name]
    resolution = _geocoder(name, url, santa_monica).locate("blue bottle cafe")
    assert resolution is not None
    assert resolution.outcome is ResolutionOutcome.RESOLVED
    location = resolution.candidates[0]
    assert (location.name, location.kind) == ("blue bottle cafe", LocationKind.PLACE)
    assert (location.point.lat, location.point.lon) == pytest.approx((LAT, LON))
    assert location.zip_code == "90401"
    assert handler.asked == ["blue bottle cafe, Santa Monica"]


def test_the_same_words_are_asked_once(
    santa_monica: Gazetteer, provider: tuple[str, type[_Provider]]
) -> None:
    url, handler = provider
    handler.body = BODIES["nominatim"]
    geocoder = _geocoder("nominatim", url, santa_monica)
    assert geocoder.locate("Blue Bottle") == geocoder.locate("Blue Bottle")
    geocoder.locate("blue  bottle")
    assert len(handler.asked) == 1


@pytest.mark.parametrize(("status", "body"), [(500, {}), (429, {}), (403, {}), (200, []), (200, "nonsense")])
def test_a_failing_or_empty_provider_is_no_answer(
    santa_monica: Gazetteer, provider: tuple[str, type[_Provider]], status: int, body: Any
) -> None:
    url, handler = provider
    handler.status, handler.body = status, body
    assert _geocoder("nominatim", url, santa_monica).locate("blue bottle cafe") is None


def test_a_provider_that_cannot_be_reached_is_no_answer(santa_monica: Gazetteer) -> None:
    assert _geocoder("photon", "http://127.0.0.1:9", santa_monica).locate("blue bottle cafe") is None


def test_a_point_outside_is_told_as_outside_and_one_far_away_not_at_all(
    santa_monica: Gazetteer, provider: tuple[str, type[_Provider]]
) -> None:
    url, handler = provider
    geocoder = OnlineGeocoder(_geocoder("nominatim", url, santa_monica)._coder, santa_monica, interval=0)
    handler.body = [{**BODIES["nominatim"][0], "lat": "33.9850", "lon": "-118.4695"}]
    resolution = geocoder.locate("some venice cafe")
    assert resolution is not None
    assert (resolution.outcome, resolution.elsewhere) == (ResolutionOutcome.OUTSIDE, "Los Angeles")
    handler.body = [{**BODIES["nominatim"][0], "lat": "51.5", "lon": "-0.12"}]
    assert geocoder.locate("big ben cafe") is None


def test_questions_keep_their_distance_and_nobody_waits_long(
    santa_monica: Gazetteer, provider: tuple[str, type[_Provider]]
) -> None:
    url, handler = provider
    handler.body = BODIES["nominatim"]
    slept: list[float] = []
    geocoder = OnlineGeocoder(
        _geocoder("nominatim", url, santa_monica)._coder,
        santa_monica,
        clock=lambda: 100.0,
        sleep=slept.append,
    )
    answers = [geocoder.locate(f"cafe number {word}") for word in ("one", "two", "three", "four")]
    assert [answer is not None for answer in answers] == [True, True, False, False]
    assert slept == [1.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Blue Bottle Coffee", "Blue Bottle Coffee"),
        ("there is a huge mess near the Blue Bottle Coffee, please hurry", "Blue Bottle Coffee"),
        ("hay basura frente al Café Luz", "Café Luz"),
        ("in front of my house", None),
        ("call me at 310 555 0199", None),
        ("jane@example.org", None),
        ("12", None),
        ("", None),
        ("the man who lives there was shouting at everybody all night long and nobody came to help us", None),
    ],
)
def test_only_place_words_may_leave_the_house(text: str, words: str | None) -> None:
    assert place_words(text, answer=True) == words


def test_a_message_that_answers_no_question_gives_only_what_follows_a_place_word() -> None:
    assert place_words("they never came") is None
    assert place_words("they never came to us at Blue Bottle Coffee") == "Blue Bottle Coffee"


def test_without_the_setting_nobody_is_asked(santa_monica: Gazetteer) -> None:
    assert online_geocoder(load_settings(), santa_monica) is None
