"""An engine that hangs, or files that do not come, hold up nobody's words from a person, and files nobody else's turn."""

from __future__ import annotations

import re
import time

import httpx
import psycopg
import pytest

from bot.db.jobs import Queue
from bot.worker.app import SLOTS
from tests import reports
from tests.commands import run_command
from tests.console import Browser
from tests.journeys.stack import Stack, eventually
from tests.journeys.test_main_job import send_photo
from tests.photos import jpeg

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

WAITING = 50
SOON = 2.0  # seconds from the click of staff to the phone
WITH_FILES = 6  # residents whose photo trickles: twice as many as one worker fetches at a time
REPLIES = 3  # of which the fastest counts: the machine may have other work, too


def open_turns(stack: Stack) -> int:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM turns WHERE finished_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def files(stack: Stack, state: str) -> int:
    """How many of the files that were tried stand so."""
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM media m JOIN messages i ON i.id = m.message_id JOIN conversations c"
            " ON c.id = i.conversation_id JOIN contacts k ON k.id = c.contact_id"
            " WHERE k.address LIKE '+1310559%%' AND m.state = %s AND (m.attempts > 0 OR m.state = 'kept')",
            (state,),
        ).fetchone()
    return int(row[0]) if row else 0


def conversation_of(stack: Stack, address: str) -> int:
    query = "SELECT c.id FROM conversations c JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s"
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(query, (address,)).fetchone()
    assert row is not None
    return int(row[0])


def a_staff_password(stack: Stack, name: str) -> str:
    environment = {**stack.environment, "DATABASE_URL": stack.database_url}
    done = run_command("staff", "add", name, environment=environment)
    found = re.search(r"Password: (\S+)", done.stdout.replace("\n", " "))
    assert found, done.stdout
    return found[1]


async def reply(stack: Stack, staff: Browser, conversation_id: int, resident: str) -> float:
    """Seconds from the click of staff to the phone."""
    seen = len(await stack.from_city("sms", resident))
    await staff.open(f"/console/conversations/{conversation_id}")
    began = time.monotonic()
    fields = {
        "text": f"Maria here, the crew is on its way ({seen}).",
        "seen_message": staff.hidden("seen_message"),
    }
    assert (await staff.send(f"/console/conversations/{conversation_id}/reply", fields)).status_code == 303
    await stack.until_said(
        "sms", resident, lambda said: len(said) > seen, "the staff reply is on the phone", patience=20
    )
    return time.monotonic() - began


async def test_a_staff_reply_goes_out_while_the_engine_hangs_and_fifty_residents_wait(stack: Stack) -> None:
    resident = "+13105557000"
    await stack.answer("sms", resident, "hello")
    conversation_id = conversation_of(stack, resident)
    password = a_staff_password(stack, "maria")
    async with httpx.AsyncClient(base_url=stack.web, trust_env=False, timeout=30) as client:
        maria = Browser(client)
        assert (await maria.log_in("maria", password)).status_code == 303
        engine = stack.processes()["engine"]
        engine.suspend()
        try:
            for number in range(WAITING):
                await stack.say("sms", f"+1310558{number:04d}", reports.report(number))
            # More wait than there are slots for turns: whoever shares them would wait for the engine's time-outs.
            await eventually(lambda: open_turns(stack) >= 24, "the engine has all turns it is given")
            times = [await reply(stack, maria, conversation_id, resident) for _ in range(REPLIES)]
            assert open_turns(stack) >= 24, "everybody else still waits"
        finally:
            engine.resume()
    took = min(times)
    assert took < SOON
    print(f"engine stopped, {WAITING} residents waiting: the staff reply was on the phone after {took:.2f} s")
    for number in range(WAITING):
        address = f"+1310558{number:04d}"
        await stack.until_said(
            "sms", address, lambda said: len(said) == 1, "everybody who waited is answered once", patience=120
        )


async def turn(stack: Stack, resident: str, text: str) -> float:
    """Seconds until a resident is answered."""
    began = time.monotonic()
    await stack.answer("sms", resident, text)
    return time.monotonic() - began


async def test_files_that_trickle_hold_up_no_staff_reply_and_no_other_turn(stack: Stack) -> None:
    resident = "+13105557001"
    await stack.answer("sms", resident, "hello")
    conversation_id = conversation_of(stack, resident)
    password = a_staff_password(stack, "jose")
    slow = {"kind": "media_slow", "provider": "sms", "hang": 120}
    (await stack.http.post(f"{stack.simulator}/simulator/faults", json=slow)).raise_for_status()
    async with httpx.AsyncClient(base_url=stack.web, trust_env=False, timeout=30) as client:
        jose = Browser(client)
        assert (await jose.log_in("jose", password)).status_code == 303
        try:
            for number in range(WITH_FILES):
                await send_photo(
                    stack,
                    "sms",
                    f"+1310559{number:04d}",
                    reports.report(200 + number),
                    jpeg(shade=9 * number),
                )
            await eventually(
                lambda: files(stack, "waiting") >= SLOTS[Queue.MEDIA], "all slots for files are taken"
            )
            replies = [await reply(stack, jose, conversation_id, resident) for _ in range(REPLIES)]
            others = "+13105557002"
            turns = [await turn(stack, others, words) for words in ("hi", "are you a robot", "hi")]
            assert files(stack, "kept") == 0, "the files still trickle"
        finally:
            (await stack.http.delete(f"{stack.simulator}/simulator/faults")).raise_for_status()
    print(f"{WITH_FILES} files trickle: a staff reply took {min(replies):.2f} s, a turn {min(turns):.2f} s")
    assert min(replies) < SOON
    assert min(turns) < SOON
    # Whose file trickles is answered without it, and what broke off is fetched again.
    for number in range(WITH_FILES):
        await stack.until_said(
            "sms",
            f"+1310559{number:04d}",
            lambda said, number=number: any(reports.corner(200 + number) in one["text"] for one in said),
            "the words are answered",
        )
    await eventually(lambda: files(stack, "kept") == WITH_FILES, "every photo is there in the end", 180)
