"""The page of known problems: nothing is given out before a look at whom it reaches."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.city.current import city
from bot.db.session import transaction
from bot.db.tables import Alert, Notice
from tests.console import Browser, a_request

pytestmark = pytest.mark.integration


def entered(**changes: str) -> dict[str, object]:
    later = datetime.now(UTC).astimezone(city().time_zone) + timedelta(hours=3)
    fields = {
        "where": "Pico and 4th",
        "radius": "300",
        "until": later.strftime("%Y-%m-%dT%H:%M"),
        "words_en": "water main <b>works</b> on Pico.",
        "words_es": "obras en la tubería de Pico.",
    }
    return {**fields, **changes}


async def given() -> int:
    async with transaction() as session:
        return len((await session.scalars(select(Alert))).all())


async def test_a_look_tells_whom_it_reaches_and_gives_nothing_out(maria: Browser) -> None:
    await a_request("one")
    await maria.open("/console/alerts")
    answer = await maria.send("/console/alerts", {**entered(), "act": "look"})
    for words in (
        "<b>1 resident</b> with 1 open request",
        "Pico Blvd &amp; 4th St",
        "1 will be told.",
        '1 SMS</small></p>\n      <p lang="es">“Sobre SM-…: obras en la tubería de Pico.” <small>1 SMS',  # sent without its accent
    ):
        assert words in answer.text
    assert "water main &lt;b&gt;works&lt;/b&gt; on Pico." in answer.text
    assert await given() == 0
    done = await maria.send("/console/alerts", {**entered(), "act": "give"})
    assert done.status_code == 303
    page = await maria.open(done.headers["location"])
    assert "1 resident is being told" in page.text
    async with transaction() as session:
        assert len((await session.scalars(select(Notice))).all()) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"where": "Narnia and 4th"}, "This place was not found"),
        ({"until": "2020-01-01T10:00"}, "This time is over"),
        ({"until": "tomorrow"}, "Say until when"),
        ({"words_es": ""}, "in both languages"),
        ({"radius": "7"}, "how far around"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_entered_stays(
    maria: Browser, changes: dict[str, str], said: str
) -> None:
    await maria.open("/console/alerts")
    answer = await maria.send("/console/alerts", {**entered(**changes), "act": "give"})
    assert answer.status_code == 422
    assert said in answer.text
    assert "water main &lt;b&gt;works&lt;/b&gt; on Pico.</textarea>" in answer.text
    assert await given() == 0


async def test_a_second_click_is_told_that_it_was_given_out_already(maria: Browser) -> None:
    await a_request("one")
    await maria.open("/console/alerts")
    for said in ("being told", "It was given out already; nobody is told twice"):
        done = await maria.send("/console/alerts", {**entered(), "act": "give"})
        assert said in (await maria.open(done.headers["location"])).text
    assert await given() == 1


async def test_what_is_urgent_stays_ticked_in_the_look_and_is_given_out_so(maria: Browser) -> None:
    await a_request("one")
    await maria.open("/console/alerts")
    assert "told at night, too" not in maria.page
    for act in ("look", "give"):
        answer = await maria.send("/console/alerts", {**entered(), "urgent": "yes", "act": act})
        if act == "look":
            assert 'name="urgent" value="yes" checked' in answer.text
    assert "told at night, too" in (await maria.open("/console/alerts")).text
    async with transaction() as session:
        assert (await session.scalars(select(Notice))).one().event["urgent"]


async def test_one_is_ended_on_its_page_and_a_request_says_that_it_is_over(maria: Browser) -> None:
    reference = await a_request("one")
    await maria.open("/console/alerts")
    await maria.send("/console/alerts", {**entered(), "act": "give"})
    page = await maria.open("/console/alerts")
    ending = re.search(r'action="(/console/alerts/\d+/end)"', page.text)
    assert ending
    assert "over since" not in (await maria.open(f"/console/requests/{reference}")).text
    await maria.open("/console/alerts")
    await maria.send(ending[1], {"words_en": "", "words_es": ""})
    assert "over since" in (await maria.open(f"/console/requests/{reference}")).text
    page = await maria.open("/console/alerts")
    assert "Nothing is known at the moment" in page.text
    assert "ended by" in page.text
    assert (await maria.send("/console/alerts/999/end", {})).status_code == 404


async def test_half_a_goodbye_ends_nothing_and_stays_in_the_form(maria: Browser) -> None:
    await maria.open("/console/alerts")
    await maria.send("/console/alerts", {**entered(), "act": "give"})
    page = await maria.open("/console/alerts")
    ending = re.search(r'action="(/console/alerts/\d+/end)"', page.text)
    assert ending
    answer = await maria.send(ending[1], {"words_en": "The works are over.", "words_es": ""})
    assert answer.status_code == 422
    assert "in both languages" in answer.text
    assert "The works are over.</textarea>" in answer.text
    assert "Nothing is known at the moment" not in (await maria.open("/console/alerts")).text


async def test_who_may_only_read_sees_them_and_gives_none_out(browser: Browser) -> None:
    await browser.log_in("vera")
    page = await browser.open("/console/alerts")
    assert "Give out a new one" not in page.text
    assert (await browser.send("/console/alerts", {**entered(), "act": "give"})).status_code == 403
