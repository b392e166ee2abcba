"""The page with the pin as a phone without JavaScript meets it, and what it says when a link is no good."""

from __future__ import annotations

import asyncio
import io
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.location import Point
from bot.city.map_view import View
from bot.conversation.map_links import close_map_links, new_map_link
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Message
from bot.web.map_page import REFUSAL_SECONDS
from tests.console import fresh_client

pytestmark = pytest.mark.integration

PICO = Point(34.0105, -118.4912)
HOLLYWOOD = Point(34.0983, -118.3267)


@dataclass
class Phone:
    """Fills in the page's form as it is: hidden fields come from the page, never from the test."""

    client: httpx.AsyncClient
    conversation_id: int
    path: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    async def gets_link(self, point: Point | None = PICO, now: datetime | None = None) -> str:
        async with transaction() as session:
            url = await new_map_link(session, self.conversation_id, point, now=now)
        self.path = httpx.URL(url).path
        return url

    def _read(self, answer: httpx.Response) -> httpx.Response:
        self.fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
        return answer

    async def opens(self, **headers: str) -> httpx.Response:
        return self._read(await self.client.get(self.path, headers=headers))

    async def presses(self, button: str, **changed: str) -> httpx.Response:
        answer = await self.client.post(self.path, data={**self.fields, "do": button, **changed})
        return self._read(answer) if answer.status_code in (200, 422) else answer

    async def taps(self, x: int, y: int) -> httpx.Response:
        answer = await self.client.post(self.path, data={**self.fields, "map.x": str(x), "map.y": str(y)})
        return self._read(answer)

    @property
    def view(self) -> View:
        centre = Point(float(self.fields["clat"]), float(self.fields["clon"]))
        return View(centre, 320, 320, float(self.fields["zoom"]))

    @property
    def pin(self) -> Point | None:
        lat, lon = self.fields["lat"], self.fields["lon"]
        return Point(float(lat), float(lon)) if lat else None


@pytest.fixture
async def phone(database: EmbeddedDatabase) -> AsyncIterator[Phone]:
    async with transaction() as session:
        said = Inbound(
            Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="bache", language_hint="es"
        )
        conversation_id = (await receive(session, said)).conversation_id
    async with fresh_client() as client:
        yield Phone(client, conversation_id)


async def pins() -> list[dict[str, float]]:
    async with transaction() as session:
        found = await session.scalars(select(Message.payload).where(Message.payload.has_key("pin")))
        return [payload["pin"] for payload in found]


async def test_the_page_speaks_the_residents_language_and_names_the_place(phone: Phone) -> None:
    await phone.gets_link()
    answer = await phone.opens()
    assert answer.status_code == 200
    assert '<html lang="es">' in answer.text
    assert "¿Es el lugar correcto?" in answer.text
    assert re.search(r"Punto: \w+ .*Main St", answer.text)
    assert phone.pin == PICO
    assert len(answer.content) < 8_000


async def test_nobody_keeps_the_page_or_learns_its_address(phone: Phone) -> None:
    await phone.gets_link()
    for path in ("", "/map.png", "/place?lat=34.01&lon=-118.49"):
        headers = (await phone.client.get(phone.path + path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_tap_on_the_map_moves_the_pin_and_send_sends_it(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    wanted = phone.view.point((200, 120))
    answer = await phone.taps(200, 120)
    assert answer.status_code == 200
    assert phone.pin == wanted
    assert 'transform="translate(200.0 120.0)"' in answer.text
    sent = await phone.presses("send")
    assert (sent.status_code, sent.headers["location"]) == (303, phone.path)
    sent = {"lat": wanted.lat, "lon": wanted.lon, "name": None, "address": None, "map": True}
    assert await pins() == [sent]
    thanks = await phone.opens()
    assert thanks.status_code == 200
    assert "¡Gracias!" in thanks.text
    assert "pin-form" not in thanks.text


async def test_without_a_place_the_page_shows_the_whole_city_and_asks_for_a_tap(phone: Phone) -> None:
    await phone.gets_link(None)
    answer = await phone.opens()
    assert phone.pin is None
    assert "Todavía no hay un punto." in answer.text
    refused = await phone.presses("send")
    assert refused.status_code == 422
    assert "toque primero el mapa" in refused.text
    await phone.taps(150, 150)
    assert phone.pin is not None
    assert (await phone.presses("send")).status_code == 303


async def test_the_buttons_move_the_map_and_leave_the_pin(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    first = phone.view
    for button, (x, y) in {
        "north": (160, 288),
        "south": (160, 160),
        "east": (32, 160),
        "west": (160, 160),
    }.items():
        await phone.presses(button)
        assert phone.pin == PICO
        assert phone.view.pixel(PICO) == pytest.approx((x, y), abs=0.5)
    await phone.presses("in")
    assert phone.view.zoom == first.zoom + 1
    for _ in range(12):
        await phone.presses("out")
    assert phone.view.zoom == 12


async def test_the_pin_can_be_put_into_the_middle_without_tapping(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    await phone.presses("north")
    await phone.presses("middle")
    assert phone.pin == phone.view.centre != PICO


async def test_an_image_pressed_by_the_keyboard_does_not_throw_the_pin_into_the_corner(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    await phone.taps(0, 0)
    assert phone.pin == PICO


async def test_the_map_ends_where_the_city_ends(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    await phone.presses("out")
    for _ in range(40):
        await phone.presses("west")
    assert phone.view.centre.lon > -118.6


async def test_a_place_outside_is_told_kindly_and_not_sent(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    far = {"lat": str(HOLLYWOOD.lat), "lon": str(HOLLYWOOD.lon)}
    refused = await phone.presses("send", **far)
    assert refused.status_code == 422
    assert "Eso está fuera de Santa Mónica." in refused.text
    assert await pins() == []
    assert (await phone.presses("send", lat=str(PICO.lat), lon=str(PICO.lon))).status_code == 303
    assert len(await pins()) == 1


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("-118.4912", "34.0105"),  # swapped
        ("nan", "-118.49"),
        ("34.01", "inf"),
        ("34.01", ""),
        ("34,01", "-118,49"),
        ("<b>", "x"),
        ("1" * 400, "2"),
    ],
)
async def test_a_position_that_is_none_is_told_kindly_and_not_sent(lat: str, lon: str, phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    refused = await phone.presses("send", lat=lat, lon=lon)
    assert refused.status_code == 422
    assert "No pudimos leer ese lugar." in refused.text
    assert "<b>" not in refused.text.partition("</head>")[2]
    assert phone.pin == PICO
    assert await pins() == []


async def test_a_second_submit_shows_the_same_thanks_and_sends_nothing(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    fields = dict(phone.fields)
    await phone.presses("send")
    first = await phone.opens()
    phone.fields = fields
    again = await phone.presses("send", lat="34.0238", lon="-118.4951")
    assert (again.status_code, again.headers["location"]) == (303, phone.path)
    assert (await phone.opens()).text == first.text
    assert len(await pins()) == 1


async def test_two_submits_at_once_send_one_place(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    answers = await asyncio.gather(*(phone.presses("send") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(await pins()) == 1


async def test_old_and_closed_links_are_told_in_the_residents_language(phone: Phone) -> None:
    await phone.gets_link(now=datetime.now(UTC) - timedelta(days=2))
    old = await phone.opens(**{"accept-language": "en"})
    assert old.status_code == 410
    assert "Este enlace ya venció" in old.text
    await phone.gets_link()
    async with transaction() as session:
        await close_map_links(session, phone.conversation_id)
    for closed in (await phone.opens(), await phone.presses("send")):
        assert closed.status_code == 410
        assert "Este enlace ya no hace falta" in closed.text
    for part in ("/map.png", "/place?lat=34.01&lon=-118.49"):
        assert (await phone.client.get(phone.path + part)).status_code == 404


@pytest.mark.parametrize(("asked", "title"), [("es-MX,en;q=0.5", "No conocemos"), ("fr", "We do not know")])
async def test_an_unknown_link_is_told_in_the_browsers_language_and_takes_its_time(
    asked: str, title: str, phone: Phone
) -> None:
    phone.path = "/m/AAAAAAAAAA"
    began = time.monotonic()
    answer = await phone.opens(**{"accept-language": asked})
    assert time.monotonic() - began >= REFUSAL_SECONDS
    assert answer.status_code == 404
    assert title in answer.text
    assert (await phone.client.post("/m/%00%FF", data={"do": "send"})).status_code == 404


async def test_guessing_waits_in_line_while_a_resident_does_not(phone: Phone) -> None:
    await phone.gets_link()
    await phone.opens()
    guesses = [asyncio.create_task(phone.client.get(f"/m/guess{number}")) for number in range(24)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    assert (await phone.client.get(phone.path)).status_code == 200
    assert not all(guess.done() for guess in guesses)
    assert {answer.status_code for answer in await asyncio.gather(*guesses)} == {404}
    assert time.monotonic() - began > 2 * REFUSAL_SECONDS  # 24 of them, 8 at the same time


async def test_the_picture_shows_what_the_address_names(phone: Phone) -> None:
    await phone.gets_link()
    answer = await phone.client.get(f"{phone.path}/map.png?clat=34.02&clon=-118.48&zoom=15")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (720, 720)
    other = await phone.client.get(f"{phone.path}/map.png?clat=34.02&clon=-118.48&zoom=16")
    assert other.content != answer.content
    odd = await phone.client.get(f"{phone.path}/map.png?clat=x&clon=&zoom=99")
    assert odd.status_code == 200


async def test_the_place_in_words(phone: Phone) -> None:
    await phone.gets_link()
    there = await phone.client.get(f"{phone.path}/place?lat=34.0238&lon=-118.4951")
    assert there.json()["inside"] is True
    assert there.json()["words"].startswith("Punto: ")
    far = await phone.client.get(f"{phone.path}/place?lat={HOLLYWOOD.lat}&lon={HOLLYWOOD.lon}")
    assert far.json() == {
        "words": "Eso está fuera de Santa Mónica. Por favor, mueva el punto dentro de la ciudad.",
        "inside": False,
    }
    assert (await phone.client.get(f"{phone.path}/place?lat=-118&lon=34")).status_code == 422


async def test_opening_a_link_changes_nothing(phone: Phone) -> None:
    await phone.gets_link()
    async with transaction() as session:
        before = await session.scalar(select(func.count()).select_from(Message))
    for _ in range(3):
        await phone.opens()
    assert (await phone.client.head(phone.path)).status_code == 200
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == before
    assert await pins() == []


async def test_neither_token_nor_place_reaches_the_log(phone: Phone) -> None:
    await phone.gets_link()
    with capture_logs() as logs:
        await phone.opens()
        await phone.taps(200, 120)
        await phone.client.get(f"{phone.path}/place?lat=34.0238&lon=-118.4951")
        await phone.client.get(f"{phone.path}/nothing-here")
        await phone.presses("send")
    token = phone.path.rpartition("/")[2]
    assert {entry["route"] for entry in logs if entry["event"] == "web.request"} == {
        "/m/{token}",
        "/m/{token}/place",
        "unknown",
    }
    assert token not in repr(logs)
    assert "34.0" not in repr(logs)
