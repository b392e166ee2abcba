"""The console in Spanish: for whom, and what stays as it is."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.cases.roles import Role
from bot.cases.staff import create_staff
from bot.db.session import transaction
from bot.db.tables import Staff
from bot.web.language import spoken
from tests.console import PASSWORD, Browser, a_request, fresh_client

pytestmark = pytest.mark.integration


@pytest.fixture
async def spanish(browser: Browser) -> Browser:
    """Maria, a manager who chose Spanish, logged in."""
    await chosen("maria", "es")
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == "maria").values(role=Role.MANAGER))
    assert (await browser.log_in("maria")).status_code == 303
    return browser


async def chosen(username: str, language: str | None) -> None:
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == username).values(language=language))


async def test_who_chose_spanish_reads_it_and_nothing_is_left_of_it_behind_the_answer(
    spanish: Browser,
) -> None:
    await a_request()
    page = (await spanish.open("/console/requests?status=all", **{"accept-language": "en"})).text
    assert '<html lang="es"' in page
    for words in (
        "Solicitud nueva",
        "Bache o calle en mal estado",
        "Obras Públicas",
        "Abierta",
        "Sin asignar",
    ):
        assert words in page
    assert spoken() == "en"


async def test_choosing_it_under_account_changes_the_next_page(maria: Browser) -> None:
    await maria.open("/console/account")
    answer = await maria.send("/console/account", {"email": "", "language": "es"})
    page = (await maria.open(answer.headers["location"])).text
    assert "Idioma de la consola y de su correo" in page
    await maria.send("/console/account", {"email": "", "language": "en"})
    assert "Language of the console and of your mail" in (await maria.open("/console/account")).text


@pytest.mark.parametrize(
    ("accepted", "heading"), [("es-US,es;q=0.9", "Consola del personal"), ("en", "Staff console")]
)
async def test_the_door_speaks_as_the_browser_and_so_do_its_errors(
    browser: Browser, accepted: str, heading: str
) -> None:
    door = await browser.open("/console/login", **{"accept-language": accepted})
    assert heading in door.text
    gone = await browser.open("/console/password/none", **{"accept-language": accepted})
    assert ("Este enlace" in gone.text) == (accepted != "en")


async def test_who_never_chose_reads_english_as_the_page_account_says(maria: Browser) -> None:
    assert "Solicitudes" not in (await maria.open("/console/requests", **{"accept-language": "es"})).text
    account = (await maria.open("/console/account", **{"accept-language": "es"})).text
    assert 'value="en" checked' in account


async def test_two_who_ask_at_once_each_read_their_own_language(spanish: Browser) -> None:
    async with transaction() as session:
        await create_staff(session, "ed", PASSWORD, name="Ed English")
    await chosen("ed", "en")
    await a_request()
    async with fresh_client() as client:
        english = Browser(client)
        await english.log_in("ed")
        asked = [one.open("/console/requests?status=all") for _ in range(6) for one in (spanish, english)]
        pages = [answer.text for answer in await asyncio.gather(*asked)]
    for number, page in enumerate(pages):
        own, other = (
            ("Solicitud nueva", "New request") if number % 2 == 0 else ("New request", "Solicitud nueva")
        )
        assert own in page
        assert other not in page


async def test_files_are_the_same_whoever_takes_them(spanish: Browser) -> None:
    reference = await a_request()
    listed = (await spanish.open("/console/requests-export/csv?status=all")).text
    assert "Pothole or damaged road" in listed
    today = datetime.now(UTC).date()
    counted = (await spanish.open(f"/console/insight/overview/services.csv?to={today}")).text
    assert counted.lstrip("\ufeff").startswith("Service,Filed,Period before")
    await spanish.open(f"/console/requests/{reference}/record")
    record = await spanish.send(f"/console/requests/{reference}/record", {})
    files = zipfile.ZipFile(io.BytesIO(record.content))
    (page,) = (files.read(name).decode() for name in files.namelist() if name.endswith(".html"))
    assert "What was reported" in page
    assert "Pothole or damaged road" in page


async def test_a_problem_of_a_form_is_told_in_spanish_with_what_was_entered(spanish: Browser) -> None:
    await spanish.open("/console/new-request")
    form: dict[str, object] = {"service": "pothole", "place": "zzz nowhere at all", "description": "un bache"}
    form["key"] = spanish.hidden("key")
    page = (await spanish.send("/console/new-request", form)).text
    assert "Este lugar no se encontró en Santa Monica" in page
    assert "zzz nowhere at all" in page
