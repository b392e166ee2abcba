"""The city's page: what staff chose to show, by block, and how long the work took. Nothing leads from it to anybody."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import insert, select, update

from bot.cases.city_view import FEWEST, SHOWN
from bot.cases.merging import merge_requests
from bot.cases.public_links import public_token
from bot.cases.showing import list_on_city_page, write_summary
from bot.cases.status import Resolution, Status
from bot.cases.updates import Change, change_request
from bot.city.current import calendar, catalogue
from bot.city.location import Location, LocationKind, Point
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.settings import Settings, load_settings
from bot.web import city_page, city_words
from bot.web.console import requests as console_requests
from tests.console import Browser, a_conversation, a_request, fresh_client

pytestmark = pytest.mark.integration

LARGEST = 60_000  # bytes of the page with all it loads
HOME = Location(Point(34.021034, -118.487499), LocationKind.ADDRESS, "1437 11th St")
BLOCK = "1400 block of 11th St"
OURS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t",
    "TWILIO_FROM": "+13105550100",
}


@dataclass
class Reader:
    """Somebody who opens the city's page."""

    client: httpx.AsyncClient

    async def opens(self, lang: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.get("/", params={"lang": lang} if lang else {}, headers=headers)

    async def reads(self, lang: str | None = None) -> str:
        """The page's words, as one reads them, without the head and the maps."""
        answer = await self.opens(lang)
        assert answer.status_code == 200
        body = re.sub(r"<svg.*?</svg>", " ", answer.text.partition("</head>")[2], flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def shown_as(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    ours = load_settings(**{"CITYLINE_CITY_PAGE": "on", **more})
    for module in (city_page, city_words, console_requests):
        monkeypatch.setattr(module, "settings", lambda: ours)
    return ours


@pytest.fixture
async def reader(database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    shown_as(monkeypatch)
    async with fresh_client() as client:
        yield Reader(client)


async def show(reference: str, listed: bool = True) -> None:
    async with transaction() as session:
        await list_on_city_page(session, reference, "staff:ana", datetime.now(UTC), listed=listed)


async def change(reference: str, status: Status, text: str = "", **more: object) -> None:
    async with transaction() as session:
        await change_request(session, Change(reference, status, "staff:ana", text, **more))  # type: ignore[arg-type]


async def done(service: str, counts: list[int], ended: datetime | None = None) -> None:
    """Requests of a service whose work took so many working days, ended at that time (today)."""
    now = ended or datetime.now(UTC)
    filed = {days: began(now, days) for days in set(counts)}
    rows = [
        {
            "reference": f"T{zlib.crc32(f'{service} {number}'.encode()):x}",
            "idempotency_key": f"{service} {number}",
            "service_code": service,
            "description": "",
            "place_text": "",
            "address": "",
            "status": "resolved",
            "resolution": "fixed",
            "channel": "sms",
            "language": "en",
            "created_at": filed[days],
            "ended_at": now,
        }
        for number, days in enumerate(counts)
    ]
    async with transaction() as session:
        await session.execute(insert(ServiceRequest), rows)


def began(end: datetime, days: int) -> datetime:
    """A moment from which on so many working days have passed at `end`."""
    start = end
    last = end.astimezone(calendar().time_zone).date()
    while calendar().due_by(start, days) > last:
        start -= timedelta(days=1)
    return start


async def test_without_the_setting_the_address_leads_to_the_console(
    database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_as(monkeypatch, CITYLINE_CITY_PAGE="off")
    await show(await a_request())
    async with fresh_client() as client:
        answer = await client.get("/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/requests"


async def test_an_empty_city_is_kind_in_both_languages(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing to show yet" in await reader.reads()
    assert "Todavía no hay nada que mostrar" in await reader.reads("es")
    assert "Tell us: 311 or (866) 311-7266" in await reader.reads()
    assert "<table" not in (await reader.opens()).text
    shown_as(monkeypatch, **OURS)
    page = (await reader.opens()).text
    assert '<a class="button" href="sms:+13105550100">Text (310) 555-0100</a>' in page
    shown_as(monkeypatch, TELEGRAM_BOT_TOKEN="123456:abc", TELEGRAM_BOT_NAME="CityHallBot")
    page = (await reader.opens("es")).text
    assert '<a class="button" href="https://t.me/CityHallBot">Escriba por Telegram</a>' in page
    assert "sms:" not in page


async def test_only_what_staff_chose_is_shown_and_by_its_block(reader: Reader) -> None:
    chosen = await a_request(location=HOME, place_text="1437 11th st", description="Zanzibar")
    await a_request("two", service_code="graffiti")
    async with transaction() as session:
        await write_summary(session, chosen, "Right before the blue house.", "staff:ana")
    assert BLOCK not in await reader.reads()
    await show(chosen)
    english, spanish = await reader.reads(), await reader.reads("es")
    assert f"Pothole or damaged road {BLOCK} Received. Reported today." in english
    assert "Bache o calle en mal estado cuadra 1400 de 11th St Recibido. Se reportó hoy." in spanish
    page = (await reader.opens()).text
    for private in ("1437", "Zanzibar", "blue house", chosen, "Graffiti", "/r/", "34.021"):
        assert private not in page, private
    await show(chosen, listed=False)
    assert BLOCK not in await reader.reads()


async def test_the_mark_on_the_map_is_the_same_for_every_house_of_the_block(reader: Reader) -> None:
    next_door = Location(Point(34.021153, -118.487652), LocationKind.ADDRESS, "1421 11th St")
    marks = []
    for key, location in (("one", HOME), ("two", next_door)):
        reference = await a_request(key, location=location)
        await show(reference)
        marks.append(
            re.findall(r'<use href="#mark-hand" x="([^"]+)" y="([^"]+)"', (await reader.opens()).text)
        )
        await show(reference, listed=False)
    assert marks[0] == marks[1]
    assert len(marks[0]) == 1


async def test_how_a_request_stands_is_told_with_its_days(reader: Reader) -> None:
    fixed, ended, busy = [await a_request(key) for key in ("one", "two", "three")]
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.reference == fixed)
            .values(created_at=began(datetime.now(UTC), 3))
        )
    await change(fixed, Status.RESOLVED, "Filled.")
    await change(ended, Status.CLOSED, "Nothing there.", resolution=Resolution.NOTHING_FOUND)
    await change(busy, Status.IN_PROGRESS)
    for reference in (fixed, ended, busy):
        await show(reference)
    words = await reader.reads()
    assert "Done today. It took 3 working days." in words
    assert "Closed today." in words
    assert "In progress. Reported today." in words
    assert "Filled." not in words
    assert "Terminado hoy. Tardó 3 días hábiles." in await reader.reads("es")


async def test_a_request_that_was_joined_is_told_by_the_other_alone(reader: Reader) -> None:
    first, second = await a_request(), await a_request("two", await a_conversation("+13105550188"))
    for reference in (first, second):
        await show(reference)
    assert (await reader.reads()).count("Pothole or damaged road") == 2
    async with transaction() as session:
        await merge_requests(session, second, first, "staff:ana")
    assert (await reader.reads()).count("Pothole or damaged road") == 1


async def test_what_happened_nowhere_and_what_is_no_longer_offered_have_their_line(reader: Reader) -> None:
    await show(await a_request(service_code="public_records", location=None, place_text=""))
    other = await a_request("two")
    async with transaction() as session:
        await session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.reference == other)
            .values(service_code="horse_parking")
        )
    await show(other)
    words = await reader.reads()
    assert catalogue().services["public_records"].names["en"] in words
    assert "Report to the city Pico Blvd & 4th St" in words


async def test_real_days_stand_beside_the_usual_ones(reader: Reader) -> None:
    await done("pothole", [1, 2, 3, 4, 5, 6, 7])
    await done("graffiti", [0, 0, 0, 9, 9])
    words = await reader.reads()
    usual = catalogue().services["pothole"].median_days
    assert f"Pothole or damaged road {usual} 4 7 " in words
    assert re.search(r"Graffiti \d+ <1 5 ", words)
    assert "12 reports done in the last 90 days, half of them within 4 working days." in words
    assert "12 reportes terminados en los últimos 90 días, la mitad en 4 días hábiles" in await reader.reads(
        "es"
    )


async def test_between_two_middles_the_longer_time_is_told(reader: Reader) -> None:
    await done("pothole", [1, 1, 1, 8, 8, 8])
    assert "half of them within 8 working days" in await reader.reads()


async def test_services_with_too_few_done_are_left_out(reader: Reader) -> None:
    await done("pothole", [2] * FEWEST)
    await done("graffiti", [2] * (FEWEST - 1))
    words = await reader.reads()
    assert "Pothole or damaged road" in words
    assert "Graffiti" not in words


async def test_a_city_with_too_few_done_tells_no_figure(reader: Reader) -> None:
    await done("pothole", [2] * (FEWEST - 1))
    words = await reader.reads()
    assert "reports done" not in words
    assert "Nothing to show yet" in words


async def test_only_done_work_of_the_last_90_days_counts(reader: Reader) -> None:
    await done("pothole", [2] * 9, datetime.now(UTC) - timedelta(days=91))
    for number in range(9):
        reference = await a_request(f"n{number}", service_code="graffiti")
        await change(reference, Status.CLOSED, "No.", resolution=Resolution.WILL_NOT_DO)
    assert "<table" not in (await reader.opens()).text


async def test_the_figures_are_counted_once_in_a_while_and_what_is_taken_off_is_off_at_once(
    reader: Reader,
) -> None:
    await done("pothole", [2] * 5)
    shown = await a_request(location=HOME)
    await show(shown)
    assert "5 reports done" in await reader.reads()
    await done("graffiti", [2] * 5)
    await show(shown, listed=False)
    words = await reader.reads()
    assert "5 reports done" in words
    assert BLOCK not in words


async def test_everybody_gets_the_same_page_without_cookies_and_it_is_not_indexed(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await reader.opens()
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert (await reader.client.head("/")).status_code == 200
    shown_as(monkeypatch, CITYLINE_CITY_PAGE="indexed")
    answer = await reader.opens()
    assert "x-robots-tag" not in answer.headers
    assert "noindex" not in answer.text


async def test_the_language_is_the_one_asked_for_else_the_browsers(reader: Reader) -> None:
    for lang, accepted, expected in ((None, "es-MX", "es"), (None, "fr", "en"), ("en", "es", "en")):
        page = (await reader.opens(lang, **{"accept-language": accepted})).text
        assert f'<html lang="{expected}">' in page


async def test_the_fullest_page_is_light(reader: Reader) -> None:
    codes = sorted(catalogue().services)
    for code in codes:
        await done(code, [1] * FEWEST)
    for number in range(SHOWN + 3):
        await show(await a_request(f"n{number}", service_code=codes[number], location=HOME))
    for lang in ("en", "es"):
        page = await reader.opens(lang)
        assert page.text.count('class="state"') == SHOWN
        assert page.text.count('<th scope="row">') == len(codes)
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        sizes = [len((await reader.client.get(file)).content) for file in files]
        assert len(page.content) + sum(sizes) < LARGEST


async def test_staff_put_a_request_on_the_page_and_take_it_off(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_as(monkeypatch)
    reference = await a_request(location=HOME)
    address = f"/console/requests/{reference}"
    assert "Show it on the city's page" in html.unescape((await maria.open(address)).text)
    await maria.send(f"{address}/listed", {"shown": "yes"})
    assert BLOCK in (await maria.client.get("/")).text
    assert "Take it off the city's page" in html.unescape((await maria.open(address)).text)
    await maria.send(f"{address}/listed", {"shown": "no"})
    assert BLOCK not in (await maria.client.get("/")).text


async def test_where_the_city_has_no_such_page_the_console_does_not_speak_of_it(
    maria: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_as(monkeypatch, CITYLINE_CITY_PAGE="off")
    page = (await maria.open(f"/console/requests/{await a_request()}")).text
    assert "city's page" not in html.unescape(page)


async def test_a_token_of_a_listed_request_stays_as_hard_to_guess(reader: Reader) -> None:
    reference = await a_request()
    await show(reference)
    async with transaction() as session:
        found = await session.scalar(select(ServiceRequest.id))
    assert found is not None
    assert public_token(found) not in (await reader.opens()).text
