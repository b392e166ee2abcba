"""The commands that read and change data, as a script calls them: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from bot.cases.added import Said
from bot.cases.additions import add_to_request
from bot.cases.feedback import Verdict, record_feedback
from bot.cases.filing import NewRequest, file_request
from bot.cases.follow_ups import file_follow_up
from bot.cases.lookup import find_request
from bot.cases.merging import merge_requests
from bot.cases.people import join_conversations
from bot.cases.promises import first_promise
from bot.cases.status import Status
from bot.cases.updates import Change, change_request
from bot.channels.messages import Channel, Inbound, InboundKind
from bot.city.current import calendar, catalogue, city
from bot.city.location import Location, LocationKind, Point
from bot.conversation.outbox import Reply, queue_replies
from bot.conversation.parking import turn_failed
from bot.conversation.receive import receive
from bot.conversation.set_aside import set_aside
from bot.conversation.turns import OpenTurn, open_turn
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Contact, Conversation, Notice, Turn
from bot.failures import TRIES
from tests.commands import run_command
from tests.integration.telling import tell_everybody

pytestmark = pytest.mark.integration
SINCE = datetime(2026, 11, 20, 8, tzinfo=UTC)


def _run(database: EmbeddedDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command(*arguments, environment={**os.environ, "DATABASE_URL": database.url()})


def _json(database: EmbeddedDatabase, *arguments: str) -> Any:
    result = _run(database, *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


async def _filed(key: str = "draft-1") -> tuple[int, str]:
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM1", "+13105550123", text="huge pothole")
    async with transaction() as session:
        conversation_id = (await receive(session, inbound)).conversation_id
        filed = await file_request(
            session,
            NewRequest(
                conversation_id=conversation_id,
                idempotency_key=key,
                service_code="pothole",
                description="huge pothole",
                place_text="pico and 4th",
                location=Location(Point(34.0081, -118.4885), LocationKind.INTERSECTION, "Pico Blvd & 4th St"),
            ),
        )
    return conversation_id, filed.reference


async def test_requests_in_json_have_the_fields_scripts_rely_on(database: EmbeddedDatabase) -> None:
    _, reference = await _filed()
    (row,) = _json(database, "request", "list")
    assert list(row) == [
        "reference", "service_code", "status", "address", "lat", "lon", "photos", "channel", "created", "resolution", "due",
        "promise", "department", "crew", "person", "person_left",
    ]  # fmt: skip
    assert row["reference"] == reference
    assert (row["service_code"], row["status"], row["photos"], row["channel"]) == (
        "pothole",
        "open",
        0,
        "sms",
    )
    assert (row["lat"], row["lon"]) == (34.0081, -118.4885)
    assert row["created"].endswith("+00:00")
    shown = _json(database, "request", "show", reference.lower().replace("-", " "))
    assert shown["address"] == "Pico Blvd & 4th St"
    assert shown["description"] == "huge pothole"


async def test_the_list_begins_with_what_needs_doing_and_has_the_consoles_other_orders(
    database: EmbeddedDatabase,
) -> None:
    conversation_id, left = await _filed("draft-1")
    overdue, fresh = (await _filed("draft-2"))[1], (await _filed("draft-3"))[1]
    today = datetime.now(city().time_zone).date()
    async with transaction() as session:
        await change_request(session, Change(left, Status.RESOLVED, "staff:ana"))
        await record_feedback(session, conversation_id, left, Verdict.NOT_FIXED)
        for reference, days in ((left, 90), (overdue, -2), (fresh, 60)):
            (await find_request(session, reference)).due_on = today + timedelta(days=days)

    def listed(*arguments: str) -> list[str]:
        return [row["reference"] for row in _json(database, "request", "list", *arguments)]

    assert listed() == listed("--sort", "need") == [left, overdue, fresh]
    assert listed("--sort", "number") == [fresh, overdue, left]
    assert listed("--sort", "promise") == [overdue, fresh, left]
    assert listed("--limit", "1") == [left]


async def test_what_was_added_is_shown_by_itself_with_its_time(database: EmbeddedDatabase) -> None:
    conversation_id, reference = await _filed()
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    async with transaction() as session:
        await add_to_request(
            session, conversation_id, Said("it is [bold]deeper[/bold] now", turn_id=7, at=at)
        )
    shown = _json(database, "request", "show", reference)
    assert shown["description"] == "huge pothole"
    assert shown["additions"] == [
        {
            "at": "2026-11-20T09:30:00+00:00",
            "by": "resident",
            "words": "it is [bold]deeper[/bold] now",
            "asks": False,
            "address": None,
            "lat": None,
            "lon": None,
            "photos": 0,
        }
    ]
    result = _run(database, "request", "show", reference)
    assert result.returncode == 0, result.stderr
    line = next(line for line in result.stdout.splitlines() if "deeper" in line)
    assert "2026-11-20 09:30" in line
    assert "[bold]deeper[/bold]" in line


async def test_an_update_with_a_photo_is_pushed_to_the_resident(
    database: EmbeddedDatabase, tmp_path: Path
) -> None:
    _, reference = await _filed()
    photo = tmp_path / "done.png"
    Image.new("RGB", (64, 48), "grey").save(photo)
    result = _run(
        database,
        *("request", "update", reference, "--status", "resolved"),
        *("--public", "Filled this morning.", "--photo", str(photo)),
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [f"{reference} is resolved.", "1 of 1 followers can be told."]
    await tell_everybody()
    async with transaction() as session:
        turns = await session.scalar(select(func.count(Turn.id)).where(Turn.update_id.is_not(None)))
    assert turns == 1
    history = _json(database, "request", "show", reference)["history"]
    assert history[-1]["public"] == "Filled this morning."
    assert history[-1]["photos"] == 1


BARRIERS = [
    ({"opted_out_at": SINCE, "opted_out_why": "carrier"}, "texted STOP"),
    ({"opted_out_at": SINCE, "opted_out_why": "asked"}, "asked in words to get no more messages"),
    ({"opted_out_at": SINCE, "opted_out_why": "blocked"}, "blocked the bot"),
    ({"opted_out_at": SINCE, "opted_out_why": "refused"}, "has opted out at the carrier"),
    ({"given_up_at": SINCE}, "gave up this number"),
    ({"disowned_at": SINCE, "wants_updates": False}, "says that the report is not theirs (wrong number)"),
    ({"unreachable_at": SINCE, "unreachable_why": "a landline"}, "cannot be reached: a landline"),
]


@pytest.mark.parametrize(("changes", "sentence"), BARRIERS)
async def test_who_cannot_be_told_is_said_before_the_update_is_written(
    changes: dict[str, Any], sentence: str, database: EmbeddedDatabase
) -> None:
    _, reference = await _filed()
    async with transaction() as session:
        await session.execute(update(Contact).values(**changes))
    result = _run(database, "request", "update", reference, "--public", "A crew is coming.")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"Cannot be told: one who {sentence}, since 2026-11-20.",
        f"{reference} is open.",
        "0 of 1 followers can be told.",
    ]


async def test_at_a_terminal_words_for_nobody_are_written_only_after_a_yes(
    database: EmbeddedDatabase,
) -> None:
    _, reference = await _filed()
    async with transaction() as session:
        await session.execute(update(Contact).values(opted_out_at=SINCE, opted_out_why="carrier"))
    command = ("request", "update", reference, "--public", "A crew is coming.")
    status, shown = _at_a_terminal(database, command, "n\n")
    assert status != 0
    assert shown.index("Cannot be told: one who texted STOP, since 2026-11-20.") < shown.index(
        "all the same?"
    )
    assert _json(database, "request", "show", reference)["history"][-1]["public"] == ""
    for arguments, answer in ((command, "y\n"), ((*command, "--yes"), "")):
        status, shown = _at_a_terminal(database, arguments, answer)
        assert status == 0, shown
        assert _json(database, "request", "show", reference)["history"][-1]["public"] == "A crew is coming."


def _at_a_terminal(database: EmbeddedDatabase, arguments: tuple[str, ...], answer: str) -> tuple[int, str]:
    """A command whose input is a terminal; gives its exit code and what it printed."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, answer.encode())
        result = subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            env={**os.environ, "DATABASE_URL": database.url()},
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("request", "show", "SM-222222"), "There is no request 'SM-222222'."),
        (("conversation", "show", "4711"), "There is no conversation 4711."),
        (("staff", "passwd", "nobody"), "There is no account 'nobody'."),
        (("staff", "disable", "nobody"), "There is no account 'nobody'."),
        (("staff", "add", "Ana Maria"), "A username has"),
        (("staff", "add", "ana", "--role", "king"), "There is no role 'king'"),
        (
            ("staff", "add", "ana", "--department", "Parks"),
            "The city pack has no department 'Parks'. It has: ",
        ),
        (("request", "list", "--department", "Parks"), "The city pack has no department 'Parks'. It has: "),
        (("request", "list", "--promise", "late"), "A promise is soon or overdue, not 'late'."),
        (("request", "list", "--sort", "date"), "The order is need, number, promise, not 'date'."),
        (("request", "list", "--news", "late"), "News is not_fixed or added, not 'late'."),
        (("request", "assign", "SM-222222", "--crew", "7"), "There is no request 'SM-222222'."),
    ],
)
async def test_what_is_not_there_is_said_in_a_sentence(
    database: EmbeddedDatabase, arguments: tuple[str, ...], sentence: str
) -> None:
    result = _run(database, *arguments)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


async def test_a_refused_update_changes_nothing_and_says_why(
    database: EmbeddedDatabase, tmp_path: Path
) -> None:
    _, reference = await _filed()
    text = tmp_path / "notes.jpg"
    text.write_text("not a picture")
    result = _run(database, "request", "update", reference, "--status", "resolved", "--photo", str(text))
    assert result.returncode == 1
    assert "cannot be used as a photo" in result.stderr
    assert _json(database, "request", "list")[0]["status"] == "open"
    silent = _run(database, "request", "update", reference, "--status", "closed")
    assert silent.returncode == 1
    assert "why it is closed" in silent.stderr
    unchanged = _run(database, "request", "update", reference)
    assert unchanged.returncode == 1
    assert "Nothing to change" in unchanged.stderr


async def test_a_request_is_given_to_a_department_a_crew_and_a_person(database: EmbeddedDatabase) -> None:
    _, reference = await _filed()
    assert _run(database, "staff", "add", "ana", "--department", "Public Works").returncode == 0
    assert [row["reference"] for row in _json(database, "request", "list", "--unassigned")] == [reference]
    given = _run(database, "request", "assign", reference, "--department", "Public Works", "--person", "ana")
    assert given.stdout == f"{reference} is with Public Works, ana.\n"
    row = _json(database, "request", "assign", reference, "--crew", "Night crew 7")
    assert (row["department"], row["crew"], row["person"]) == ("Public Works", "Night crew 7", "ana")
    assert _json(database, "request", "list", "--unassigned") == []
    assert [one["reference"] for one in _json(database, "request", "list", "--person", "ana")] == [reference]
    again = _run(database, "request", "assign", reference, "--crew", "Night crew 7")
    assert again.returncode == 1
    assert "Nothing to change" in again.stderr
    wrong = _run(database, "request", "assign", reference, "--department", "Parks")
    assert wrong.returncode == 1
    assert "It has: " in wrong.stderr
    assert "Public Works" in wrong.stderr
    history = _json(database, "request", "show", reference)["history"]
    assert [entry["assignment"] for entry in history][-1] == {
        "department": "Public Works", "crew": "Night crew 7", "person": "ana",
    }  # fmt: skip
    assert "Night crew 7" in _run(database, "request", "show", reference).stdout


async def test_work_that_is_done_is_not_closed_past_its_resident(database: EmbeddedDatabase) -> None:
    _, reference = await _filed()
    closing = ("request", "update", reference, "--status", "closed", "--resolution", "fixed")
    done = _run(database, *closing)
    assert done.returncode == 1
    assert "asked whether it is fixed. --status resolved." in " ".join(done.stderr.split())
    assert _run(database, "request", "update", reference, "--status", "resolved").returncode == 0
    assert _run(database, *closing).returncode == 0
    assert _json(database, "request", "show", reference)["status"] == "closed"


async def test_a_duplicate_is_not_made_in_a_terminal_and_the_way_is_shown(database: EmbeddedDatabase) -> None:
    _, reference = await _filed()
    told = ("--status", "closed", "--resolution", "duplicate", "--public", "We have it.")
    done = _run(database, "request", "update", reference, *told)
    assert done.returncode == 1
    assert "joined with the request that it repeats" in " ".join(done.stderr.split())
    assert _json(database, "request", "show", reference)["status"] == "open"


async def test_a_request_shown_in_json_carries_its_whole_life(database: EmbeddedDatabase) -> None:
    conversation_id, reference = await _filed()
    arguments = ("--status", "resolved", "--public", "Filled this morning.", "--due", "2030-01-07")
    assert _run(database, "request", "update", reference, *arguments).returncode == 0
    await tell_everybody()
    async with transaction() as session:
        await record_feedback(
            session, conversation_id, reference, Verdict.NOT_FIXED, 2, comment="still there"
        )
    shown = _json(database, "request", "show", reference)
    assert (shown["answers"], shown["followers"], shown["told"]) == ({}, 1, 1)
    assert [(one["by"], one["verdict"], one["rating"], one["comment"]) for one in shown["feedback"]] == [
        ("resident", "not_fixed", 2, "still there")
    ]
    usual = first_promise(catalogue().services["pothole"], datetime.now(UTC))
    assert (shown["promised"]["due"], shown["promised"]["by"]) == (str(usual), "system"), "opened again"
    assert shown["promised"]["told_late"] is None
    assert [(one["state"], one["why"], one["conversation"]) for one in shown["deliveries"]] == [
        ("told", None, conversation_id)
    ]
    assert "Filled this morning." not in str(shown["deliveries"])
    assert [one["reference"] for one in _json(database, "request", "list", "--news", "not_fixed")] == [
        reference
    ]
    assert _json(database, "request", "list", "--news", "added") == []
    text = _run(database, "request", "show", reference).stdout
    assert "verdict not_fixed" in text
    assert f"cityline message list --request {reference}" in text


async def test_json_names_the_requests_and_the_problem_that_one_belongs_to(
    database: EmbeddedDatabase,
) -> None:
    conversation_id, before = await _filed()
    other = (await _filed("draft-2"))[1]
    async with transaction() as session:
        await change_request(session, Change(before, Status.RESOLVED, "staff:ana"))
        new = await file_follow_up(
            session, conversation_id, before, "it is back", (), "en", datetime.now(UTC), "follow-up:1"
        )
        await merge_requests(session, other, new.reference, "staff:ana")
    shown = _json(database, "request", "show", before)
    assert (shown["follow_ups"], shown["follow_up_of"], shown["joined_into"]) == ([new.reference], None, None)
    assert (shown["alert"], shown["language"]) == (None, "en")
    assert _json(database, "request", "show", new.reference)["follow_up_of"] == before
    assert _json(database, "request", "show", other)["joined_into"] == new.reference


async def test_what_was_told_of_a_request_and_what_was_not_is_listed_with_the_reason(
    database: EmbeddedDatabase,
) -> None:
    conversation_id, reference = await _filed()
    assert _json(database, "message", "list", "--request", reference) == []
    assert _run(database, "request", "update", reference, "--public", "A crew comes today.").returncode == 0
    (waits,) = _json(database, "message", "list", "--request", reference)
    assert (waits["state"], waits["messages"]) == ("waiting", [])
    await tell_everybody()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        notice = await session.scalar(select(Notice))
        assert notice is not None
        (row,) = await queue_replies(session, conversation, [Reply("private words")])
        row.turn_id, row.state, row.error_code = notice.turn_id, "failed", "30006"
        row.detail = "the number is a landline or its carrier cannot be reached"
        conversation.contact.wants_updates = False
    assert _run(database, "request", "update", reference, "--public", "Tomorrow after all.").returncode == 0
    told, not_told = _json(database, "message", "list", "--request", reference)
    assert (told["state"], [one["state"] for one in told["messages"]]) == ("told", ["failed"])
    assert (not_told["state"], not_told["why"], not_told["messages"]) == ("suppressed", "declined", [])
    listed = " ".join(_run(database, "message", "list", "--request", reference).stdout.split())
    assert "suppressed" in listed
    assert "30006" in listed
    assert "private words" not in listed


async def test_who_gave_up_their_number_is_told_of_nothing_and_the_terminal_says_why(
    database: EmbeddedDatabase,
) -> None:
    conversation_id, reference = await _filed()
    async with transaction() as session:
        contact = (await session.get_one(Conversation, conversation_id)).contact
        contact.given_up_at = datetime(2026, 11, 20, 8, tzinfo=UTC)
        address = contact.address
    assert _run(database, "request", "update", reference, "--public", "A crew comes today.").returncode == 0
    (row,) = _json(database, "message", "list", "--request", reference)
    assert (row["state"], row["why"]) == ("suppressed", "given_up")
    shown = _json(database, "conversation", "show", str(conversation_id))
    assert shown["cannot_be_texted"] == "gave up this number, since 2026-11-20"
    refused = _run(database, "contact", "export", address)
    assert refused.returncode == 1
    assert "conversation:12" in " ".join(refused.stderr.split())
    assert _run(database, "contact", "export", f"conversation:{conversation_id}").returncode == 0
    async with transaction() as session:
        told = (await session.scalars(select(Audit).where(Audit.action == "contact.exported"))).one()
    assert told.subject_id == str(conversation_id)


async def test_a_number_is_still_theirs_by_one_command_and_who_wrote_since_has_to_be_named(
    database: EmbeddedDatabase,
) -> None:
    conversation_id, _ = await _filed()
    which = f"conversation:{conversation_id}"
    refused = _run(database, "contact", "still-theirs", which, "--yes")
    assert (refused.returncode, "not marked as given up" in refused.stderr) == (1, True)

    async def lists_it() -> None:
        async with transaction() as session:
            contact = (await session.get_one(Conversation, conversation_id)).contact
            contact.given_up_at = datetime(2026, 11, 20, 8, tzinfo=UTC)

    await lists_it()
    asked = _run(database, "contact", "still-theirs", which)  # nobody answers the question
    assert asked.returncode == 1
    said = _run(database, "contact", "still-theirs", which, "--yes")
    assert (said.returncode, said.stdout.strip()) == (
        0,
        f"Updates go to the number again: conversation {conversation_id}.",
    )
    assert _json(database, "conversation", "show", str(conversation_id))["cannot_be_texted"] is None
    await lists_it()
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM2", "+13105550123", text="hello")
    async with transaction() as session:
        new = (await receive(session, inbound)).conversation_id
    refused = _run(database, "contact", "still-theirs", which, "--yes")
    assert refused.returncode == 1
    assert f"--same-as {new}" in " ".join(refused.stderr.split())
    said = _run(database, "contact", "still-theirs", which, "--yes", "--same-as", str(new))
    assert said.stdout.strip() == f"Updates go to the number again: conversation {new}."
    (other,) = _json(database, "conversation", "show", str(conversation_id))["joined_with"]
    assert other["id"] == new
    async with transaction() as session:
        trail = await session.scalars(select(Audit.actor).where(Audit.action == "contact.still_theirs"))
        assert [actor.startswith("staff:") for actor in trail] == [True, True]


async def test_the_figures_of_a_week_are_printed_and_given_as_json(database: EmbeddedDatabase) -> None:
    await _filed()
    today = datetime.now(calendar().time_zone).date()  # on a Sunday evening it is Monday elsewhere
    week = _json(database, "report", "week", "--of", str(today))
    (only,) = week["services"]
    assert (only["service_code"], only["filed"], only["done"], only["median_days"]) == ("pothole", 1, 0, None)
    assert week["all"]["filed"] == 1
    assert "pothole" in _run(database, "report", "week", "--of", str(today)).stdout
    assert "Nothing was filed" in _run(database, "report", "week", "--of", "2020-01-08").stdout


async def test_a_transcript_can_be_read_by_conversation_and_by_reference(database: EmbeddedDatabase) -> None:
    conversation_id, reference = await _filed()
    by_id = _json(database, "conversation", "show", str(conversation_id))
    assert [(row["direction"], row["text"]) for row in by_id["messages"]] == [("in", "huge pothole")]
    assert (by_id["id"], by_id["channel"], by_id["joined_with"]) == (conversation_id, "sms", [])
    assert by_id["cannot_be_texted"] is None
    assert _json(database, "conversation", "show", reference) == by_id
    (row,) = _json(database, "conversation", "list")
    assert (row["id"], row["channel"], row["messages"], row["requests"]) == (conversation_id, "sms", 1, 1)
    assert "huge pothole" in _run(database, "conversation", "show", reference).stdout


async def test_a_transcript_names_the_other_conversations_of_its_resident(database: EmbeddedDatabase) -> None:
    conversation_id, _ = await _filed()
    inbound = Inbound(Channel.SMS, InboundKind.MESSAGE, "SM9", "+13105550124", text="hi")
    async with transaction() as session:
        other = (await receive(session, inbound)).conversation_id
        assert other is not None
        await join_conversations(session, conversation_id, other)
    shown = _json(database, "conversation", "show", str(conversation_id))
    assert shown["joined_with"] == [{"id": other, "channel": "sms"}]
    text = _run(database, "conversation", "show", str(conversation_id)).stdout
    assert f"Of the same person: conversation {other} (sms)." in text
    assert "5550124" not in text


async def test_an_account_gets_a_password_that_is_shown_once(database: EmbeddedDatabase) -> None:
    added = _run(database, "staff", "add", "ana", "--name", "Ana Ruiz")
    assert added.returncode == 0, added.stderr
    password = added.stdout.split("Password: ")[1].split()[0]
    assert len(password) >= 20
    (row,) = _json(database, "staff", "list")
    assert (row["username"], row["name"], row["role"], row["disabled"]) == ("ana", "Ana Ruiz", "agent", False)
    assert password not in _run(database, "staff", "list").stdout
    assert password not in _run(database, "staff", "passwd", "ana").stdout
    assert _run(database, "staff", "disable", "ana").returncode == 0
    assert _json(database, "staff", "list")[0]["disabled"] is True
    assert _run(database, "staff", "enable", "ana").returncode == 0
    assert _json(database, "staff", "list")[0]["disabled"] is False


async def test_doctor_finds_what_is_not_running_and_ends_with_code_1(database: EmbeddedDatabase) -> None:
    result = _run(database, "doctor", "--json")
    assert result.returncode == 1
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    assert checks["settings"]["outcome"] == checks["city"]["outcome"] == "well"
    assert checks["database"]["outcome"] == checks["photos"]["outcome"] == "well"
    assert checks["model"]["outcome"] == "failed"
    assert "cityline train" in checks["model"]["message"]
    assert checks["providers"]["outcome"] == "note"


async def test_what_is_parked_is_listed_and_tried_again(database: EmbeddedDatabase) -> None:
    conversation_id, reference = await _filed()
    for _ in range(TRIES):
        async with transaction() as session:
            turn = await open_turn(session, conversation_id)
            assert isinstance(turn, OpenTurn)
            await turn_failed(session, turn.id, "KeyError at bot/city/places.py:7 in resolve")
    (row,) = _json(database, "conversation", "parked")
    assert (row["conversation_id"], row["attempts"]) == (conversation_id, TRIES)
    assert "KeyError" in _run(database, "conversation", "parked").stdout
    doctor = _run(database, "doctor").stdout
    assert "cityline conversation retry" in " ".join(doctor.split())
    assert _run(database, "conversation", "retry").returncode == 1, "which one?"
    assert "1 is tried again" in _run(database, "conversation", "retry", reference).stdout
    assert _json(database, "conversation", "parked") == []
    assert "Nothing is parked" in _run(database, "conversation", "retry", "--all").stdout


async def test_what_was_set_aside_is_listed_without_its_words_tried_again_and_discarded(
    database: EmbeddedDatabase,
) -> None:
    await set_aside(Channel.TELEGRAM, b'{"my": "secret"}', "ValueError at bot/channels/x.py:1 in parse")
    (row,) = _json(database, "inbound", "list")
    assert (row["channel"], row["bytes"]) == ("telegram", 16)
    assert "secret" not in _run(database, "inbound", "list").stdout
    assert "0 stored, 1 still set aside" in _run(database, "inbound", "retry").stdout
    assert _run(database, "inbound", "discard", str(row["id"] + 1), "--yes").returncode == 1
    assert _run(database, "inbound", "discard", str(row["id"]), "--yes").returncode == 0
    assert _json(database, "inbound", "list") == []


async def test_a_failed_message_is_found_and_sent_again(database: EmbeddedDatabase) -> None:
    conversation_id, _ = await _filed()
    async with transaction() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        (row,) = await queue_replies(session, conversation, [Reply("private words")])
        row.state, row.failure, row.detail = (
            "failed",
            "deterministic",
            "the carrier did not say why it failed",
        )
        row.payload = {"provider_ids": ["a", "b"], "parts": 2, "parts_sent": 2, "failed_parts": [1]}
    (found,) = _json(database, "message", "list", "--state", "failed")
    assert (found["id"], found["parts"], found["failed_parts"]) == (row.id, 2, [2])
    listed = _run(database, "message", "list").stdout
    assert "part 2 of 2 failed" in listed
    assert "private words" not in listed
    assert "part 2 of 2 failed" in _run(database, "conversation", "show", str(conversation_id)).stdout
    assert _run(database, "message", "resend", str(row.id)).returncode == 0
    assert _json(database, "message", "list", "--state", "failed") == []
    again = _run(database, "message", "resend", str(row.id))
    assert again.returncode == 1
    assert "did not fail" in again.stderr
    assert "There is no state 'lost'" in _run(database, "message", "list", "--state", "lost").stderr


async def test_a_request_is_put_right_and_what_stood_there_is_kept(database: EmbeddedDatabase) -> None:
    _, reference = await _filed()
    arguments = (
        *("--service", "sidewalk", "--place", "1427 lincoln blvd"),
        *("--description", "A [bold]slab[/bold] is up"),
    )
    fields = _json(database, "request", "correct", reference, *arguments)
    assert (fields["service_code"], fields["address"]) == ("sidewalk", "1427 Lincoln Blvd")
    assert (fields["told"], fields["cannot_be_told"]) == (1, [])
    shown = _json(database, "request", "show", reference)
    assert (shown["description"], shown["words"]) == ("A [bold]slab[/bold] is up", "huge pothole")
    entry = shown["history"][-1]
    assert entry["author"].startswith("staff:")
    assert entry["corrected"] == fields["corrected"]
    assert entry["corrected"]["service"] == {"before": "pothole", "after": "sidewalk"}
    assert entry["corrected"]["place"]["before"]["address"] == "Pico Blvd & 4th St"
    assert entry["corrected"]["description"]["before"] == "huge pothole"
    result = _run(database, "request", "show", reference)
    assert "In the resident's words: huge pothole" in result.stdout
    assert "A [bold]slab[/bold] is up" in result.stdout
    (notice,) = await _notices()
    assert notice.event["place"] == "1427 Lincoln Blvd"


async def test_the_place_and_the_words_of_staff_are_taken_away_with_nothing(
    database: EmbeddedDatabase,
) -> None:
    _, reference = await _filed()
    result = _run(database, "request", "correct", reference, "--place", "", "--description", "A slab")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"{reference} is put right.",
        "place: Pico Blvd & 4th St → no place",
        "description: huge pothole → A slab",
        "1 of 1 followers can be told.",
    ]
    result = _run(database, "request", "correct", reference, "--description", "")
    assert result.stdout.splitlines() == [f"{reference} is put right.", "description: A slab → huge pothole"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Nothing to correct: it stands there like this already."),
        (("--service", "moon"), "There is no service 'moon' in the city's catalogue."),
        (("--place", "34.05,-118.24"), "This lies in Los Angeles, outside Santa Monica."),
        (("--place", "Memorial Park or Douglas Park"), "There are several: Memorial Park ("),
        (("--description", "w" * 601), "What it is about may have 600 characters at most."),
    ],
)
async def test_what_cannot_be_put_right_is_explained_in_a_sentence(
    database: EmbeddedDatabase, arguments: tuple[str, ...], sentence: str
) -> None:
    _, reference = await _filed()
    result = _run(database, "request", "correct", reference, *arguments)
    assert result.returncode == 1
    assert sentence in " ".join(result.stderr.split())
    assert await _notices() == []


async def _notices() -> list[Notice]:
    async with transaction() as session:
        return list(await session.scalars(select(Notice)))
