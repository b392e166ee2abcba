"""An online geocoder is asked only for what the pack does not know, and only with the words of a place."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from bot.city.asking import AskingPlaces
from bot.city.gazetteer import Gazetteer, load_gazetteer
from bot.city.location import ResolutionOutcome
from bot.city.online import OnlineGeocoder
from bot.settings import PACKS


class Geopy:
    """A geopy geocoder that knows one place."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def geocode(self, query: str, **options: Any) -> Any:
        self.asked.append(query)
        return SimpleNamespace(latitude=34.0195, longitude=-118.4912) if "zzyzx" in query.lower() else None


@pytest.fixture(scope="module")
def pack() -> Gazetteer:
    return load_gazetteer(PACKS / "santa_monica")


def asking(pack: Gazetteer, geopy: Geopy, *, answering: bool) -> AskingPlaces:
    return AskingPlaces(pack, OnlineGeocoder(geopy, pack, interval=0.0), answering)


def test_what_the_pack_knows_is_never_asked(pack: Gazetteer) -> None:
    geopy = Geopy()
    found = asking(pack, geopy, answering=True).locate("Pico and 4th")
    assert found.outcome is ResolutionOutcome.RESOLVED
    assert geopy.asked == []


def test_what_the_pack_does_not_know_is_asked_with_the_place_words_only(pack: Gazetteer) -> None:
    geopy = Geopy()
    found = asking(pack, geopy, answering=False).locate(
        "my neighbor's dog barks all night near the Zzyzx Cafe"
    )
    assert [query.split(",")[0] for query in geopy.asked] == ["Zzyzx Cafe"]
    assert found.outcome is ResolutionOutcome.RESOLVED


def test_chatter_is_not_sent_anywhere(pack: Gazetteer) -> None:
    geopy = Geopy()
    assert (
        asking(pack, geopy, answering=False).locate("thank you so much").outcome is ResolutionOutcome.UNKNOWN
    )
    assert geopy.asked == []


def test_an_answer_that_nobody_knows_stays_unknown(pack: Gazetteer) -> None:
    found = asking(pack, Geopy(), answering=True).locate("Blorptown Hall")
    assert found.outcome is ResolutionOutcome.UNKNOWN


def test_a_city_that_asks_no_geocoder_reads_none() -> None:
    """geopy reads aiohttp, which costs each process that starts four tenths of a second."""
    code = (
        "import sys, bot.city.asking, bot.city.current as now; print(now.geocoder(), 'geopy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "False"]
