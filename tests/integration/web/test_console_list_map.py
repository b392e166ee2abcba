"""The map beside the list: what lies close together is one circle, the list has what the map shows, and no script is needed."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from bot.city.location import Point
from bot.web.console import list_map
from tests.console import PICO, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


async def at(key: str, north: float, east: float) -> str:
    """A request so many degrees from Pico and 4th."""
    place = replace(PICO, point=Point(PICO.point.lat + north, PICO.point.lon + east))
    conversation_id = await a_conversation(f"+1310555{sum(key.encode()):04d}")
    return await a_request(key, conversation_id, location=place)


def circles(page: str) -> list[tuple[str, str]]:
    """Address and name of each."""
    part = page.partition('<svg class="clusters"')[2].partition("</svg>")[0]
    found = re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', part)
    return [(html.unescape(address), name) for address, name in found]


async def test_what_is_close_together_is_one_circle_that_leads_nearer_until_each_stands_alone(
    maria: Browser,
) -> None:
    close = [await at("a", 0, 0), await at("b", 0.0002, 0.0002)]
    alone = await at("far away", 0.015, 0.012)
    page = (await maria.open("/console/requests?map=1")).text
    assert sorted(name for _, name in circles(page)) == ["2 requests: show them from nearer by", alone]
    for _ in range(6):
        nearer = [address for address, name in circles(page) if name.startswith("2 requests")]
        if not nearer:
            break
        page = (await maria.open(nearer[0])).text
        assert alone not in page
    assert sorted(name for _, name in circles(page)) == sorted(close)
    assert all(reference in page for reference in close)
    assert alone in (await maria.open("/console/requests?map=1")).text


async def test_the_map_has_what_the_list_is_narrowed_to(maria: Browser) -> None:
    hole = await at("hole", 0, 0)
    await a_request("light", service_code="streetlight", location=replace(PICO, point=Point(34.02, -118.49)))
    page = (await maria.open("/console/requests?map=1&service=pothole")).text
    assert [name for _, name in circles(page)] == [hole]
    assert (
        "<svg" not in (await maria.open("/console/requests?service=pothole")).text.partition('id="list"')[2]
    )


async def test_one_goes_on_to_the_sides_out_again_and_away_from_the_map(maria: Browser) -> None:
    reference = await at("a", 0, 0)
    page = (await maria.open("/console/requests?map=1&area=17.0/34.00810/-118.48850&service=pothole")).text
    moves = page.partition('class="map-moves"')[2].partition("</nav>")[0]
    ways = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', moves)]
    assert len(ways) == 7
    assert all("service=pothole" in way and "map=1" in way for way in ways)
    west = (await maria.open(ways[0])).text
    assert (await maria.open(ways[1])).status_code == 200
    assert circles(west), "half a map to the side it is still seen"
    assert reference in (await maria.open(ways[-1])).text
    assert "area=" not in ways[-1]


@pytest.mark.parametrize(
    "area",
    [
        "x",
        "99/0/0",
        "15.0/91.00000/0.00000",
        "15.0/34.00000/-181.00000",
        "15.0/1e9/0",
        "-1/34.0/1.0",
        "’/;--",
    ],
)
async def test_an_area_that_is_none_is_the_whole_city(maria: Browser, area: str) -> None:
    reference = await at("a", 0, 0)
    answer = await maria.open(f"/console/requests?map=1&area={area}")
    assert answer.status_code == 200
    assert reference in answer.text
    assert "area=" not in answer.text.partition("<main")[2].partition('class="clusters"')[0]


async def test_what_has_no_place_is_in_the_list_alone_and_an_area_with_none_leads_back(
    maria: Browser,
) -> None:
    nowhere = await a_request("nowhere", location=None)
    page = (await maria.open("/console/requests?map=1")).text
    assert nowhere in page
    assert circles(page) == []
    page = (await maria.open("/console/requests?map=1&area=17.0/34.02000/-118.49000")).text
    assert "Whole city" in page
    assert "Nothing" in page


async def test_no_more_are_counted_than_a_map_bears(maria: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_map, "MOST_COUNTED", 2)
    for key in ("a", "b", "c"):
        await at(key, 0, 0)
    page = (await maria.open("/console/requests?map=1")).text
    assert [name for _, name in circles(page)] == ["2 requests: show them from nearer by"]


async def test_the_list_that_hears_of_something_new_has_it_on_the_map(maria: Browser) -> None:
    await at("a", 0, 0)
    page = (await maria.open("/console/requests?map=1")).text
    fresh = re.search(r'hx-get="(/console/requests-fresh[^"]*)"', page)
    assert fresh
    new = await at("far away", 0.015, 0.012)
    part = (await maria.open(html.unescape(fresh[1]), **{"hx-request": "true"})).text
    assert new in part.partition('id="list-map"')[2]
