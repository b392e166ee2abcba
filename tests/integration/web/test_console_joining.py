"""Joining on the console: both are seen with what residents will read, then joined, then for ten seconds undone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.location import Location, LocationKind, Point
from bot.db.session import transaction
from bot.db.tables import Contact, Join, Notice
from bot.delivery.push import update_request
from tests.console import PICO, Browser, a_conversation, a_request
from tests.integration.telling import tell_everybody
from tests.integration.test_cases import photos

pytestmark = pytest.mark.integration
BEN = "+13105550177"
BEACH = Location(Point(34.0196, -118.5096), LocationKind.PIN, "1500 Ocean Ave", neighborhood="Downtown")


async def two(**changes: object) -> tuple[str, str]:
    """A request, and another one of Ben's."""
    first = await a_request("one")
    second = await a_request("two", await a_conversation(BEN), description="same <i>hole</i>", **changes)
    return first, second


async def looks_at(browser: Browser, source: str, target: str) -> str:
    answer = await browser.open(f"/console/requests/{source}/join?into={target}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


async def confirms(browser: Browser, source: str, target: str) -> httpx.Response:
    fields = {"into": target, "seen": browser.hidden("seen")}
    return await browser.send(f"/console/requests/{source}/join", fields)


async def undoes(browser: Browser, source: str) -> httpx.Response:
    return await browser.send(f"/console/requests/{source}/undo-join", {"join": browser.hidden("join")})


async def state_of(reference: str) -> tuple[str, bool]:
    async with transaction() as session:
        request = await find_request(session, reference)
        return request.status, request.merged_into_id is not None


async def test_both_are_shown_with_the_distance_and_the_very_words_that_residents_get(maria: Browser) -> None:
    first, second = await two(location=BEACH, service_code="graffiti")
    async with transaction() as session:
        await session.execute(update(Contact).where(Contact.address == BEN).values(language="es"))
        ben = (await find_request(session, second)).conversation_id
        assert ben is not None
        await add_to_request(session, ben, Said("and on the bench"), second)
    page = await looks_at(maria, second, first)
    for words in (
        "huge &lt;b&gt;pothole&lt;/b&gt;",
        "same &lt;i&gt;hole&lt;/i&gt;",
        "and on the bench",
        "1500 Ocean Ave",
        "<b>1.4 mi</b> apart",
        "Far apart:",
        "Different services:",
        "1 resident by SMS, in Spanish",
        f'lang="es">{second} (grafiti, 1500 Ocean Ave) es lo mismo que {first}; los juntamos. Le digo como va {first}.',
    ):
        assert words in page, words
    assert await state_of(second) == (Status.OPEN, False), "looking joins nothing"


async def test_what_is_near_and_of_one_kind_brings_no_warning(maria: Browser) -> None:
    first, second = await two()
    page = await looks_at(maria, second, first)
    assert "<b>Same place</b>" in page
    assert "Far apart" not in page
    assert "Different services" not in page


async def test_a_request_without_a_place_has_no_distance(maria: Browser) -> None:
    first, second = await two(location=None, place_text="")
    assert "one of them has no place" in await looks_at(maria, second, first)


@pytest.mark.parametrize(
    ("of_ben", "why"),
    [
        ({"wants_updates": False}, "does not want updates"),
        ({"opted_out_at": datetime.now(UTC), "opted_out_why": "carrier"}, "texted STOP"),
        ({"unreachable_at": datetime.now(UTC)}, "cannot be reached"),
    ],
)
async def test_who_cannot_be_told_is_not_counted_as_told(
    maria: Browser, of_ben: dict[str, object], why: str
) -> None:
    first, second = await two()
    async with transaction() as session:
        await session.execute(update(Contact).where(Contact.address == BEN).values(**of_ben))
    page = await looks_at(maria, second, first)
    assert why in page
    assert "Nobody: no resident of" in page
    assert "by SMS" not in page


async def test_a_join_is_offered_to_be_undone_and_undone(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    answer = await confirms(maria, second, first)
    page = (await maria.open(answer.headers["location"])).text
    assert f"{second} is joined with this one." in page
    assert 10 >= int(page.partition('data-lasts="')[2].partition('"')[0]) >= 8
    assert await state_of(second) == (Status.CLOSED, True)
    answer = await undoes(maria, second)
    page = (await maria.open(answer.headers["location"])).text
    assert "nobody was told" in page
    assert f"Joining with {first} was undone." in page
    assert await state_of(second) == (Status.OPEN, False)
    assert await tell_everybody() == 0


async def test_who_is_too_late_reads_what_can_be_done(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    answer = await confirms(maria, second, first)
    await maria.open(answer.headers["location"])
    await tell_everybody()
    answer = await undoes(maria, second)
    assert "take the resident out" in (await maria.open(answer.headers["location"])).text
    assert await state_of(second) == (Status.CLOSED, True)


async def test_undoing_is_not_offered_when_its_time_is_over(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    answer = await confirms(maria, second, first)
    async with transaction() as session:
        await session.execute(update(Join).values(created_at=datetime.now(UTC) - timedelta(seconds=11)))
    page = (await maria.open(answer.headers["location"])).text
    assert "undo-join" not in page
    assert "undo-join" not in (await maria.open(f"/console/requests/{first}?joined=99999")).text


async def test_a_double_click_joins_once(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    answers = [await confirms(maria, second, first) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    async with transaction() as session:
        assert len((await session.scalars(select(Notice))).all()) == 1


async def test_nothing_is_joined_unseen(maria: Browser) -> None:
    first, second = await two()
    await maria.open(f"/console/requests/{second}")
    answer = await maria.send(f"/console/requests/{second}/join", {"into": first})
    assert answer.headers["location"] == f"/console/requests/{second}/join?into={first}"
    assert await state_of(second) == (Status.OPEN, False)


async def test_what_changed_while_it_was_looked_at_is_looked_at_again(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    async with transaction() as session:
        await update_request(session, Change(first, Status.IN_PROGRESS, "staff:sam"))
    answer = await confirms(maria, second, first)
    page = await maria.open(answer.headers["location"])
    assert "One of them changed a moment ago" in page.text
    assert await state_of(second) == (Status.OPEN, False)


async def test_a_join_of_another_request_is_not_undone_from_here(maria: Browser) -> None:
    first, second = await two()
    await looks_at(maria, second, first)
    answer = await confirms(maria, second, first)
    await maria.open(answer.headers["location"])
    assert (await undoes(maria, first)).status_code == 404
    answer = await maria.send(f"/console/requests/{second}/undo-join", {"join": "99999"})
    assert answer.status_code == 404


async def test_a_viewer_neither_looks_nor_undoes(browser: Browser) -> None:
    first, second = await two()
    await browser.log_in("vera")
    assert (await browser.open(f"/console/requests/{second}/join?into={first}")).status_code == 403
    await browser.open(f"/console/requests/{second}")
    answer = await browser.send(f"/console/requests/{second}/undo-join", {"join": "1"})
    assert answer.status_code == 403


async def test_what_is_added_stands_in_the_history_with_its_photo_and_who_said_it(maria: Browser) -> None:
    ann = await a_conversation()
    reference = await a_request("one", ann)
    ben = await a_conversation(BEN)
    (photo,) = await photos(1)
    async with transaction() as session:
        await follow_request(session, Following(ben, reference, "me too", "", PICO))
        at = datetime.now(UTC) + timedelta(seconds=1)
        await add_to_request(
            session, ann, Said("now it <b>steams</b>", (photo,), turn_id=7, at=at), reference
        )
        await add_to_request(
            session, ben, Said("my wheel broke", location=BEACH, turn_id=8, at=at), reference
        )
    page = re.sub(r"\s+", " ", (await maria.open(f"/console/requests/{reference}")).text)
    history = page.partition('<ol class="history">')[2].partition("</ol>")[0]
    for words in (
        "<b>Added</b>",
        "now it &lt;b&gt;steams&lt;/b&gt;",
        f"/console/photos/{photo}/thumb",
        "(310) 555-0177, who follows it",
        "1500 Ocean Ave",
    ):
        assert words in history, words
    assert "Resident added more" in page
    assert "Added to" in (await maria.open("/console/requests")).text
    said = page.partition('<blockquote class="said"')[2].partition("</blockquote>")[0].partition(">")[2]
    assert said == "huge &lt;b&gt;pothole&lt;/b&gt;"
