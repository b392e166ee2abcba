"""Every page and form of the console, with every role: the table says who may, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import BaseRoute
from structlog.testing import capture_logs

from bot.cases.roles import MAY, Permission, Role
from bot.cases.sight import Subject, is_in_sight
from bot.cases.staff import StaffMember, create_staff
from bot.cases.staff_sessions import find_login, start_login
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.current import city
from bot.conversation.receive import receive
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Media, Message, Photo, ServiceRequest
from bot.web.access import cookie_name
from bot.web.app import create_app
from bot.web.permissions import ROUTES, SUBJECTS
from tests.console import PASSWORD, a_conversation, a_request, fresh_client

pytestmark = pytest.mark.integration

# Parts of addresses that name nothing of anybody; the pages check them.
HARMLESS = {
    "variant": "full",
    "alert_id": "1",
    "batch_id": "1",  # their own alone: test_console_many
    "example_id": "1",
    "danger_id": "1",  # its conversation has to be in sight: test_console_danger
    "subject": "r1",  # the same: test_live_stream
    "key": "resolved",
    "code": "services",
    "form": "csv",
    "language": "en",
    "login_id": "999",
    "username": "nobody",
    "token": "none",
    "name": "work",
    "chart": "work",
}
# What is answered without a login beside the console: each has proofs of its own.
ELSEWHERE = (
    "/channels/",
    "/sync/",
    "/health",
    "/ready",
    "/metrics",
    "/media/",
    "/p/",
    "/m/",
    "/r/",
    "/w/",
    "/open311/",
    "/static",
)


def every_route(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of all that the application answers, by whichever router."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted(route.methods - {"HEAD"}))
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from every_route(router.routes)


ALL = list(every_route(create_app().routes))
CONSOLE = sorted(f"{method} {path}" for method, path in ALL if path.startswith("/console"))


def test_every_page_and_form_of_the_console_says_whom_it_is_for_and_none_that_is_gone_does() -> None:
    assert sorted(ROUTES) == CONSOLE


def test_what_is_no_page_of_the_console_is_known_to_be_for_everybody() -> None:
    others = {path for _, path in ALL if not path.startswith("/console")}
    assert {path for path in others if path != "/" and not path.startswith(ELSEWHERE)} == set()


def test_every_part_of_an_address_is_a_record_that_has_to_be_in_sight_or_is_known_to_be_harmless() -> None:
    parts = {part for route in ROUTES for part in re.findall(r"{(\w+)}", route)}
    assert parts - set(SUBJECTS) - set(HARMLESS) == set()


def test_an_admin_may_everything_and_nobody_may_less_than_look_after_their_own_account() -> None:
    assert MAY[Role.ADMIN] == frozenset(Permission)
    assert all(Permission.OWN in MAY[role] for role in Role)


@pytest.fixture
async def client(database: EmbeddedDatabase) -> AsyncIterator[httpx.AsyncClient]:
    async with fresh_client() as client:
        yield client


async def somebody(role: Role, **more: object) -> StaffMember:
    async with transaction() as session:
        return await create_staff(session, f"some-{role}", PASSWORD, role=role, **more)  # type: ignore[arg-type]


async def log_in(client: httpx.AsyncClient, staff: StaffMember) -> str:
    """Log in without the form; gives the token that posts carry."""
    now = datetime.now(UTC)
    async with transaction() as session:
        token = await start_login(session, staff, now)
        login = await find_login(session, token, now)
    client.cookies.set(cookie_name(), token)
    assert login is not None
    return login.csrf_token


async def ask(client: httpx.AsyncClient, route: str, parts: dict[str, str], csrf: str = "") -> httpx.Response:
    method, _, path = route.partition(" ")
    address = path.format(**parts)
    return await client.request(method, address, data={"csrf_token": csrf} if method == "POST" else None)


@pytest.mark.parametrize("role", Role)
async def test_a_role_gets_what_the_table_gives_it_and_403_for_all_else(
    client: httpx.AsyncClient, role: Role
) -> None:
    staff = await somebody(role)
    conversation = await a_conversation()
    reference = await a_request("one", conversation)
    parts = {
        **HARMLESS,
        "reference": reference,
        "conversation_id": str(conversation),
        "message_id": "1",
        "photo_id": "1",
    }
    wrong = []
    for route, needed in ROUTES.items():
        if needed is None:
            continue
        csrf = await log_in(client, staff)  # anew: one of them is the way out
        answer = await ask(client, route, parts, csrf)
        if (answer.status_code == 403) == (needed in MAY[role]):
            wrong.append((route, answer.status_code))
    assert wrong == []


async def test_nobody_gets_anything_without_a_login_but_the_door(client: httpx.AsyncClient) -> None:
    conversation = await a_conversation()
    reference = await a_request("one", conversation)
    parts = {
        **HARMLESS,
        "reference": reference,
        "conversation_id": str(conversation),
        "message_id": "1",
        "photo_id": "1",
    }
    for route, needed in ROUTES.items():
        answer = await ask(client, route, parts)
        if needed is not None and route.startswith("GET"):
            assert answer.headers["location"].startswith("/console/login"), route
        elif needed is not None:
            assert answer.status_code == 401, route
        assert reference not in answer.text


async def test_a_form_without_the_token_of_its_page_is_refused_to_an_admin_too(
    client: httpx.AsyncClient,
) -> None:
    conversation = await a_conversation()
    reference = await a_request("one", conversation)
    parts = {
        **HARMLESS,
        "reference": reference,
        "conversation_id": str(conversation),
        "message_id": "1",
        "photo_id": "1",
    }
    await log_in(client, await somebody(Role.ADMIN))
    for route, needed in ROUTES.items():
        if needed is not None and route.startswith("POST"):
            assert (await ask(client, route, parts, "guessed")).status_code == 403, route


async def test_what_is_refused_is_logged_with_who_asked_and_the_route_and_nothing_of_the_address(
    client: httpx.AsyncClient,
) -> None:
    staff = await somebody(Role.CREW, department="Public Works", own_department_only=True)
    csrf = await log_in(client, staff)
    with capture_logs() as logs:
        assert (await client.get("/console/audit?who=3105550123")).status_code == 403
        assert (await client.get("/console/requests/SM-RX3105")).status_code == 404
        assert (await client.post("/console/logout", data={"csrf_token": csrf[::-1]})).status_code == 403
    told = [(entry["event"], entry["staff_id"], entry["route"]) for entry in logs if "staff_id" in entry]
    assert told == [
        ("console.refused", staff.id, "GET /console/audit"),
        ("console.not_in_sight", staff.id, "GET /console/requests/{reference}"),
        ("console.form_refused", staff.id, "POST /console/logout"),
    ]
    assert not any(part in str(logs) for part in ("3105550123", "RX3105"))


async def test_a_crew_sees_the_request_and_nobody_behind_it(client: httpx.AsyncClient) -> None:
    await log_in(client, await somebody(Role.CREW))
    conversation = await a_conversation(text="my dog Rex fell into it")
    reference = await a_request("one", conversation)
    page = (await client.get(f"/console/requests/{reference}")).text
    assert "huge &lt;b&gt;pothole" in page
    assert "not what residents wrote" in page
    for private in ("555-0123", "Rex", f"/console/conversations/{conversation}", "/console/conversations"):
        assert private not in page


OURS, THEIRS = "Public Works", "Police"


async def in_two_departments() -> tuple[tuple[str, int], tuple[str, int]]:
    """A request and its conversation of our department, and of another."""
    assert {OURS, THEIRS} <= set(city().departments)
    found = []
    for number, department in enumerate((OURS, THEIRS)):
        conversation = await a_conversation(f"+1310555010{number}", f"words of {department}")
        reference = await a_request(department, conversation, description=f"told to {department}")
        async with transaction() as session:
            request = await session.scalar(
                select(ServiceRequest).where(ServiceRequest.reference == reference)
            )
            assert request is not None
            request.department = department
        found.append((reference, conversation))
    return found[0], found[1]


async def test_who_is_kept_to_a_department_finds_nothing_of_the_others(client: httpx.AsyncClient) -> None:
    (ours, our_talk), (theirs, their_talk) = await in_two_departments()
    csrf = await log_in(client, await somebody(Role.MANAGER, department=OURS, own_department_only=True))
    for address in (f"/console/requests/{ours}", f"/console/conversations/{our_talk}"):
        assert (await client.get(address)).status_code == 200
    for address in (
        f"/console/requests/{theirs}",
        f"/console/requests/{theirs.lower().replace('-', '')}",
        f"/console/conversations/{their_talk}",
        f"/console/conversations/{their_talk}/fresh",
    ):
        assert (await client.get(address)).status_code == 404, address
    reply = {"csrf_token": csrf, "text": "hello", "seen_message": "0"}
    answer = await client.post(f"/console/conversations/{their_talk}/reply", data=reply)
    assert answer.status_code == 404
    joined = await client.get(f"/console/requests/{ours}/join?into={theirs}")
    assert "join=unknown" in joined.headers["location"]


async def test_no_list_shows_anything_of_another_department_to_who_is_kept_to_their_own(
    client: httpx.AsyncClient,
) -> None:
    """Every page that names no record, those that will be added included."""
    (ours, _), (theirs, _) = await in_two_departments()
    await log_in(client, await somebody(Role.MANAGER, department=OURS, own_department_only=True))
    seen = set()
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method != "GET" or "{" in path:
            continue
        page = (await client.get(path, params={"version": "0"})).text
        for foreign in (theirs, f"words of {THEIRS}", f"told to {THEIRS}", "555-0101"):
            assert foreign not in page, path
        seen |= {path} if ours in page or f"words of {OURS}" in page else set()
    assert {"/console/requests", "/console/conversations"} <= seen


async def test_a_photo_is_in_sight_of_who_sees_the_request_or_the_words_it_came_with(
    database: EmbeddedDatabase,
) -> None:
    crew, kept = (
        await somebody(Role.CREW),
        await somebody(Role.AGENT, department=OURS, own_department_only=True),
    )
    said = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="look")
    async with transaction() as session:
        conversation = (await receive(session, said)).conversation_id
        message = await session.scalar(select(Message.id))
        photos = [Photo(sha256=f"{n:064d}", width=1, height=1, size=1) for n in range(3)]
        session.add_all(photos)
        await session.flush()
        session.add(Media(message_id=message, position=0, photo_id=photos[0].id, state="kept"))
        of_nobody, of_words, of_request = photos[2].id, photos[0].id, photos[1].id
    reference = await a_request("one", conversation, photo_ids=(of_request,))
    async with transaction() as session:

        async def seen(staff: StaffMember) -> list[bool]:
            return [
                await is_in_sight(session, staff, Subject.PHOTO, str(id_))
                for id_ in (of_words, of_request, of_nobody)
            ]

        request = (
            await session.scalars(select(ServiceRequest).where(ServiceRequest.reference == reference))
        ).one()
        request.department = THEIRS
        await session.flush()
        assert await seen(crew) == [False, True, False]
        assert await seen(kept) == [False, False, False]
        request.department = OURS
        await session.flush()
        assert await seen(kept) == [True, True, False]
