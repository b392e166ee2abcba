"""What staff see of requests that came by Open311, and how they show one there."""

from __future__ import annotations

import re

import pytest

from bot.cases.status import Status
from bot.db.session import transaction
from bot.delivery.push import join_requests
from tests.console import Browser, a_request
from tests.open311 import Sender, change, offered

pytestmark = pytest.mark.integration


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_a_request_by_open311_stands_in_the_list_and_has_its_page(
    sender: Sender, maria: Browser
) -> None:
    filed = await sender.files(description="Deep <b>hole</b>.")
    await maria.open("/console/requests")
    assert filed in maria.page
    assert "Open311" in words(maria.page)
    await sender.updates(filed, description="It grew <i>much</i>.")
    await maria.open(f"/console/requests/{filed}")
    page = words(maria.page)
    assert "FixMyStreet filed this by Open311. Nobody is texted: updates are read there." in page
    assert "It grew &lt;i&gt;much&lt;/i&gt;." in page
    assert "Filed FixMyStreet (Open311)" in page
    assert page.count("FixMyStreet (Open311)") == 2


async def test_staff_answer_it_and_ask_through_it(sender: Sender, maria: Browser) -> None:
    filed = await sender.files()
    await maria.open(f"/console/requests/{filed}")
    fields = {
        "seen_update": maria.hidden("seen_update"),
        "from_status": "open",
        "status": "waiting",
        "public_text": "Which lane?",
    }
    saved = await maria.send(f"/console/requests/{filed}", fields)
    assert saved.status_code == 303, words(saved.text)
    await maria.open(saved.headers["location"].partition("#")[0])
    assert "FixMyStreet reads it by Open311." in words(maria.page)
    assert "questions to the resident too" in words(maria.page)
    (told,) = await sender.reads("servicerequestupdates.json", "Updates")
    assert told["description"] == "Which lane?"


async def test_staff_show_it_by_open311_where_there_is_no_page_of_the_city(
    stranger: Sender, maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    texted = await a_request()
    await maria.open(f"/console/requests/{texted}")
    assert "Not shown by Open311" in words(maria.page)
    await maria.send(f"/console/requests/{texted}/listed", {"shown": "yes"})
    assert len(await stranger.reads("requests.json", "Requests")) == 1
    await maria.open(f"/console/requests/{texted}")
    assert "Shown to everybody by Open311" in words(maria.page)
    await maria.send(f"/console/requests/{texted}/listed", {"shown": "no"})
    assert await stranger.reads("requests.json", "Requests") == []
    for other in ("off", "all"):  # there is nothing to choose
        with offered(monkeypatch, CITYLINE_OPEN311=other):
            await maria.open(f"/console/requests/{texted}")
            assert "by Open311" not in words(maria.page).replace("Filed by Open311", "")


async def test_a_join_tells_the_residents_of_the_other_one_and_takes_the_report_along(
    sender: Sender, maria: Browser
) -> None:
    filed, other = await sender.files(), await a_request()
    async with transaction() as session:
        await join_requests(session, other, filed, "staff:ana")
    await change(filed, Status.RESOLVED, "Filled.")
    await maria.open(f"/console/requests/{filed}")
    # Whoever filed it is no follower, so this is one conversation.
    assert re.search("One resident follows this(?!, in two)", words(maria.page))
    (*_, told) = await sender.reads("servicerequestupdates.json", "Updates")
    assert told["external_status_code"] == "fixed"
