"""What else is unfinished near a request stands on its map, likely duplicates marked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.cases.duplicates import neighbors_of
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Point
from bot.db.session import transaction
from bot.delivery.push import update_request
from tests.console import PICO, Browser, a_conversation, a_request
from tests.plans import plan_with

pytestmark = pytest.mark.integration


async def a_neighbor(key: str, north: float, **more: object) -> str:
    place = replace(PICO, point=Point(PICO.point.lat + north, PICO.point.lon))
    conversation_id = await a_conversation(f"+13105550{200 + len(key)}")
    return await a_request(key, conversation_id, location=place, **more)


async def test_what_is_near_and_unfinished_is_on_the_map_and_in_a_list(maria: Browser) -> None:
    reference = await a_request()
    same = await a_neighbor("same", 0.00005)
    other = await a_neighbor("other", 0.0005, service_code="graffiti")
    over = await a_neighbor("finished", 0.0002)
    await a_neighbor("too far away", 0.01)
    async with transaction() as session:
        await update_request(session, Change(over, Status.RESOLVED, "staff:maria", "Done."))
    page = (await maria.open(f"/console/requests/{reference}")).text
    listed = page.partition('class="near-list"')[2].partition("</ol>")[0]
    assert re.findall(r'href="/console/requests/([\w-]+)">', listed) == [same, other]
    assert listed.count("perhaps the same matter") == 1
    assert f"/console/requests/{reference}/join?into={same}" in listed
    assert sorted(re.findall(r'pin-mark (\w+)"', page)) == ["near", "same"]
    assert re.findall(r'class="near-label">(\d)<', page) == ["2", "1"], "the nearest lies on top"


async def test_where_nothing_is_near_nothing_is_said(maria: Browser) -> None:
    page = (await maria.open(f"/console/requests/{await a_request()}")).text
    assert "near-list" not in page
    assert "near-mark" not in page


async def test_neighbors_are_found_by_the_index_of_places(maria: Browser) -> None:
    reference = await a_request()
    query = (
        "SELECT r.id FROM service_requests r"
        " WHERE r.status IN ('open', 'in_progress', 'waiting', 'on_hold') AND r.lat IS NOT NULL"
        " AND point(r.lon, r.lat) <@ box(point(-118.5, 34.0), point(-118.4, 34.1))"
    )
    assert "ix_service_requests_near" in await plan_with("ix_service_requests_near", query)
    async with transaction() as session:
        assert await neighbors_of(session, 0, PICO.point, 10.0) != [], reference
