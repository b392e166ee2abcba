"""The pages "The city": administrators change services, departments, calendar, answers and settings, and see what was there before."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.city.current import catalogue, city, city_questions, ready_words
from bot.db.session import transaction
from bot.editing.follow import forget
from bot.editing.kinds import KINDS
from bot.settings import settings
from tests.console import PASSWORD, Browser

pytestmark = pytest.mark.integration

POTHOLE = "/console/city/services/entry?at=services%2Fpothole"


@pytest.fixture(autouse=True)
def _as_the_files_have_it() -> Iterator[None]:
    yield
    forget()


@pytest.fixture
async def ada(browser: Browser) -> Browser:
    """An administrator."""
    async with transaction() as session:
        await create_staff(session, "ada", PASSWORD, name="Ada Adams", role=Role.ADMIN)
    assert (await browser.log_in("ada")).status_code == 303
    return browser


def filled_in(page: str) -> dict[str, object]:
    """The form of an entry as a browser would send it, untouched."""
    form = page[page.index('<form class="card words-form"') :]
    form = form[: form.index("</form>")]
    fields: dict[str, object] = {}
    for tag, name, value in re.findall(
        r'<(input|textarea)[^>]*? name="([^"]+)"(?:[^>]*? value="([^"]*)")?', form
    ):
        if tag == "input":
            fields[name] = html.unescape(value)
    for name, words in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        fields[name] = html.unescape(words)
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        fields[name] = html.unescape(chosen[0])
    for box in re.findall(r'<input type="checkbox"[^>]*>', form):
        if "checked" not in box:
            fields.pop(re.findall(r'name="([^"]+)"', box)[0])
    return fields


async def save(browser: Browser, address: str, do: str = "save", **changes: object) -> str:
    """Open an entry, change some of its fields and send it; gives the page that comes, or where it leads."""
    fields = filled_in((await browser.open(address)).text)
    answer = await browser.send(address, {**fields, **changes, "do": do})
    return answer.headers.get("location") or answer.text


async def test_all_that_can_be_changed_is_listed(ada: Browser) -> None:
    page = (await ada.open("/console/city")).text
    for code in KINDS:
        listed = await ada.open(f"/console/city/{code}")
        assert listed.status_code in (200, 303)
        assert f"/console/city/{code}" in page or code == "follow-ups"
    assert "As in the city's files" in html.unescape(page)


async def test_every_entry_opens_and_sent_as_it_is_changes_nothing(ada: Browser) -> None:
    for code in KINDS:
        page = await ada.open(f"/console/city/{code}")
        addresses = (
            [page.headers["location"]]
            if page.status_code == 303
            else re.findall(rf'/console/city/{code}/entry\?at=[^"]+', page.text)[:3]
        )
        assert addresses
        for address in addresses:
            assert (await save(ada, address)).endswith(address.partition("at=")[2])
            assert "Back to the city" not in ada.page
    page = html.unescape((await ada.open("/console/city")).text)
    assert "changed" not in page.replace("is changed", "")


async def test_a_service_is_called_otherwise_and_goes_back(ada: Browser) -> None:
    plain = catalogue().services["pothole"].names["en"]
    to = await save(ada, POTHOLE, **{"names.en": "Hole in the road", "reason": "as people say"})
    assert to.startswith("/console/city/services/entry?saved=true")
    assert catalogue().services["pothole"].names["en"] == "Hole in the road"
    page = html.unescape((await ada.open(to)).text)
    assert "It holds within seconds." in page
    assert f'In the city\'s file: <span lang="en">{plain}</span>' in page
    assert "as people say" in page
    assert "Hole in the road" in (await ada.open("/console/requests")).text  # the filter of the inbox
    assert '<span class="tag">changed</span>' in (await ada.open("/console/city/services")).text
    await save(ada, POTHOLE, "back")
    assert catalogue().services["pothole"].names["en"] == plain
    page = html.unescape((await ada.open(POTHOLE)).text)
    assert "Back to the city's file." in page
    found = re.findall(r'value="(restore:\d+)"', page)
    await save(ada, POTHOLE, found[0])
    assert catalogue().services["pothole"].names["en"] == "Hole in the road"


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(ada: Browser) -> None:
    page = html.unescape(
        await save(ada, POTHOLE, **{"usual_days.p80": "soon", "names.es": "", "guidance.en": "Hm"})
    )
    assert "Not saved yet." in page
    assert "A whole number from 0 to 400, please." in page
    assert "There has to be something here." in page
    assert 'value="soon"' in page
    assert ">Hm</textarea>" in page
    page = html.unescape(await save(ada, POTHOLE, **{"usual_days.median": "20", "usual_days.p80": "2"}))
    assert "p80 should not be below median" in page
    assert 'value="20"' in page


async def test_a_preview_shows_what_residents_read_and_saves_nothing(ada: Browser) -> None:
    page = html.unescape(
        await save(
            ada, POTHOLE, "preview", **{"guidance.en": "Keep away from it.", "guidance.es": "Aléjese."}
        )
    )
    assert '<p class="said-as" lang="en">Keep away from it.</p>' in page
    assert catalogue().services["pothole"].guidance != {"en": "Keep away from it.", "es": "Aléjese."}
    fields = filled_in((await ada.open(POTHOLE)).text)
    answer = await ada.send(
        "/console/city/services/preview?at=services%2Fpothole", {**fields, "guidance.en": "Stay away."}
    )
    assert '<p class="said-as" lang="en">Stay away.</p>' in answer.text


async def test_somebody_else_changed_it_meanwhile(ada: Browser) -> None:
    fields = filled_in((await ada.open(POTHOLE)).text)
    await save(ada, POTHOLE, **{"names.en": "Pit"})
    await ada.open(POTHOLE)
    answer = await ada.send(POTHOLE, {**fields, "names.en": "Hole", "do": "save"})
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "Ada Adams changed it while you had it open." in page
    assert 'value="Hole"' in page
    assert "There now: Pit" in page
    assert catalogue().services["pothole"].names["en"] == "Pit"
    answer = await ada.send(POTHOLE, {**filled_in(answer.text), "do": "save"})
    assert answer.status_code == 303
    assert catalogue().services["pothole"].names["en"] == "Hole"


async def test_questions_of_a_service_are_reworded_reordered_added_and_taken_out(ada: Browser) -> None:
    size = "/console/city/follow-ups/entry?at=" + quote("services/pothole/questions/size", safe="")
    await save(ada, size, **{"ask.en": "How large?", "required": "yes", "choices.tire.es": "Como una rueda"})
    await save(ada, POTHOLE, "earlier:lane")
    added = "/console/city/follow-ups/new?at=pothole"
    fields = filled_in((await ada.open(added)).text)
    answer = await ada.send(
        added, {**fields, "ask.en": "Since when?", "ask.es": "¿Desde cuándo?", "kind": "date"}
    )
    assert answer.status_code == 303
    lane, asked, since = catalogue().services["pothole"].questions
    assert (lane.code, asked.code, since.code) == ("lane", "size", "since_when")
    assert (asked.ask["en"], asked.required) == ("How large?", True)
    assert asked.choices[1].labels["es"] == "Como una rueda"
    again = await ada.send(
        added, {**fields, "ask.en": "Since when?", "ask.es": "¿Desde cuándo?", "kind": "date"}
    )
    assert "There is one called since_when already." in again.text
    await save(ada, size, "remove")
    assert [one.code for one in catalogue().services["pothole"].questions] == ["lane", "since_when"]
    page = (await ada.open("/console/city/follow-ups")).text
    assert "Put back" in page
    answer = await ada.send(
        f"/console/city/follow-ups/put-back?at={quote('services/pothole/questions/size', safe='')}", {}
    )
    assert answer.status_code == 303
    assert "size" in [one.code for one in catalogue().services["pothole"].questions]


async def test_departments_holidays_answers_ready_words_and_settings(ada: Browser) -> None:
    new = "/console/city/departments/new"
    fields = filled_in((await ada.open(new)).text)
    await ada.send(
        new, {**fields, "name": "Beach & Pier", "es": "Playa y Muelle", "mailbox": "pier@example.gov"}
    )
    assert city().mailboxes == {"Beach & Pier": "pier@example.gov"}
    await save(ada, POTHOLE, department="Beach & Pier")
    assert catalogue().services["pothole"].department == "Beach & Pier"
    pier = "/console/city/departments/entry?at=" + quote("departments/Beach & Pier", safe="")
    assert "no department" in await save(ada, pier, "back")  # a service goes there
    await save(ada, "/console/city/calendar/entry?at=", **{"closes": "16:30", "weekdays.friday": ""})
    assert "moves to friday, which is no working weekday" in ada.page
    thursday = {"weekdays.friday": "", "observed.saturday": "thursday"}
    await save(ada, "/console/city/calendar/entry?at=", closes="16:30", **thursday)
    assert city().calendar.closes is not None
    assert city().calendar.weekdays == {0, 1, 2, 3}
    await save(
        ada,
        "/console/city/answers/entry?at=questions%2Ftrash_day",
        **{"answer.en": "On Mondays.", "checked": "2026-12-01"},
    )
    assert city_questions()["trash_day"].answer["en"] == "On Mondays."
    await save(ada, "/console/city/ready-words/entry?at=words%2FA%20photo", "remove")
    assert "A photo" not in [one.name for one in ready_words()]
    await save(ada, "/console/city/telling/entry?at=telling", quiet_hours="22:00-07:00")
    assert settings().quiet_hours == "22:00-07:00"
    await save(ada, "/console/city/keeping/entry?at=keeping", keep_photos_days="400")
    assert settings().keep_photos_days == 400
    page = html.unescape((await ada.open("/console/city")).text)
    assert "1 changed, last by Ada Adams" in page


async def test_what_is_entered_is_never_html(ada: Browser) -> None:
    await save(
        ada, POTHOLE, **{"names.en": "<script>alert(1)</script>", "reason": "<img src=x onerror=alert(1)>"}
    )
    for address in (POTHOLE, "/console/city/services", "/console/requests"):
        page = (await ada.open(address)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


async def test_nothing_else_is_there(ada: Browser) -> None:
    for address in (
        "/console/city/nothing",
        "/console/city/services/entry?at=services%2Fnothing",
        "/console/city/services/entry?at=groups",
        "/console/city/services/new",
        "/console/city/answers/entry?at=%00",
    ):
        assert (await ada.open(address)).status_code == 404


async def test_nobody_else_gets_in(browser: Browser) -> None:
    async with transaction() as session:
        await create_staff(session, "max", PASSWORD, name="Max", role=Role.MANAGER)
    assert (await browser.log_in("max")).status_code == 303
    assert (await browser.open("/console/city")).status_code == 403
