"""What the map asks for while a pin is moved on it: a part of the map, and what lies at a spot. Nothing of it changes anything."""

from __future__ import annotations

import re

import pytest

from bot.cases.lookup import find_request
from bot.db.session import transaction
from tests.console import Browser, a_request

pytestmark = pytest.mark.integration

LINCOLN = "lat=34.0195&lon=-118.4912"
DOWNTOWN_LA = "lat=34.0522&lon=-118.2437"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", page).strip()


async def test_a_spot_is_named_as_the_form_will_name_it(maria: Browser) -> None:
    reference = await a_request()
    answer = await maria.open(f"/console/pin/place?{LINCOLN}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    (name,) = re.findall(r"New place: <b>(.+?)</b>", answer.text)
    await maria.open(f"/console/requests/{reference}/correct")
    page = await maria.send(
        f"/console/requests/{reference}/correct",
        {
            "had_place": "Pico Blvd & 4th St",
            "place": "34.019500, -118.491200",
            "seen": maria.hidden("seen"),
        },
    )
    assert f"<ins>{name}</ins>" in page.text
    assert f"Map around {name} and, as it stands now, Pico Blvd &amp; 4th St" in page.text
    assert page.text.count('class="pin-mark before"') >= 2
    async with transaction() as session:
        assert (await find_request(session, reference)).address == "Pico Blvd & 4th St"


async def test_a_spot_outside_of_the_city_is_told_kindly(maria: Browser) -> None:
    answer = await maria.open(f"/console/pin/place?{DOWNTOWN_LA}")
    assert answer.status_code == 200
    assert "This lies in Los Angeles, outside Santa Monica. Move the pin into the city" in plain(answer.text)


@pytest.mark.parametrize(
    "address",
    [
        "place",
        "place?lat=34.0",
        "place?lat=ninety&lon=2",
        "place?lat=91&lon=2",
        "place?lat=nan&lon=nan",
        "map",
        "map?clat=1e999&clon=0",
        "map?clat=34.02&clon=",
    ],
)
async def test_what_is_no_position_is_refused(maria: Browser, address: str) -> None:
    assert (await maria.open(f"/console/pin/{address}")).status_code == 422


async def test_a_part_of_the_map_is_drawn_without_a_pin_at_any_zoom(maria: Browser) -> None:
    for zoom in ("12", "15", "17", "19", "400", "x"):
        answer = await maria.open(f"/console/pin/map?clat=34.0195&clon=-118.4912&zoom={zoom}")
        assert answer.status_code == 200, zoom
        assert answer.text.count("<svg") == 1
        assert "pin-mark" not in answer.text
        assert len(answer.content) < 400_000
    far = await maria.open("/console/pin/map?clat=34.0195&clon=-118.4912&zoom=13")
    assert 'class="map far"' in far.text


async def test_nobody_sees_it_without_a_login_and_a_page_left_open_is_told(browser: Browser) -> None:
    answer = await browser.open(f"/console/pin/place?{LINCOLN}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/login")
    asked = await browser.client.get(f"/console/pin/place?{LINCOLN}", headers={"HX-Request": "true"})
    assert asked.status_code == 401
