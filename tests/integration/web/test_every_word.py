"""Every page of a console with all kinds of things in it, in a language that nobody speaks: what is not of the catalogue is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from bot.cases.roles import Role
from bot.city.current import catalogue, city, ready_words, served
from bot.city.edits import entry_of, found_at
from bot.city.pack import AreaKind, read_facts
from bot.db.session import transaction
from bot.db.tables import Message, Staff
from bot.editing.fields import entered_in
from bot.editing.files import file_of
from bot.editing.kind import Kind
from bot.editing.kinds import KINDS
from bot.settings import settings
from bot.web.console.insight.chart import definitions
from bot.web.permissions import ROUTES
from tests.console import PICO, Browser
from tests.filled_console import LONG_NAME, filled
from tests.marked_words import marked, unmarked

__all__ = ["marked"]  # the fixture

pytestmark = pytest.mark.integration

OPENED = 2  # forms of each kind that staff can change
NO_PAGES = {
    "/console",
    "/console/live",
    "/console/live/changed",
    "/console/requests-export/{form}",
    "/console/conversations/{conversation_id}/dialogue.yml",
    "/console/insight/{name}/{chart}.csv",
    "/console/photos/{photo_id}/{variant}",
    "/console/messages/{message_id}/map.png",
    "/console/requests/{reference}/photos/{photo_id}",
}
# What was written in the console and by text.
OWN_WORDS = (
    *(
        "huge <b>pothole</b>",
        "huge <b>",
        "pothole",
        "pico and 4th",
        "huge pothole at pico and 4th",
        "pico",
        "there is a fire at Pico and 4th",
        "una bolsa rota",
    ),
    *(
        "mas",
        "aqui",
        "un bache",
        "Donde",
        "Una palabra",
        "@vera una nota",
        "sigue igual",
        ": Caltrans",
        "No",
        "Ya",
    ),
)
NAMES = ("Maria Lopez", "Vera Viewer", "maria", "vera", "Night crew 7", "Mi cuadrilla", "Ana Rivera")


def of_the_city() -> set[str]:
    """Names that are the city's own, and those of whoever is in the console."""
    services = catalogue().services.values()
    areas = read_facts(settings().city_pack).areas
    return {
        *NAMES,
        *(service.names["en"] for service in services),
        *(service.code for service in services),
        *(group.names["en"] for group in catalogue().groups),
        *city().departments,
        *(area.name for area in areas if area.kind is AreaKind.NEIGHBORHOOD),
        city().names["en"],
        PICO.name,
        *(words.name for words in ready_words()),
        *(entry[part] for entry in definitions().values() for part in ("title", "means", "source")),
        *OWN_WORDS,
        LONG_NAME,
        *(words for kind in KINDS.values() for words in _of_kind(kind)),
        *("SMS", "Telegram", "Open311", "SM-", "Pico"),
    }


def _of_kind(kind: Kind) -> Iterator[str]:
    """What the entries of a kind are called, and what those say whose forms are opened."""
    root = file_of(kind, settings().city_pack)
    for number, path in enumerate(kind.places(root)):
        entry = found_at(root, path)
        yield from _texts(kind.title(entry, path, "en"))
        if number < OPENED:
            fields = kind.fields(entry, served())
            yield from _texts([*entered_in(fields, entry).values(), *_asked(entry)])


def _asked(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from (question["ask"]["en"] for question in entry.get("questions") or () if "ask" in question)


def _texts(entry: object) -> Iterator[str]:
    """Words alone and after a colon."""
    if isinstance(entry, str):
        yield from (entry, f": {entry}")
    elif isinstance(entry, dict | list):
        for one in entry.values() if isinstance(entry, dict) else entry:
            yield from _texts(one)


def every_page(references: list[str], conversations: list[int], message_id: int) -> Iterator[str]:
    """Each page of the console, of each request and conversation, and the lists asked in every way."""
    fixed = {
        "key": "resolved",
        "username": "vera",
        "token": "x",
        "subject": "r1",
        "batch_id": "1",
        "code": "departments",
    }
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method != "GET" or path in NO_PAGES:
            continue
        for reference in references:
            for conversation in conversations:
                for name in ("reports", "work", "places", "texts", "ratings"):
                    yield path.format(
                        **fixed,
                        reference=reference,
                        conversation_id=conversation,
                        name=name,
                        message_id=message_id,
                    )
    yield from (
        "/console/nothing",
        "/console/requests?status=all&map=1",
        "/console/requests?q=nothing",
        "/console/requests?status=all&q=pothole",
        "/console/requests?view=nameless",
        "/console/many?chosen=1&chosen=2",
        f"/console/requests/{references[0]}/join?into={references[1]}",
        f"/console/requests/{references[0]}?saved=2",
        f"/console/requests/{references[0]}?filed=told",
        "/console/conversations/1/file",
        "/console/new-request?conversation=1&message=1",
        "/console/new-request",
        "/console/review/find?q=nothing",
        "/console/review/teach?state=accepted",
        "/console/audit?what=request.",
        "/console/accounts?q=nobody",
        "/console/account?saved=true&alarms_saved=true",
        "/console/week?of=2026-01-05",
        "/console/today?whose=department",
        "/console/words/resolved?service=pothole&saved=true",
        "/console/mentions?before=1",
        *_of_the_city_edited(),
        "/console/pin/place?lat=34.01&lon=-118.49",
        "/console/pin/place?lat=35.01&lon=-118.49",
    )


def _of_the_city_edited() -> Iterator[str]:
    """The list, the first forms and the form of a new one of each kind that staff can change."""
    for kind in KINDS.values():
        yield f"/console/city/{kind.code}"
        yield f"/console/city/{kind.code}/new?at=pothole"
        for path in list(kind.places(file_of(kind, served().pack)))[:OPENED]:
            yield f"/console/city/{kind.code}/entry?saved=true&at={quote(entry_of(path), safe='')}"


@pytest.mark.usefixtures("marked")
async def test_every_word_of_every_page_is_of_the_catalogue_or_somebodys_own(maria: Browser) -> None:
    async with transaction() as session:
        await session.execute(update(Staff).where(Staff.username == "maria").values(role=Role.ADMIN))
    references, conversations = await filled()
    async with transaction() as session:
        message_id = await session.scalar(select(Message.id).order_by(Message.id))
    assert message_id is not None
    known, opened = {*of_the_city(), *references}, 0
    wrong: dict[str, str] = {}  # words → the first page that has them
    for address in dict.fromkeys(every_page(references, conversations, message_id)):
        page = await maria.open(address, referer="http://127.0.0.1:8311/console")
        if not page.headers.get("content-type", "").startswith("text/html"):
            continue
        opened += 1
        assert page.status_code < 500, address
        for words in unmarked(page.text, known):
            wrong.setdefault(words, address)
    assert not wrong, "\n".join(f"{address}: {words}" for words, address in wrong.items())
    assert opened > 100


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("address", ["/console/login", "/console/password/x", "/console/nothing"])
async def test_the_door_and_its_errors_are_of_the_catalogue_too(browser: Browser, address: str) -> None:
    assert unmarked((await browser.open(address)).text, {city().names["en"]}) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<h1>⟦Requests⟧</h1><p>Nothing</p>", ["p: Nothing"]),
        ("<p>⟦<b>Saved.</b> One ⟦two⟧ three⟧ · 5</p>", []),
        ('<button title="Go" aria-label="⟦Go on⟧">›</button>', ["button title: Go"]),
        ('<p>Maria · SM-7K3R9P <q dir="auto">whatever they wrote</q></p>', []),
        ('<time title="Nov 3">Nov 3</time><code>x.y</code>', []),
    ],
)
def test_a_word_that_nobody_wrapped_is_found(page: str, found: list[str]) -> None:
    assert unmarked(page, {"Maria", "SM-7K3R9P"}) == found
