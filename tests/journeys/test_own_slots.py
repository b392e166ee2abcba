"""An engine that hangs holds up nobody's words from a person."""

from __future__ import annotations

import re
import time

import httpx
import psycopg
import pytest

from tests import reports
from tests.commands import run_command
from tests.console import Browser
from tests.journeys.stack import Stack, eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

WAITING = 50
SOON = 2.0  # seconds from the click of staff to the phone
REPLIES = 3  # of which the fastest counts: the machine may have other work, too


def open_turns(stack: Stack) -> int:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM turns WHERE finished_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def conversation_of(stack: Stack, address: str) -> int:
    query = "SELECT c.id FROM conversations c JOIN contacts k ON k.id = c.contact_id WHERE k.address = %s"
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(query, (address,)).fetchone()
    assert row is not None
    return int(row[0])


def a_staff_password(stack: Stack) -> str:
    environment = {**stack.environment, "DATABASE_URL": stack.database_url}
    done = run_command("staff", "add", "maria", environment=environment)
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
    password = a_staff_password(stack)
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
