"""Two of each process on one database: order and once-only hold, as `docs/operations.md` promises.

The second machine is this one's second loopback address, 127.0.0.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from twilio.request_validator import RequestValidator

from bot.simulator.config import SIMULATOR_CREDENTIALS
from bot.worker.app import SLOTS
from tests.journeys.stack import ROOT, Stack, eventually, running_stack
from tests.ports import free_ports
from tests.reports import corner

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have no second loopback address"),
]

RESIDENTS = int(os.environ.get("CITYLINE_TWO_OF_EACH", "24"))
SECOND = "127.0.0.2"
REFERENCE = re.compile(r"SM-[2-9C-Y]{6}")


@dataclass(frozen=True)
class Machine:
    """The second machine: where its web process is, and what it runs."""

    web: str
    processes: dict[str, subprocess.Popen[bytes]]


@contextlib.contextmanager
def second_machine(stack: Stack) -> Iterator[Machine]:
    """Another web, worker, engine and action server with the settings of the first, each started alone."""
    environment = (
        stack.environment
        | SIMULATOR_CREDENTIALS.environment(stack.simulator)
        | {"DATABASE_URL": stack.database_url, "ACTIONS_URL": f"http://{SECOND}:{stack.port + 3}"}
    )
    commands = {
        "actions": ["actions"],
        "engine": ["engine", "--host", SECOND, "--port", str(stack.port + 2)],
        "worker": ["worker"],
        "web": ["web", "--host", SECOND],
    }
    processes = {}
    with contextlib.ExitStack() as files:
        for name, command in commands.items():
            log = files.enter_context((stack.data / f"second-{name}.log").open("wb"))
            processes[name] = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        try:
            yield Machine(f"http://{SECOND}:{stack.port}", processes)
        finally:
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


async def until_ready(stack: Stack, machine: Machine) -> None:
    async def ready() -> bool:
        for name, process in machine.processes.items():
            assert process.poll() is None, f"the second {name} ended:\n{_log(stack, name)}"
        try:
            answers = await asyncio.gather(
                stack.http.get(f"{machine.web}/health"),
                stack.http.get(f"http://{SECOND}:{stack.port + 2}/webhooks/rest/"),
                stack.http.get(f"http://{SECOND}:{stack.port + 3}/health"),
            )
        except httpx.HTTPError:
            return False
        return all(answer.status_code == 200 for answer in answers)

    await eventually(ready, "the second machine answers", 180)


def _log(stack: Stack, name: str) -> str:
    return (stack.data / f"second-{name}.log").read_text(errors="replace")


async def text_both(stack: Stack, machine: Machine, number: str, text: str) -> None:
    """One SMS that Twilio delivers to both web processes at the same moment, as its retries can."""
    sid = "SM" + hashlib.md5(f"{number} {text}".encode(), usedforsecurity=False).hexdigest()
    body = {
        "MessageSid": sid,
        "AccountSid": SIMULATOR_CREDENTIALS.account_sid,
        "From": number,
        "To": SIMULATOR_CREDENTIALS.from_number,
        "Body": text,
        "NumMedia": "0",
    }
    # Signed over the public address, whichever process the proxy chooses.
    url = f"{stack.web}/channels/sms"
    signature = RequestValidator(SIMULATOR_CREDENTIALS.auth_token).compute_signature(url, body)
    headers = {"X-Twilio-Signature": signature}
    answers = await asyncio.gather(
        *(
            stack.http.post(f"{web}/channels/sms", data=body, headers=headers)
            for web in (stack.web, machine.web)
        )
    )
    assert [answer.status_code // 100 for answer in answers] == [2, 2], "\n".join(
        path.read_text(errors="replace")[-3000:]
        for path in (stack.data / "logs" / "web.log", stack.data / "second-web.log")
    )


async def until_answered(stack: Stack, number: str, count: int) -> None:
    await stack.until_said("sms", number, lambda said: len(said) >= count, f"answer {count} to {number}", 120)


async def report(stack: Stack, machine: Machine, number: str, place: str) -> None:
    await text_both(stack, machine, number, f"huge pothole at {place}")
    await until_answered(stack, number, 1)
    await text_both(stack, machine, number, "1")
    await until_answered(stack, number, 2)


async def test_two_of_each_process_file_once_and_answer_in_order() -> None:
    first = free_ports(6)
    engines = f"http://127.0.0.1:{first + 2},http://{SECOND}:{first + 2}"
    async with running_stack(first, ENGINE_URLS=engines) as stack:
        with second_machine(stack) as machine:
            await until_ready(stack, machine)
            people = {f"+1626555{n:04d}": corner(n) for n in range(RESIDENTS)}
            for number in people:
                opened = await stack.http.post(f"{stack.simulator}/simulator/sessions", json={"sms": number})
                opened.raise_for_status()
            await asyncio.gather(*(report(stack, machine, number, place) for number, place in people.items()))
            for number, place in people.items():
                said = [message["text"] for message in await stack.from_city("sms", number)]
                assert len(said) == 2, (number, said)
                assert place in said[0]
                assert REFERENCE.search(said[1])
            with psycopg.connect(stack.database_url) as connection:
                filed = connection.execute("SELECT conversation_id FROM service_requests").fetchall()
                workers = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
                inbound = connection.execute(
                    "SELECT count(*) FROM messages WHERE direction = 'in'"
                ).fetchone()
            assert set(Counter(filed).values()) == {1}
            assert len(filed) == RESIDENTS
            assert workers == (2 * len(SLOTS),)  # each has one for every queue
            assert inbound == (2 * RESIDENTS,)
