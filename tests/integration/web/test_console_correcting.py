"""The pencil on the console: what is entered is looked at with the very words that residents get, then saved, or explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.following import Following, follow_request
from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.city.current import catalogue
from bot.db.session import transaction
from bot.db.tables import Contact, Notice, ServiceRequest
from bot.delivery.push import join_requests, update_request
from tests.console import PICO, Browser, a_conversation, a_request
from tests.integration.telling import tell_everybody

pytestmark = pytest.mark.integration
BEN = "+13105550177"
PARKS = "Memorial Park or Douglas Park"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", page)


async def opens(browser: Browser, reference: str) -> str:
    answer = await browser.open(f"/console/requests/{reference}/correct")
    assert answer.status_code == 200
    return plain(answer.text)


def fields(browser: Browser, **entered: str) -> dict[str, object]:
    """The form as it stands on the page, but for what is entered."""
    had = {name: browser.hidden(f"had_{name}") for name in ("service", "place", "no_place", "description")}
    opened = {f"had_{name}": value for name, value in had.items()}
    return {**had, **opened, "seen": browser.hidden("seen"), **entered}


async def looks(browser: Browser, reference: str, **entered: str) -> httpx.Response:
    return await browser.send(f"/console/requests/{reference}/correct", fields(browser, **entered))


async def saves(browser: Browser, reference: str, **entered: str) -> httpx.Response:
    looked = {"looked": browser.hidden("looked"), "act": "save"}
    return await browser.send(
        f"/console/requests/{reference}/correct", {**fields(browser, **entered), **looked}
    )


async def request_of(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def notices() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(Notice)) or 0


async def test_each_of_the_four_has_its_pencil_and_a_viewer_has_none(browser: Browser) -> None:
    reference = await a_request()
    await browser.log_in("maria")
    page = (await browser.open(f"/console/requests/{reference}")).text
    for part in ("service", "place", "description"):
        assert f'href="/console/requests/{reference}/correct#{part}"' in page, part
    assert 'class="pencil" href="#department"' in page
    await browser.send("/console/logout", {})
    await browser.log_in("vera")
    assert 'class="pencil"' not in (await browser.open(f"/console/requests/{reference}")).text
    assert (await browser.open(f"/console/requests/{reference}/correct")).status_code == 403
    await browser.open(f"/console/requests/{reference}")
    answer = await browser.send(f"/console/requests/{reference}/correct", {"service": "sidewalk"})
    assert answer.status_code == 403
    assert (await request_of(reference)).service_code == "pothole"


async def test_a_correction_is_looked_at_with_the_words_of_each_group_and_then_saved(maria: Browser) -> None:
    reference = await a_request()
    ben = await a_conversation(BEN)
    async with transaction() as session:
        await follow_request(session, Following(ben, reference, "me too", "", PICO))
        await session.execute(update(Contact).where(Contact.address == BEN).values(language="es"))
    await opens(maria, reference)
    entered = {"service": "sidewalk", "place": "1427 lincoln", "description": "A slab is <b>up</b>"}
    answer = await looks(maria, reference, **entered)
    page = plain(answer.text)
    assert answer.status_code == 200
    noun = catalogue().services["sidewalk"].noun
    for words in (
        "What changes",
        "<del>Pico Blvd &amp; 4th St</del>",
        "<ins>1427 Lincoln Blvd</ins>",
        "<ins>A slab is &lt;b&gt;up&lt;/b&gt;</ins>",
        "1 resident by SMS, in English",
        f"About {reference} (pothole, Pico Blvd &amp; 4th St): we corrected it to: {noun['en']}, 1427 Lincoln Blvd.",
        "1 resident by SMS, in Spanish",
        'lang="es">Sobre ',
        "Map around 1427 Lincoln Blvd",
        "Save and tell them",
    ):
        assert words in page, words
    assert (await request_of(reference)).service_code == "pothole", "looking changes nothing"
    answer = await saves(maria, reference, **entered)
    assert answer.headers["location"] == f"/console/requests/{reference}?corrected=told#corrected"
    page = plain((await maria.open(answer.headers["location"])).text)
    assert "What residents are told appears in the conversation" in page
    history = page.partition('<ol class="history">')[2].partition("</ol>")[0]
    for words in (
        "<b>Put right</b>",
        "Maria Lopez",
        "<del>Pothole",
        "<ins>1427 Lincoln Blvd</ins>",
        "A slab is",
    ):
        assert words in history, words
    assert "huge &lt;b&gt;pothole&lt;/b&gt;" in page.partition('id="facts"')[2], "the resident's words stay"
    assert "“pico and 4th”" in page
    assert await notices() == 2
    assert "A slab is" in (await maria.open("/console/requests?status=all")).text


async def test_what_is_put_back_at_once_is_told_nobody_and_the_history_says_so(maria: Browser) -> None:
    reference = await a_request()
    for service in ("sidewalk", "pothole"):
        await opens(maria, reference)
        await looks(maria, reference, service=service)
        await saves(maria, reference, service=service)
    assert await tell_everybody() == 0
    page = plain((await maria.open(f"/console/requests/{reference}")).text)
    assert page.count("Put back before anybody was told") == 2


async def test_words_for_staff_alone_are_told_nobody_and_the_page_says_so(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    page = plain((await looks(maria, reference, description="Deep one")).text)
    assert "Nothing: only staff read these words." in page
    assert ">Save</button>" in page
    answer = await saves(maria, reference, description="Deep one")
    assert "Nobody is told" in (await maria.open(answer.headers["location"])).text
    assert await notices() == 0


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("Main St", "Main St is long: add a number or a cross street, like "),
        ("9000 Wilshire Blvd Beverly Hills", "This lies in Beverly Hills, outside Santa Monica."),
        ("34.05, -118.24", "outside Santa Monica."),
        ("xyzzy", "This place was not found in Santa Monica."),
        ("", "Say where it is, or that it has no place."),
        ("w" * 300, "200 characters at most"),
    ],
)
async def test_a_place_that_is_none_is_explained_and_what_was_typed_is_still_there(
    maria: Browser, place: str, words: str
) -> None:
    reference = await a_request()
    await opens(maria, reference)
    answer = await looks(maria, reference, place=place, description="A <i>slab</i>", service="sidewalk")
    page = plain(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert f'id="place" name="place" value="{place}"' in page
    assert "A &lt;i&gt;slab&lt;/i&gt;</textarea>" in page
    assert '<option value="sidewalk" selected>' in page
    assert (await request_of(reference)).address == PICO.name


async def test_where_several_places_are_meant_one_is_chosen(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    answer = await looks(maria, reference, place=PARKS)
    assert answer.status_code == 422
    assert "Which one is it?" in answer.text
    keys = re.findall(r'name="chosen" value="([^"]+)"', answer.text)
    assert len(keys) == 2
    entered = {"place": PARKS, "chosen": keys[1]}
    assert "<ins>Douglas Park</ins>" in (await looks(maria, reference, **entered)).text
    await saves(maria, reference, **entered)
    assert (await request_of(reference)).address == "Douglas Park"


async def test_coordinates_are_kept_as_they_are(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    await looks(maria, reference, place="34.01,-118.49")
    await saves(maria, reference, place="34.01,-118.49")
    request = await request_of(reference)
    assert (request.lat, request.lon) == (34.01, -118.49)


async def test_a_place_is_taken_out_and_given_again(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    assert "we took the place out" in (await looks(maria, reference, no_place="yes")).text
    await saves(maria, reference, no_place="yes")
    assert (await request_of(reference)).lat is None
    assert 'value="yes" checked' in await opens(maria, reference)
    assert (await looks(maria, reference, no_place="")).status_code == 422
    # Who types a place means it, whether the box is still ticked or not.
    await looks(maria, reference, place="1427 Lincoln Blvd")
    await saves(maria, reference, place="1427 Lincoln Blvd")
    assert (await request_of(reference)).address == "1427 Lincoln Blvd"


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({}, "There is nothing to save"),
        ({"description": "w" * 601}, "601 characters, and 600 go in"),
        ({"service": "moon"}, "does not offer this service any more"),
    ],
)
async def test_what_cannot_be_saved_is_said_kindly(
    maria: Browser, entered: dict[str, str], words: str
) -> None:
    reference = await a_request()
    await opens(maria, reference)
    answer = await looks(maria, reference, **entered)
    assert answer.status_code == 422
    assert words in plain(answer.text)


async def test_what_changed_meanwhile_is_said_and_never_put_back_and_nothing_typed_is_lost(
    maria: Browser,
) -> None:
    reference = await a_request()
    await opens(maria, reference)
    await looks(maria, reference, description="A slab")
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:sam"))
        request = await find_request(session, reference)
        request.service_code = "sidewalk"
    answer = await saves(maria, reference, description="A slab")
    page = plain(answer.text)
    assert answer.status_code == 409
    assert "a colleague changed it, or a resident told more" in page
    assert "A slab</textarea>" in page
    assert "<dd>huge &lt;b&gt;pothole&lt;/b&gt;</dd>" in answer.text, "beside what stands there now"
    assert '<option value="sidewalk" selected>' in page, "what was not touched is as it is now"
    await looks(maria, reference, description="A slab")
    await saves(maria, reference, description="A slab")
    request = await request_of(reference)
    assert (request.staff_description, request.service_code) == ("A slab", "sidewalk")


async def test_what_a_resident_told_meanwhile_is_looked_at_first(maria: Browser) -> None:
    conversation_id = await a_conversation()
    reference = await a_request("one", conversation_id)
    await opens(maria, reference)
    async with transaction() as session:
        said = Said("it is by the school", turn_id=5, at=datetime.now(UTC))
        await add_to_request(session, conversation_id, said, reference)
    assert (await looks(maria, reference, place="1427 Lincoln Blvd")).status_code == 409


async def test_nothing_is_told_that_was_not_looked_at(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    await looks(maria, reference, place="1427 Lincoln Blvd")
    answer = await saves(maria, reference, place="1500 Ocean Ave")
    assert answer.status_code == 200
    assert "is not what you looked at" in answer.text
    assert "<ins>1500 Ocean Ave</ins>" in answer.text
    assert await notices() == 0


async def test_a_double_click_saves_once(maria: Browser) -> None:
    reference = await a_request()
    await opens(maria, reference)
    await looks(maria, reference, place="1427 Lincoln Blvd")
    answers = [await saves(maria, reference, place="1427 Lincoln Blvd") for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await notices() == 1


async def test_what_is_joined_is_not_put_right(maria: Browser) -> None:
    first, second = await a_request("one"), await a_request("two", await a_conversation(BEN))
    await opens(maria, second)
    form = fields(maria, service="sidewalk")
    async with transaction() as session:
        await join_requests(session, second, first, "staff:sam")
    answer = await maria.send(f"/console/requests/{second}/correct", form)
    assert answer.status_code == 409
    assert "joined with another one" in answer.text
    assert "correct#" not in (await maria.open(f"/console/requests/{second}")).text


async def test_answers_to_the_questions_of_the_service_it_was_stay_readable(maria: Browser) -> None:
    question = next(one for one in catalogue().services["pothole"].questions if one.choices)
    answered = question.choices[0]
    reference = await a_request(answers={question.code: answered.code})
    await opens(maria, reference)
    await looks(maria, reference, service="animal")
    await saves(maria, reference, service="animal")
    page = (await maria.open(f"/console/requests/{reference}")).text
    assert answered.labels["en"] in page


async def test_an_unknown_request_is_not_found(maria: Browser) -> None:
    await a_request()
    assert (await maria.open("/console/requests/SM-NOBODY/correct")).status_code == 404
