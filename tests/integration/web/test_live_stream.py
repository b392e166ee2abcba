"""Open pages hear of what changes, over real HTTP and the real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, text, update

from bot.cases.lookup import find_request
from bot.cases.staff import create_staff
from bot.db import changes
from bot.db.changes import EVERYTHING, changed_since, current_version
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Change, Conversation, Staff, Viewer
from bot.web.live import hub as hubs
from bot.web.live.follow import NAME
from bot.web.live.stream import hub
from tests.console import PASSWORD, Browser, a_conversation, a_request
from tests.journeys.stack import eventually
from tests.live import listening, logged_in, served, until

pytestmark = pytest.mark.integration


@pytest.fixture
async def console(database: EmbeddedDatabase) -> AsyncIterator[str]:
    async with transaction() as session:
        await create_staff(session, "maria", PASSWORD, name="Maria Lopez")
        await create_staff(session, "ben", PASSWORD, name="Ben Ortiz")
    async with served() as address:
        yield address


@pytest.fixture
async def maria(console: str) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(console) as client:
        yield client


async def topic_of(reference: str) -> str:
    async with transaction() as session:
        return f"r{(await find_request(session, reference)).id}"


async def test_a_stream_tells_of_a_request_and_of_words_by_ids_alone(maria: httpx.AsyncClient) -> None:
    async with listening(maria) as events:
        await until_hello(events)
        conversation = await a_conversation(text="a word of a resident")
        event = await until(events, f"c{conversation}")
        reference = await a_request("one", conversation)
        later = await until(events, await topic_of(reference))
    assert all(word[1:].isdigit() or word in ("w", "d") for word in [*event.words, *later.words])
    assert int(later.id) >= int(event.id)


async def until_hello(events: object) -> None:
    async with asyncio.timeout(20):
        assert (await anext(events)).name == "changed"  # type: ignore[call-overload]


async def test_what_was_rolled_back_is_not_told(maria: httpx.AsyncClient) -> None:
    conversation = await a_conversation()
    async with listening(maria) as events:
        await until_hello(events)
        async with transaction() as session:
            await session.execute(update(Conversation).values(wants_person_at=datetime.now(UTC)))
            await session.rollback()
        await a_conversation("+13105550199")
        event = await until(events, f"c{conversation + 1}")
    assert f"c{conversation}" not in event.words


async def test_who_comes_back_hears_what_happened_meanwhile(maria: httpx.AsyncClient) -> None:
    async with transaction() as session:
        version = await current_version(session)
    conversation = await a_conversation()
    async with listening(maria, since=version) as events:
        first = await until(events, f"c{conversation}")
    async with listening(maria, since=version, **{"Last-Event-ID": first.id}) as events:
        async with asyncio.timeout(20):
            assert (await anext(events)).words == []


async def test_a_transaction_that_is_open_while_a_page_is_drawn_is_told_when_it_commits(
    maria: httpx.AsyncClient,
) -> None:
    conversation = await a_conversation()
    async with transaction() as slow:
        await slow.execute(update(Conversation).values(wants_person_at=datetime.now(UTC)))
        async with transaction() as session:
            version = await current_version(session)
        await a_conversation("+13105550199")  # commits before it, with a higher number
    answer = await maria.get(f"/console/live/changed?since={version}")
    assert {f"c{conversation}", "w"} <= set(answer.json()["topics"])


async def test_a_stream_ends_with_its_login(console: str, maria: httpx.AsyncClient) -> None:
    async with listening(maria) as events:
        await until_hello(events)
        async with transaction() as session:
            await session.execute(
                update(Staff).where(Staff.username == "maria").values(disabled_at=datetime.now(UTC))
            )
        async with asyncio.timeout(20):
            names = [event.name async for event in events]
    assert names[-1] == "ended"
    assert (await maria.get("/console/live?since=0", headers={"HX-Request": "true"})).status_code == 401


async def test_who_logs_out_ends_their_streams_and_nobody_elses(
    console: str, maria: httpx.AsyncClient
) -> None:
    async with logged_in(console, "ben") as ben, listening(ben) as theirs, listening(maria) as events:
        await until_hello(theirs)
        await until_hello(events)
        page = Browser(maria)
        await page.open("/console/requests")
        await page.send("/console/logout", {})
        async with asyncio.timeout(20):
            assert [event.name async for event in events][-1] == "ended"
        conversation = await a_conversation()
        await until(theirs, f"c{conversation}")


async def test_more_streams_than_a_browser_needs_are_refused(
    maria: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_OF_ONE", 1)
    async with listening(maria) as events:
        await until_hello(events)
        refused = await maria.get("/console/live?since=0")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")


async def test_no_proxy_is_to_hold_back_a_stream(maria: httpx.AsyncClient) -> None:
    async with maria.stream("GET", "/console/live?since=0") as answer:
        headers = answer.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["x-accel-buffering"] == "no"
    assert headers["cache-control"] == "no-store, no-transform"


async def test_who_else_has_a_page_open_is_shown_until_they_close_it(
    console: str, maria: httpx.AsyncClient
) -> None:
    reference = await a_request()
    subject = await topic_of(reference)
    async with logged_in(console, "ben") as ben, listening(ben) as theirs:
        await until_hello(theirs)
        async with listening(maria, here=subject) as events:
            await until_hello(events)
            await until(theirs, f"h{subject}")
            assert "Maria Lopez has this open, too" in (await ben.get(f"/console/requests/{reference}")).text
            assert "open, too" not in (await maria.get(f"/console/requests/{reference}")).text
            assert "Maria Lopez" in (await ben.get(f"/console/live/here/{subject}")).text
        await until(theirs, f"h{subject}")
        assert "Maria Lopez" not in (await ben.get(f"/console/live/here/{subject}")).text


async def test_what_a_process_that_died_left_open_is_not_shown_and_swept_out(
    console: str, maria: httpx.AsyncClient
) -> None:
    subject = await topic_of(await a_request())
    async with transaction() as session:
        staff = await session.scalar(select(Staff.id).where(Staff.username == "ben"))
        assert staff is not None
        session.add(Viewer(staff_id=staff, subject=subject, until=datetime.now(UTC) - timedelta(seconds=1)))
    shown = await maria.get(f"/console/live/here/{subject}")
    assert shown.status_code == 200
    assert "Ben" not in shown.text
    await hub._check([])
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Viewer)) == 0


@pytest.mark.parametrize("here", ["r1,c2", "r0000000000000000000000000", "x", "r1;DROP", "r1," * 150])
async def test_whatever_a_browser_says_it_has_open_is_taken_or_left_out(
    maria: httpx.AsyncClient, here: str
) -> None:
    async with listening(maria, here=here) as events:
        await until_hello(events)


async def test_a_statement_that_changes_very_many_says_so_once(database: EmbeddedDatabase) -> None:
    async with transaction() as session:
        version = await current_version(session)
        await session.execute(
            text(
                "INSERT INTO contacts (channel, address) SELECT 'sms', '+1' || n FROM generate_series(1, 300) AS n"
            )
        )
        await session.execute(text("INSERT INTO conversations (contact_id) SELECT id FROM contacts"))
        await session.execute(text("UPDATE conversations SET report_open = true"))
    async with transaction() as session:
        assert (await changed_since(session, version)).topics == {"*"}
        assert await session.scalar(select(func.count()).select_from(Change)) == 1


async def test_nothing_is_asked_of_the_database_while_nobody_listens(maria: httpx.AsyncClient) -> None:
    async with listening(maria) as events:
        await until_hello(events)
        assert hub.streams == 1
    await eventually(lambda: not hub.streams, "the stream is gone")
    assert hub._tasks == []


async def test_after_the_connection_broke_everything_may_have_changed_and_news_go_on(
    maria: httpx.AsyncClient,
) -> None:
    async with listening(maria) as events:
        await until_hello(events)
        async with transaction() as session:
            ended = await session.scalar(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = :name"
                ),
                {"name": NAME},
            )
        assert ended == 1
        await until(events, EVERYTHING)
        conversation = await a_conversation()
        await until(events, f"c{conversation}")


async def test_behind_a_pooler_that_swallows_notifications_news_come_all_the_same(
    maria: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "CHANNEL", "heard_by_nobody")
    async with listening(maria) as events:
        await until_hello(events)
        conversation = await a_conversation()
        await until(events, f"c{conversation}")
