"""The page "Words": administrators change what residents are told, see what it costs, and find what was said before."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import select

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.conversation.wordings import RESPONSES, words_built_in
from bot.db.session import transaction
from bot.db.tables import Wording
from tests.console import PASSWORD, Browser

pytestmark = pytest.mark.integration

MENDED = "{reference}, {about}: mended. Thank you!"
LISTO = "{reference}, {about}: ya quedó. ¡Gracias!"
HTMX = {"hx-request": "true"}


@pytest.fixture
async def ada(browser: Browser) -> Browser:
    """An administrator."""
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, name="Ada Adams", role=Role.ADMIN)
    assert (await browser.log_in("ada")).status_code == 303
    return browser


def texts(english: str, spanish: str, do: str = "save") -> dict[str, object]:
    return {"text_en": english, "text_es": spanish, "do": do}


async def kept() -> list[tuple[str, str | None]]:
    async with transaction() as session:
        rows = await session.scalars(select(Wording).order_by(Wording.id))
        return [(row.language, row.text) for row in rows]


async def test_all_words_are_listed_with_who_changed_them(ada: Browser) -> None:
    page = html.unescape((await ada.open("/console/words")).text)
    for key in RESPONSES:
        assert f'href="/console/words/{key}"' in page
        assert words_built_in(key, "es") in page
    assert "changed by" not in page
    await ada.open("/console/words/resolved")
    await ada.send("/console/words/resolved", texts(MENDED, LISTO))
    page = html.unescape((await ada.open("/console/words")).text)
    assert MENDED in page
    assert LISTO in page
    assert "changed by Ada Adams" in page


async def test_words_are_changed_and_taken_back_and_the_past_stays(ada: Browser) -> None:
    address = "/console/words/resolved"
    await ada.open(address)
    answer = await ada.send(address, texts(MENDED, words_built_in("resolved", "es")))
    assert answer.headers["location"] == f"{address}?saved=true"
    assert await kept() == [("en", MENDED)]
    page = (await ada.open(f"{address}?saved=true")).text
    assert "Residents read it from the next update on." in page
    assert f"{MENDED}</textarea>" in page
    assert "Back to the built-in words" in page
    await ada.send(address, texts("half a sentence", "", "reset:en"))  # what else was typed is let go
    assert await kept() == [("en", MENDED), ("en", None)]
    page = (await ada.open(address)).text
    assert f"{words_built_in('resolved', 'en')}</textarea>" in page
    assert page.count("Ada Adams ·") == 2


async def test_words_with_a_fault_come_back_with_the_reason_and_neither_language_is_saved(
    ada: Browser,
) -> None:
    address = "/console/words/resolved"
    await ada.open(address)
    answer = await ada.send(address, texts(MENDED, "Ya quedó <b>{reference}</b> {crew}"))
    assert answer.status_code == 422
    page = answer.text
    assert "Not saved yet." in page
    assert "<code>{crew}</code> is no field of these words" in page
    assert "<code>{about}</code> is missing" in page
    assert f"{MENDED}</textarea>" in page
    assert "Ya quedó &lt;b&gt;{reference}&lt;/b&gt; {crew}</textarea>" in page
    assert await kept() == []


async def test_a_preview_without_javascript_saves_nothing(ada: Browser) -> None:
    address = "/console/words/resolved"
    await ada.open(address)
    answer = await ada.send(address, texts(MENDED + " 🎉", LISTO, "preview"))
    assert answer.status_code == 200
    assert "SM-7K3R9P, " in answer.text
    assert "With <b>🎉</b> in it an SMS holds 70 characters instead of 160." in answer.text
    assert await kept() == []


async def test_the_preview_follows_what_is_typed(ada: Browser) -> None:
    await ada.open("/console/words/resolved")
    answer = await ada.send("/console/words/resolved/preview/es", {"text_es": LISTO}, headers=HTMX)
    assert "ya quedó. ¡Gracias!</p>" in answer.text
    assert "1 SMS" in answer.text
    assert "<html" not in answer.text
    await ada.open("/console/words/resolved")
    answer = await ada.send("/console/words/resolved/preview/es", {"text_es": "x"}, headers=HTMX)
    assert "<code>{reference}</code> is missing" in answer.text


@pytest.mark.parametrize("who", ["maria", "vera"])
async def test_only_administrators_see_and_change_them(browser: Browser, who: str) -> None:
    await browser.log_in(who)
    page = (await browser.open("/console/requests")).text
    assert "/console/words" not in page
    for address in ("/console/words", "/console/words/resolved"):
        assert (await browser.client.get(address)).status_code == 403
    for address in ("/console/words/resolved", "/console/words/resolved/preview/en"):
        await browser.open("/console/requests")
        assert (await browser.send(address, texts(MENDED, LISTO))).status_code == 403
    assert await kept() == []


async def test_unknown_words_are_not_found(ada: Browser) -> None:
    for address in ("/console/words/greeting", "/console/words/%00"):
        assert (await ada.open(address)).status_code == 404
    for address in ("/console/words/greeting", "/console/words/resolved/preview/fr"):
        await ada.open("/console/words/resolved")
        assert (await ada.send(address, texts(MENDED, LISTO))).status_code == 404
    await ada.open("/console/words/resolved")
    assert (await ada.send("/console/words/resolved", texts("", "", "reset:fr"))).status_code == 422


async def test_who_is_told_of_a_status_is_set_and_shown(ada: Browser) -> None:
    address = "/console/words/closed"
    assert "Who is told" in (await ada.open(address)).text
    answer = await ada.send(f"{address}/told", {"whom": "reporter", "urgent": "yes"})
    assert answer.headers["location"] == f"{address}?saved=true"
    page = html.unescape((await ada.open(address)).text)
    assert "Set by Ada Adams" in page
    assert 'value="reporter" checked' in page
    assert "Only who filed it, at night too." in html.unescape((await ada.open("/console/words")).text)


async def test_a_status_that_asks_is_told_to_who_is_asked(ada: Browser) -> None:
    address = "/console/words/resolved"
    assert 'value="nobody"' not in (await ada.open(address)).text
    assert (await ada.send(f"{address}/told", {"whom": "nobody"})).status_code == 422
    assert (await ada.send(f"{address}/told", {"whom": "the cat"})).status_code == 422


async def test_words_that_tell_no_status_have_no_rule(ada: Browser) -> None:
    assert "Who is told" not in (await ada.open("/console/words/promise")).text
    assert (await ada.send("/console/words/promise/told", {"whom": "nobody"})).status_code == 404


async def test_only_administrators_say_who_is_told(browser: Browser) -> None:
    assert (await browser.log_in("maria")).status_code == 303
    await browser.open("/console/requests")
    assert (await browser.send("/console/words/closed/told", {"whom": "nobody"})).status_code == 403


async def test_one_service_has_words_of_its_own_with_their_preview_and_history(ada: Browser) -> None:
    address = "/console/words/resolved"
    filled = "{reference}: your pothole at {place} is filled."
    tapado = "{reference}: su bache en {place} está tapado."
    await ada.open(f"{address}?service=pothole")
    shown = await ada.send(f"{address}/preview/en", {"text_en": filled, "service": "pothole"}, headers=HTMX)
    assert "your pothole at Pico Blvd &amp; 4th St is filled." in shown.text
    assert 'class="warn"' not in shown.text
    await ada.open(f"{address}?service=pothole")
    answer = await ada.send(address, {**texts(filled, tapado), "service": "pothole"})
    assert answer.headers["location"] == f"{address}?saved=true&service=pothole"
    page = html.unescape((await ada.open(answer.headers["location"])).text)
    assert f"{filled}</textarea>" in page
    assert "Back to the words of all services" in page
    assert "Who is told" not in page  # that is set for the status
    assert page.count("Ada Adams ·") == 2
    page = html.unescape((await ada.open(address)).text)
    assert filled not in page
    assert "(own words)" in page
    assert f'href="{address}?service=pothole"' in (await ada.open("/console/words")).text
    await ada.open(f"{address}?service=pothole")
    await ada.send(address, {**texts("", "", "reset:en"), "service": "pothole"})
    page = html.unescape((await ada.open(f"{address}?service=pothole")).text)
    assert f"{words_built_in('resolved', 'en')}</textarea>" in page
    assert "Back to the words of all services." in page


async def test_a_field_that_is_not_known_then_is_refused_with_its_reason(ada: Browser) -> None:
    address = "/console/words/in_progress"
    page = html.unescape((await ada.open(address)).text)
    assert "<code>{department}</code> who has it" in page
    assert "<code>{reason}</code>" not in page
    answer = await ada.send(address, texts("{reference} ({about}): {reason}", LISTO))
    assert answer.status_code == 422
    assert "<code>{reason}</code> makes no sense here" in answer.text
    assert await kept() == []


async def test_words_of_a_service_that_is_not_offered_are_not_found(ada: Browser) -> None:
    address = "/console/words/resolved"
    assert (await ada.open(f"{address}?service=unicorns")).status_code == 404
    await ada.open(address)
    assert (await ada.send(address, {**texts(MENDED, LISTO), "service": "unicorns"})).status_code == 404
    assert await kept() == []
