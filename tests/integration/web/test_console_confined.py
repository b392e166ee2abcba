"""Whoever sees the requests of their own department alone sees no other one by the way of a map, a note, a crew or a number in a form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.cases.assignment import Assignment
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Point
from bot.db.session import transaction
from bot.db.tables import Staff
from bot.delivery.push import update_request
from tests.browser.test_public_page_shown import a_photo
from tests.console import PICO, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration


@pytest.fixture
async def confined(maria: Browser) -> Browser:
    """Maria, who sees the requests of the Library alone."""
    async with transaction() as session:
        mine = update(Staff).where(Staff.username == "maria")
        await session.execute(mine.values(department="Library", own_department_only=True))
    return maria


async def of(department: str, key: str, note: str = "", **more: object) -> str:
    conversation_id = await a_conversation(f"+13105550{300 + len(key)}")
    reference = await a_request(key, conversation_id, **more)
    async with transaction() as session:
        held = Assignment(department, "Crew 9")
        change = Change(reference, Status.OPEN, "staff:vera", internal_note=note, assignment=held)
        await update_request(session, change)
    return reference


async def test_the_map_shows_only_neighbors_they_may_see(confined: Browser) -> None:
    near = replace(PICO, point=Point(PICO.point.lat + 0.0002, PICO.point.lon))
    own = await of("Library", "own")
    seen = await of("Library", "theirs", location=near)
    hidden = await of("Police", "of somebody", location=near)
    page = (await confined.open(f"/console/requests/{own}")).text
    assert seen in page
    assert hidden not in page


async def test_a_note_on_a_request_out_of_sight_is_neither_counted_nor_shown(confined: Browser) -> None:
    await of("Police", "elsewhere", note="@maria a secret of the police")
    page = (await confined.open("/console/mentions")).text
    assert "a secret" not in page
    assert 'class="mentioned"' not in page
    await of("Library", "here", note="@maria the door")
    page = (await confined.open("/console/mentions")).text
    assert "the door" in page
    assert '<span class="badge">1</span>' in page


async def test_a_crew_of_two_departments_shows_the_work_of_one(confined: Browser) -> None:
    own, other = await of("Library", "own"), await of("Police", "other one")
    page = (await confined.open("/console/today?whose=crew&crew=Crew+9")).text
    assert own in page
    assert other not in page
    token = confined.hidden("csrf_token")
    data = {"csrf_token": token, "key": "k" * 24, "step": "on_the_way"}
    assert (await confined.client.post(f"/console/today/{other}", data=data)).status_code == 404
    async with transaction() as session:
        assert (await find_request(session, other)).status == Status.OPEN


async def test_neither_photo_nor_conversation_of_others_can_be_named_in_a_form(confined: Browser) -> None:
    photo_id = await a_photo(640)
    await of("Police", "elsewhere", photo_ids=(photo_id,))
    own = await of("Library", "own")
    conversation_id = await a_conversation(f"+13105550{300 + len('elsewhere')}", "more words")
    assert (await confined.open(f"/console/new-request?conversation={conversation_id}")).status_code == 404
    await confined.open(f"/console/requests/{own}")
    fields = {
        "act": "message",
        "seen_update": confined.hidden("seen_update"),
        "from_status": "open",
        "public_text": "Look.",
        "kept_photos": str(photo_id),
    }
    await confined.send(f"/console/requests/{own}", fields)
    async with transaction() as session:
        assert (await find_request(session, own)).photos == []
