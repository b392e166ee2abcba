"""Finding requests by what stands in them or was said of them, in both languages."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.db.tables import Message, MessageStems, Staff
from bot.delivery.push import update_request
from tests.console import PASSWORD, Browser, a_conversation, a_request, fresh_client

pytestmark = pytest.mark.integration


def references(page: str) -> list[str]:
    return re.findall(r'class="request" id="request-\d+" href="/console/requests/([^"]+)"', page)


async def found(maria: Browser, words: str) -> list[str]:
    answer = await maria.client.get("/console/requests", params={"q": words})
    assert answer.status_code == 200, words
    maria.page = answer.text
    return references(answer.text)


def marked(page: str) -> list[str]:
    return [html.unescape(words) for words in re.findall(r"<mark>([^<]*)</mark>", page)]


async def test_words_are_found_in_both_languages_with_or_without_accents_and_by_their_stems(
    maria: Browser,
) -> None:
    spanish = await a_request("one", description="La señal está caída, necesita reparación urgente")
    english = await a_request("two", description="Two streetlights are flickering all night")
    for words, expected in [
        ("reparacion", spanish),
        ("reparación", spanish),
        ("REPARACIÓN", spanish),
        ("senal caida", spanish),
        ("señales", spanish),
        ("flicker", english),
        ("streetlight", english),
        ("the flickering streetlights", english),
        ("flick", english),  # still being typed
    ]:
        assert await found(maria, words) == [expected], words
    assert await found(maria, "flickering reparación") == []


async def test_the_snippet_shows_the_hit_whosever_words_it_is_and_never_as_markup(maria: Browser) -> None:
    conversation = await a_conversation(text="hola, vecinos furiosos por los mapaches")
    reference = await a_request("one", conversation, description="<b>Mattress</b> dumped")
    async with transaction() as session:
        await add_to_request(session, conversation, Said("now a <i>refrigerator</i> beside it"), reference)
        await update_request(
            session,
            Change(reference, Status.IN_PROGRESS, "staff:maria", "Hauler booked.", "gate code is 4711"),
        )
    for words, source, hit in [
        ("mattress", "", "Mattress"),
        ("refrigerators", "Added:", "refrigerator"),
        ("haulers", "Told:", "Hauler"),
        ("4711", "Note:", "4711"),
        ("mapache", "Conversation:", "mapaches"),
    ]:
        assert await found(maria, words) == [reference], words
        assert marked(maria.page) == [hit], words
        assert f'<span class="tag">{source}</span>' in maria.page or not source
        assert "<i>refrigerator" not in maria.page
        assert "<b>Mattress" not in maria.page


async def test_references_and_places_are_found_as_they_are_said(maria: Browser) -> None:
    reference = await a_request("one")
    other = await a_conversation("+13105550177", text="a pothole somewhere")
    await a_request("two", other, location=None, place_text="somewhere")
    for words in (
        reference,
        reference.lower(),
        reference.replace("-", ""),
        reference[3:],
        reference[3:7].lower(),
        "pico blvd",
        "4th pico",
        "90405",
    ):
        assert await found(maria, words) == [reference], words


async def test_what_is_forgotten_is_found_no_longer(maria: Browser) -> None:
    conversation = await a_conversation(text="the armadillo again")
    reference = await a_request("one", conversation)
    assert await found(maria, "armadillo") == [reference]
    async with transaction() as session:
        await session.execute(update(Message).where(Message.body != "").values(body=""))
    assert await found(maria, "armadillo") == []
    async with transaction() as session:
        assert await session.scalar(select(MessageStems.message_id)) is None


async def test_who_may_not_read_conversations_finds_nothing_by_what_was_said_there(maria: Browser) -> None:
    reference = await a_request("one", await a_conversation(text="the armadillo again"))
    assert await found(maria, "armadillo") == [reference]
    async with transaction() as session:
        await create_staff(session, "cruz", PASSWORD, role=Role.CREW)
    async with fresh_client() as client:
        cruz = Browser(client)
        await cruz.log_in("cruz")
        assert await found(cruz, "armadillo") == []
        assert await found(cruz, "pothole") == [reference]


@pytest.mark.parametrize(
    "words",
    [
        "'",
        "&",
        "a & !b | (c",
        ":*",
        "\\",
        "<->",
        "%",
        "the",
        "de la",
        "'); DROP TABLE x",
        "x" * 80,
        "🦝",
        "a " * 40,
    ],
)
async def test_no_words_however_odd_make_the_search_stumble(maria: Browser, words: str) -> None:
    await a_request("one")
    await found(maria, words)
    assert 'id="list"' in maria.page


@pytest.mark.parametrize(
    "typed",
    ["+13105550177", "13105550177", "3105550177", "(310) 555-0177", "310.555.0177", "555-0177", "0177"],
)
async def test_a_telephone_number_finds_the_requests_of_its_owner_however_it_is_typed(
    maria: Browser, typed: str
) -> None:
    theirs = await a_request("theirs", await a_conversation("+13105550177"))
    other = await a_request("other", await a_conversation("+13105550178"))
    page = (await maria.open(f"/console/requests?{urlencode({'q': typed})}")).text
    assert theirs in page
    assert other not in page


async def test_who_may_not_read_conversations_finds_nobody_by_a_number(maria: Browser) -> None:
    theirs = await a_request("theirs", await a_conversation("+13105550177"))
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == "maria").values(role="crew"))
    assert theirs not in (await maria.open("/console/requests?q=3105550177&status=all")).text
    assert theirs in (await maria.open("/console/requests?status=all")).text
