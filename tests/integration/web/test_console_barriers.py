"""Staff read that somebody cannot be texted, why and since when, on the page on which they would write, before they do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from bot.cases.following import Following, follow_request
from bot.conversation.consent import Barrier
from bot.db.session import transaction
from bot.db.tables import Contact
from tests.console import Browser, a_conversation, a_request

pytestmark = pytest.mark.integration

SINCE = datetime(2026, 11, 20, 20, tzinfo=UTC)
# What is known of a contact, and whether nothing at all is sent then.
BARRIERS: dict[Barrier, tuple[dict[str, Any], bool]] = {
    Barrier.ASKED: ({"opted_out_at": SINCE, "opted_out_why": "asked"}, True),
    Barrier.CARRIER: ({"opted_out_at": SINCE, "opted_out_why": "carrier"}, True),
    Barrier.BLOCKED: ({"opted_out_at": SINCE, "opted_out_why": "blocked"}, True),
    Barrier.REFUSED: ({"opted_out_at": SINCE, "opted_out_why": "refused"}, True),
    Barrier.GIVEN_UP: ({"given_up_at": SINCE}, True),
    Barrier.NOT_THEIRS: ({"disowned_at": SINCE, "wants_updates": False}, False),
    Barrier.UNREACHABLE: ({"unreachable_at": SINCE, "unreachable_why": "a landline"}, False),
    Barrier.DECLINED: ({"wants_updates": False}, False),
}


def test_every_barrier_is_looked_at() -> None:
    assert set(BARRIERS) == set(Barrier)


async def becomes(why: Barrier) -> bool:
    changes, blocks = BARRIERS[why]
    async with transaction() as session:
        await session.execute(update(Contact).values(**changes))
    return blocks


def tag(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    assert found, pattern
    return found.group()


@pytest.mark.parametrize("why", [one for one in Barrier if one is not Barrier.DECLINED])
async def test_a_conversation_says_so_above_the_field_to_write_in(why: Barrier, maria: Browser) -> None:
    conversation_id = await a_conversation(text="pothole")
    blocks = await becomes(why)
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    notice = tag(page, r'<p class="notice">[^<]*(?:Cannot be texted|Texts may not arrive)[^<]*<.*?</p>')
    start = "Cannot be texted" if blocks else "Texts may not arrive, or are not welcome"
    assert f"{start}: the resident {why.sentence}" in notice
    assert "since" in notice
    assert "Nov 20" in notice
    assert ("START" in notice) is (blocks and why is not Barrier.GIVEN_UP)
    field = tag(page, r'<textarea id="text".*?>')
    assert page.index(notice) < page.index(field)
    assert (" disabled" in field) is blocks


async def test_one_who_hears_everything_has_no_such_notice(maria: Browser) -> None:
    conversation_id, reference = await a_conversation(text="pothole"), await a_request()
    page = (await maria.open(f"/console/conversations/{conversation_id}")).text
    assert "Cannot be texted" not in page
    assert " disabled" not in tag(page, r'<textarea id="text".*?>')
    assert "kept here, not sent" not in (await maria.open(f"/console/requests/{reference}")).text


@pytest.mark.parametrize("why", list(Barrier))
async def test_a_request_says_so_beside_the_words_for_the_resident(why: Barrier, maria: Browser) -> None:
    reference = await a_request()
    await becomes(why)
    page = (await maria.open(f"/console/requests/{reference}")).text
    label = tag(page, r'<div id="reach">.*?</div>')
    assert f"The resident {why.sentence}" in label
    assert ("Nov 20" in label) is (why is not Barrier.DECLINED)
    assert "kept here, not sent" in label
    assert "are sent" not in label


async def test_of_several_followers_those_who_are_not_told_are_named(maria: Browser) -> None:
    reference = await a_request()
    other = await a_conversation("+13105550199", "pothole")
    async with transaction() as session:
        await follow_request(session, Following(other, reference, "here, too", "", None))
        await session.execute(
            update(Contact).where(Contact.address == "+13105550199").values(**BARRIERS[Barrier.CARRIER][0])
        )
    label = tag((await maria.open(f"/console/requests/{reference}")).text, r'<div id="reach">.*?</div>')
    assert "One follower texted STOP, since" in label
    assert "are sent to 1 by SMS, of 2 people" in label
    assert "kept here, not sent" not in label
