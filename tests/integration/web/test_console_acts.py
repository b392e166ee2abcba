"""The update card: four plain acts, each a form of its own that asks for nothing else and shows what goes out."""

from __future__ import annotations

import asyncio
import re
from html import unescape

import httpx
import pytest
from sqlalchemy import select, update

from bot.cases.lookup import find_request
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.channels.twilio.gsm7 import segments
from bot.city.current import ready_words
from bot.db.session import transaction
from bot.db.tables import Contact, Notice, Update
from bot.delivery.notices.wording import as_told
from bot.delivery.push import update_request
from tests.console import Browser, a_conversation, a_request
from tests.photos import jpeg

pytestmark = pytest.mark.integration


def form_of(page: str, act: str) -> dict[str, str]:
    """The hidden fields of one act's form, as a browser sends them."""
    form = page.partition(f'<form id="change-{act}"')[2].partition("</form>")[0]
    assert form, f"the page has no form for {act}"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return dict(hidden)


async def act(browser: Browser, reference: str, kind: str, **fields: object) -> httpx.Response:
    """Fill in one act of the page that is open and send it."""
    data = {**form_of(browser.page, kind), **fields}
    files = data.pop("files", None) or {"photos": ("", b"")}
    answer = await browser.client.post(f"/console/requests/{reference}", data=data, files=files)  # type: ignore[arg-type]
    if answer.status_code != 303:
        browser.page = answer.text
    return answer


async def newest(reference: str) -> Update:
    async with transaction() as session:
        return (await find_request(session, reference)).updates[-1]


def goes_out(page: str) -> list[str]:
    """What the page says that residents will read."""
    found = re.findall(r'</figcaption>\s*<blockquote class="said"[^>]*>(.*?)</blockquote>', page, re.DOTALL)
    return [unescape(one) for one in found]


async def test_a_message_leaves_the_status_as_it_is(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    files = [("photos", ("there.jpg", jpeg()))]
    answer = await act(maria, reference, "message", public_text="We saw it.", files=files)
    assert answer.status_code == 303
    update = await newest(reference)
    assert (update.from_status, update.to_status, update.public_text) == ("open", "open", "We saw it.")
    assert len(update.photos) == 1
    page = (await maria.open(answer.headers["location"])).text
    assert re.search(r'<input [^>]*id="act-message"[^>]* checked>', page)


async def test_a_question_makes_the_request_wait_for_its_answer(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    assert (await act(maria, reference, "ask", public_text="Which lane?")).status_code == 303
    update = await newest(reference)
    assert (update.to_status, update.public_text) == ("waiting", "Which lane?")


async def test_a_note_is_for_staff_alone(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    answer = await act(maria, reference, "note", internal_note="Bring asphalt.")
    update = await newest(reference)
    assert (update.to_status, update.public_text, update.internal_note) == ("open", "", "Bring asphalt.")
    assert "Nothing is sent to the resident." in (await maria.open(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("message", "There is nothing to send: write a few words or add a photo."),
        ("ask", "Please write the question to the resident."),
        ("note", "There is nothing to keep: write a few words."),
        ("holder", "They have it already: choose somebody else."),
    ],
)
async def test_an_act_without_anything_in_it_says_what_it_needs(maria: Browser, kind: str, told: str) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    held = {name: form_of(maria.page, "holder")[f"had_{name}"] for name in ("department", "crew", "person")}
    answer = await act(maria, reference, kind, **(held if kind == "holder" else {}))
    assert answer.status_code == 422
    form = answer.text.partition(f'<form id="change-{kind}"')[2].partition("</form>")[0]
    assert told in form
    assert answer.text.count('id="problem"') == 1


async def test_another_day_is_promised_and_told_once(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    fields = {"due_on": "2035-03-01", "public_text": "The asphalt plant is closed."}
    assert (await act(maria, reference, "day", **fields)).status_code == 303
    assert str((await newest(reference)).due_on) == "2035-03-01"
    await maria.open(f"/console/requests/{reference}")
    again = await act(maria, reference, "day", due_on="2035-03-01")
    assert again.status_code == 422
    assert "this one was promised already" in again.text
    async with transaction() as session:
        request = await find_request(session, reference)
    assert [str(one.due_on) for one in request.updates].count("2035-03-01") == 1


@pytest.mark.parametrize("language", ["en", "es"])
async def test_what_is_shown_beforehand_is_what_goes_out_word_for_word(maria: Browser, language: str) -> None:
    await a_conversation()
    async with transaction() as session:
        await session.execute(update(Contact).values(language=language))
    reference = await a_request(language=language)
    await maria.open(f"/console/requests/{reference}")
    words = {"act": "status", "status": "on_hold", "public_text": "Falta una pieza — mañana seguimos."}
    shown = (await maria.send(f"/console/requests/{reference}/sms-length", words)).text
    await maria.open(f"/console/requests/{reference}")
    del words["act"]
    assert (await act(maria, reference, "status", **words)).status_code == 303
    async with transaction() as session:
        notice = (await session.scalars(select(Notice))).one()
    told = await asyncio.to_thread(as_told, notice.event, "sms", language)
    assert goes_out(shown) == [told]
    assert reference in told
    assert f"{segments(told)} SMS with" in shown


async def test_without_scripts_a_button_shows_what_goes_out_and_saves_nothing(maria: Browser) -> None:
    reference = await a_request()
    await maria.open(f"/console/requests/{reference}")
    fields = {"public_text": "We saw it.", "look": "yes", "files": [("photos", ("a.jpg", jpeg()))]}
    answer = await act(maria, reference, "message", **fields)
    assert answer.status_code == 200
    (text,) = goes_out(answer.text)
    assert "We saw it." in text
    assert reference in text
    assert re.search(r'name="kept_photos" value="\d+" checked', answer.text)
    assert (await newest(reference)).from_status is None


async def test_ready_words_come_in_the_language_of_the_resident(maria: Browser) -> None:
    await a_conversation()
    async with transaction() as session:
        await session.execute(update(Contact).values(language="es"))
    reference = await a_request()
    page = (await maria.open(f"/console/requests/{reference}")).text
    asked = [one for one in ready_words() if one.use == "ask"]
    assert asked
    assert all(f'data-text="{one.texts["es"]}"' in page for one in asked)
    answer = await act(maria, reference, "ask", ready="0", look="yes")
    assert f">{asked[0].texts['es']}</textarea>" in unescape(answer.text)
    assert answer.status_code == 200


async def test_the_statuses_keep_their_places_and_a_change_by_somebody_else_is_told(maria: Browser) -> None:
    reference = await a_request()
    page = (await maria.open(f"/console/requests/{reference}")).text
    before = re.findall(r'name="status" value="(\w+)"', page)
    fresh = re.search(r'hx-get="([^"]+/fresh\?[^"]+)"', page)
    assert fresh
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:sam", "Crew 4 is there."))
    after = (await maria.open(f"/console/requests/{reference}")).text
    assert re.findall(r'name="status" value="(\w+)"', after) == before
    told = unescape((await maria.open(unescape(fresh[1]))).text)
    assert "<b>sam</b> changed this while you have it open: it is in progress" in told
    assert "“Crew 4 is there.”" in told
