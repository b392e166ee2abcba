"""Followers on the page of a request: who they are, joining two requests, taking one out again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from tests.console import PICO, Browser, a_conversation, a_request

pytestmark = pytest.mark.integration
BEN = "+13105550177"


async def followed() -> tuple[str, int]:
    """A request that Ben follows, and Ben's conversation."""
    reference = await a_request()
    ben = await a_conversation(BEN)
    async with transaction() as session:
        await follow_request(
            session, Following(ben, reference, "it <i>broke</i> my wheel", "by the shop", PICO)
        )
    return reference, ben


async def test_followers_are_shown_with_what_they_said(maria: Browser) -> None:
    reference, ben = await followed()
    page = (await maria.open(f"/console/requests/{reference}")).text
    for words in (
        "2 residents follow this",
        "(310) 555-0177",
        "it &lt;i&gt;broke&lt;/i&gt; my wheel",
        f"/console/conversations/{ben}",
    ):
        assert words in page, words
    assert "2 residents" in (await maria.open("/console/requests")).text


async def test_open_requests_nearby_are_offered_and_joined_with_one_click(maria: Browser) -> None:
    first = await a_request("one")
    second = await a_request("two", await a_conversation(BEN))
    page = (await maria.open(f"/console/requests/{second}")).text
    assert f'name="into" value="{first}"' in page
    answer = await maria.send(f"/console/requests/{second}/join", {"into": first})
    assert answer.headers["location"] == f"/console/requests/{first}#followers"
    page = (await maria.open(f"/console/requests/{first}")).text
    assert "their report was joined" in page
    joined = (await maria.open(f"/console/requests/{second}")).text
    assert f'Joined with <a href="/console/requests/{first}"' in joined


async def test_a_follower_can_be_taken_out(maria: Browser) -> None:
    reference, ben = await followed()
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/take-out", {"conversation": str(ben)})
    own = answer.headers["location"].removeprefix("/console/requests/")
    async with transaction() as session:
        request = await find_request(session, own)
    assert (request.conversation_id, request.description, request.status) == (
        ben,
        "it <i>broke</i> my wheel",
        Status.OPEN,
    )


@pytest.mark.parametrize("into", ["", "SM-999999", "nonsense", "\x00"])
async def test_a_reference_that_is_none_is_told_kindly(maria: Browser, into: str) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/join", {"into": into})
    page = await maria.open(answer.headers["location"])
    assert "There is no request with that reference." in page.text


async def test_joining_with_itself_is_told_kindly(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await maria.send(f"/console/requests/{reference}/join", {"into": reference})
    assert "cannot be joined" in (await maria.open(answer.headers["location"])).text


async def test_what_is_not_there_is_404_and_viewers_may_not(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    for address, fields in [
        ("/console/requests/SM-999999/join", {"into": reference}),
        ("/console/requests/SM-999999/take-out", {"conversation": "1"}),
        (f"/console/requests/{reference}/take-out", {"conversation": "999"}),
        (f"/console/requests/{reference}/take-out", {"conversation": "x"}),
    ]:
        await maria.open(f"/console/requests/{reference}")
        assert (await maria.send(address, fields)).status_code == 404, address


async def test_a_viewer_reads_but_joins_nothing(browser: Browser) -> None:
    reference, ben = await followed()
    await browser.log_in("vera")
    page = (await browser.open(f"/console/requests/{reference}")).text
    assert "2 residents follow this" in page
    assert "take-out" not in page
    answer = await browser.send(f"/console/requests/{reference}/take-out", {"conversation": str(ben)})
    assert answer.status_code == 403


async def test_a_request_without_a_place_has_a_page_without_a_map(maria: Browser) -> None:
    reference = await a_request("records", service_code="public_records", location=None, place_text="")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert "Not a matter of a place" in page
    assert '<svg class="map"' not in page
    assert "no place" in (await maria.open("/console/requests")).text
    async with transaction() as session:
        assert await session.scalar(select(ServiceRequest.lat)) is None
