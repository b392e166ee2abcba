"""The audit trail: nothing in it is changed, old entries go in one way that tells of itself, and reading it takes an index."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from bot.cases.audit import record
from bot.cases.looks import QUARTER, note_look
from bot.cases.sight import Subject
from bot.cases.trail import _KINDS, LOOKED, TrailFilter, read_cursor, read_trail
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Look
from bot.keeping.rows import forget_audit
from tests.commands import run_command
from tests.console import a_conversation, a_request

pytestmark = pytest.mark.integration
NOON = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
BOT = Path(__file__).parents[2] / "bot"


async def note(*actions: str, actor: str = "staff:ana", about: str = "1") -> None:
    for action in actions:
        async with transaction() as session:
            record(session, actor, action, "conversation", about)


async def look(actor: str, conversation: int, at: datetime) -> None:
    async with transaction() as session:
        await note_look(session, actor, Subject.CONVERSATION, str(conversation), at)


async def actions(wanted: TrailFilter, cursor: str = "", limit: int = 50) -> list[str]:
    async with transaction() as session:
        return [one.action for one in (await read_trail(session, wanted, cursor, limit)).entries]


@pytest.mark.parametrize("table", ["audit", "looks"])
@pytest.mark.parametrize(
    "deed",
    ["UPDATE {} SET actor = 'nobody'", "DELETE FROM {}", "TRUNCATE {}"],
    ids=["change", "delete", "empty"],
)
async def test_whoever_owns_the_tables_cannot_change_or_delete_an_entry(
    database: EmbeddedDatabase, table: str, deed: str
) -> None:
    await note("request.filed")
    await look("staff:ana", await a_conversation(), NOON)
    with (
        psycopg.connect(database.url()) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="can only be added to"),
    ):
        connection.execute(deed.format(table))


async def test_what_is_old_goes_and_leaves_an_entry_of_how_much_went(database: EmbeddedDatabase) -> None:
    await note("request.filed", "request.muted")
    async with transaction() as session:
        assert await forget_audit(session, datetime.now(UTC) - timedelta(days=1), 500) == 0
    assert await actions(TrailFilter()) == ["request.muted", "request.filed"]
    async with transaction() as session:
        assert await forget_audit(session, datetime.now(UTC) + timedelta(days=1), 500) == 2
    async with transaction() as session:
        (entry,) = (await read_trail(session, TrailFilter())).entries
    assert (entry.actor, entry.action, entry.detail["entries"]) == ("system", "audit.forgotten", 2)


async def test_the_leave_to_forget_ends_with_its_transaction(database: EmbeddedDatabase) -> None:
    await note("request.filed")
    async with transaction() as session:
        await forget_audit(session, datetime.now(UTC) - timedelta(days=1), 500)
    with psycopg.connect(database.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM audit")


async def test_a_look_is_noted_once_in_a_quarter_of_an_hour_for_each_person_and_record(
    database: EmbeddedDatabase,
) -> None:
    conversation = await a_conversation()
    for minutes in (0, 5, 14.9, 15, 29):
        await look("staff:ana", conversation, NOON + timedelta(minutes=minutes))
    await look("staff:bo", conversation, NOON)
    async with transaction() as session:
        rows = (await session.scalars(select(Look).order_by(Look.at, Look.actor))).all()
    assert [(row.actor, row.at) for row in rows] == [
        ("staff:ana", NOON),
        ("staff:bo", NOON),
        ("staff:ana", NOON + QUARTER),
    ]


async def test_what_does_not_exist_is_not_looked_at_and_a_reference_is_noted_in_its_proper_form(
    database: EmbeddedDatabase,
) -> None:
    reference = await a_request("one")
    async with transaction() as session:
        for kind in (Subject.CONVERSATION, Subject.MESSAGE, Subject.PHOTO):
            await note_look(session, "staff:ana", kind, "999", NOON)
        await note_look(session, "staff:ana", Subject.REQUEST, "SM-NOSUCH", NOON)
        await note_look(session, "staff:ana", Subject.REQUEST, reference.lower().replace("-", ""), NOON)
        assert (await session.scalars(select(Look.subject_id))).all() == [reference]


async def test_changes_and_looks_stand_in_one_order_across_pages_and_none_is_left_out_or_told_twice(
    database: EmbeddedDatabase,
) -> None:
    conversation = await a_conversation()
    await note(*(f"conversation.done_{n}" for n in range(6)))
    for quarter in range(-3, 4):
        await look("staff:ana", conversation, datetime.now(UTC) + quarter * QUARTER)
    async with transaction() as session:
        whole = list((await read_trail(session, TrailFilter())).entries)
        assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
        read, cursor = [], ""
        while True:
            page = await read_trail(session, TrailFilter(), cursor, 4)
            read += page.entries
            cursor = page.cursor
            if not page.more:
                break
    assert read == whole
    assert len(whole) == 13


async def test_entries_of_one_moment_are_not_lost_between_two_pages(database: EmbeddedDatabase) -> None:
    """Whatever is done in one transaction has one moment."""
    async with transaction() as session:
        for n in range(5):
            record(session, "staff:ana", f"conversation.done_{n}", "conversation", "1")
    async with transaction() as session:
        first = await read_trail(session, TrailFilter(), "", 2)
        second = await read_trail(session, TrailFilter(), first.cursor, 50)
    seen = [one.action for one in (*first.entries, *second.entries)]
    assert sorted(seen) == [f"conversation.done_{n}" for n in range(5)]


async def test_it_is_narrowed_by_who_what_about_and_days_of_the_city(database: EmbeddedDatabase) -> None:
    reference = await a_request("one", await a_conversation())
    await note("conversation.replied", actor="staff:bo")
    async with transaction() as session:
        await note_look(session, "staff:ana", Subject.REQUEST, reference, NOON)
        # Eleven in the evening in the city, the next day in UTC.
        await note_look(session, "staff:ana", Subject.CONVERSATION, "1", NOON + timedelta(hours=11))
    assert await actions(TrailFilter(who="Bo")) == ["conversation.replied"]
    assert set(await actions(TrailFilter(about=reference.lower()))) == {"request.filed", LOOKED}
    assert await actions(TrailFilter(what="request.")) == ["request.filed"]
    assert await actions(TrailFilter(what=LOOKED)) == [LOOKED, LOOKED]
    assert LOOKED not in await actions(TrailFilter(what="changed"))
    day = date(2026, 11, 24)
    assert await actions(TrailFilter(since=day, until=day)) == [LOOKED, LOOKED]
    assert await actions(TrailFilter(until=day - timedelta(days=1))) == []


@pytest.mark.parametrize(
    "cursor", ["", "x", "1~2", "2026-11-24~0~1", f"{NOON.isoformat()}~7~1", f"{NOON.isoformat()}~0~-1"]
)
def test_a_cursor_that_is_none_begins_at_the_front(cursor: str) -> None:
    assert read_cursor(cursor) is None


async def test_each_question_of_the_page_takes_an_index_and_sorts_nothing_large(
    database: EmbeddedDatabase,
) -> None:
    """With half a million entries; what would read the table is seen in its plan."""
    with psycopg.connect(database.url()) as connection:
        connection.execute(
            "INSERT INTO audit (actor, action, subject_kind, subject_id, at) SELECT 'staff:' || n % 40, 'request.filed', "
            "'request', 'SM-' || n % 9000, now() - n * interval '1 minute' FROM generate_series(1, 60000) n"
        )
        connection.execute("ANALYZE audit")
        for where in (
            "true",
            "actor IN ('7', 'staff:7')",
            "at >= now() - interval '3 days' AND at < now()",
            "subject_kind IN ('request', 'staff') AND subject_id IN ('SM-77')",
            "(at, id) < (now() - interval '9 days', 4000)",
        ):
            query = f"EXPLAIN SELECT * FROM audit WHERE {where} ORDER BY at DESC, id DESC LIMIT 51"  # noqa: S608
            plan = "\n".join(row[0] for row in connection.execute(query))
            assert "Seq Scan" not in plan, plan
        connection.rollback()


def recorded_kinds() -> Iterator[str]:
    """What the code names as the kind of a record, in every call that writes an entry."""
    for path in BOT.rglob("*.py"):
        if ".venv" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="record"), args=[_, _, _, ast.Constant(value=str(kind)), *_]):
                    yield kind


def test_a_search_knows_every_kind_of_record_that_the_trail_tells_of() -> None:
    found = set(recorded_kinds())
    assert len(found) > 5
    assert found | set(Subject) <= set(_KINDS)


async def test_the_command_lists_it_for_people_and_for_machines(database: EmbeddedDatabase) -> None:
    await note("conversation.replied", about="7")
    environment = {**os.environ, "DATABASE_URL": database.url()}
    told = run_command("audit", "list", "--who", "ana", environment=environment)
    assert "conversation.replied" in told.stdout
    assert "conversation 7" in told.stdout
    read = run_command("audit", "list", "--about", "7", "--json", environment=environment)
    assert json.loads(read.stdout)[0]["about"] == {"kind": "conversation", "id": "7"}
    wrong = run_command("audit", "list", "--since", "yesterday", environment=environment)
    assert wrong.returncode == 1
    assert "2026-11-23" in wrong.stderr
