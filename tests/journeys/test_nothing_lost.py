"""Nothing lost, nothing twice: conversations go on while every process is killed and every webhook doubled.

100 conversations by default; `make explore` has 400, `FAULT_CONVERSATIONS=1000` is a longer run. Beside every ten of them is one that holds a poison:
a message that the database refuses, a report that cannot be filed, a photo that is none. It must cost nobody else anything,
and its own resident no more than the poison.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from tests import exploring, reports
from tests.journeys.stack import Said, Stack, eventually, running_stack

pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(1200)]

CONVERSATIONS = int(os.environ.get("FAULT_CONVERSATIONS", "100"))
AT_ONCE = 16
PATIENCE = 180.0  # seconds for one answer: it may have to outlive several deaths
ANSWERS_BETWEEN_DEATHS = 6  # the least, however fast the machine
KILL_ORDER = (
    "worker",
    "actions",
    "web",
    "worker",
    "engine",
    "worker",
    "database",
    "actions",
    "worker",
    "web",
)
REFERENCE = re.compile(r"SM-[2-9C-Y]{6}")

FAULTS: list[dict[str, Any]] = [
    {"kind": "webhook_twice", "probability": 0.5, "seed": 1},
    {"kind": "webhook_concurrent", "probability": 0.5, "seed": 2},
    {"kind": "http_429", "provider": "sms", "probability": 0.03, "seed": 3},
    {"kind": "http_429", "provider": "telegram", "method": "sendMessage", "probability": 0.03, "seed": 4},
    {"kind": "http_500", "provider": "sms", "method": "Messages.create", "probability": 0.03, "seed": 5},
    {"kind": "timeout_after_send", "provider": "sms", "method": "Messages.create", "count": 4, "hang": 20},
    {"kind": "timeout", "provider": "sms", "method": "Messages.create", "count": 2, "hang": 20},
    {"kind": "timeout_after_send", "provider": "telegram", "method": "sendMessage", "count": 3, "hang": 20},
    {"kind": "receipts_double", "probability": 0.3, "seed": 6},
    {"kind": "receipts_shuffled", "probability": 0.3, "seed": 7},
    {"kind": "receipts_late", "probability": 0.1, "seed": 8, "delay": 2.0},
]


@dataclass(frozen=True)
class Resident:
    channel: str
    address: str
    number: int

    @property
    def report(self) -> str:
        return reports.report(self.number)

    @property
    def place(self) -> str:
        return reports.corner(self.number)

    @property
    def answers(self) -> int:
        """The summary and the reference; on Telegram a question that helps comes after it."""
        return 2 if self.channel == "sms" else 3


def residents(count: int) -> list[Resident]:
    """Half of them text, half of them are on Telegram; each reports another matter."""
    return [
        Resident("sms", f"+1424555{n:04d}", n) if n % 2 else Resident("telegram", str(9_000_000 + n), n)
        for n in range(count)
    ]


async def wait_for(stack: Stack, who: Resident, count: int) -> Said:
    def came(said: Said) -> bool:
        return len(said) >= count

    try:
        return await stack.until_said(who.channel, who.address, came, f"answer {count}", PATIENCE)
    except AssertionError:
        raise AssertionError(f"answer {count} never came:\n{_history(stack, who)}") from None


def _history(stack: Stack, who: Resident) -> str:
    """What the database and the worker's log have of one conversation."""
    found = rows(
        stack,
        "SELECT m.id, m.direction, m.state, m.attempts, m.detail, m.error_code, left(m.body, 40), m.provider_id,"
        " m.payload->'provider_ids', m.created_at::time, m.sending_at::time, m.sent_at::time, t.id, t.posted_at::time, t.finished_at::time,"
        " (SELECT string_agg(concat_ws('/', j.status, j.task_name, j.attempts, j.scheduled_at::time), ' ')"
        " FROM procrastinate_jobs j WHERE j.lock LIKE '%%:' || c.id)"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts k ON k.id = c.contact_id"
        " LEFT JOIN turns t ON t.id = m.turn_id WHERE k.address = %s ORDER BY m.id",
        who.address,
    )
    found += rows(
        stack, "SELECT 'set aside', id, channel, reason, received_at::time FROM set_aside ORDER BY id"
    )
    found += rows(
        stack,
        "SELECT 'parked', id, conversation_id, reason, parked_at::time FROM turns WHERE parked_at IS NOT NULL",
    )
    log = (stack.data / "logs" / "worker.log").read_text(errors="replace").splitlines()
    ids = [f"message_id={row[0]} " for row in found]
    ids += [f"turn_id={row[12]} " for row in found if len(row) > 12]
    about = [line for line in log if any(one in line + " " for one in ids)]
    return "\n".join([*map(str, found), *about, *_state_of_everything(stack)])


def _state_of_everything(stack: Stack) -> list[str]:
    """Whether one conversation is stuck or all are, and on what: jobs, sessions of the database, the end of each log."""
    jobs = rows(
        stack,
        "SELECT 'jobs', now()::time, queue_name, status, count(*), max(attempts), min(scheduled_at)::time,"
        " max(scheduled_at)::time FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 3, 4",
    )
    sessions = rows(
        stack,
        "SELECT 'session', pid, state, wait_event_type, wait_event, pg_blocking_pids(pid), (now() - xact_start)::text,"
        " left(query, 100) FROM pg_stat_activity WHERE backend_type = 'client backend' AND xact_start IS NOT NULL",
    )
    running = [f"running: {name} {process.pid}" for name, process in stack.processes().items()]
    ends = [
        f"{log.name}: {line[:240]}"
        for log in sorted((stack.data / "logs").glob("*.log"))
        for line in log.read_text(errors="replace").splitlines()[-12:]
    ]
    supervisor = (stack.data / "up.log").read_text(errors="replace").splitlines()[-30:]
    return [
        *map(str, jobs),
        *map(str, sessions),
        *running,
        *ends,
        *(f"up.log: {line}" for line in supervisor),
    ]


async def report(stack: Stack, who: Resident, gate: asyncio.Semaphore) -> None:
    """The whole conversation: what and where, then the confirmation."""
    async with gate:
        await stack.say(who.channel, who.address, who.report)
        await wait_for(stack, who, 1)
        await stack.say(who.channel, who.address, "1")
        await wait_for(stack, who, who.answers)


POISONS = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'refused' USING ERRCODE = 'numeric_value_out_of_range';
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW
    WHEN (NEW.direction = 'in' AND NEW.body LIKE '%unstorable%') EXECUTE FUNCTION refuse();
CREATE TRIGGER refuse BEFORE INSERT ON service_requests FOR EACH ROW
    WHEN (NEW.description LIKE '%unfileable%') EXECUTE FUNCTION refuse();
"""


def poison_of(who: Resident) -> str:
    """Which one; Telegram recompresses what is sent as a photo, so that a broken one comes by MMS only."""
    kinds = (
        ("unstorable", "unfileable", "broken photo") if who.channel == "sms" else ("unstorable", "unfileable")
    )
    return kinds[who.number // 2 % len(kinds)]


async def poisoned(stack: Stack, who: Resident, gate: asyncio.Semaphore) -> None:
    """A poison first, then a report like everybody's."""
    async with gate:
        match poison_of(who):
            case "unstorable":  # set aside at the door: nobody answers it
                await stack.say(who.channel, who.address, "this is unstorable")
                await stack.say(who.channel, who.address, who.report)
            case "unfileable":  # parked when it is to be filed
                await stack.say(who.channel, who.address, f"{who.report} unfileable")
                await wait_for_words(stack, who, re.escape(who.place))
                await stack.say(who.channel, who.address, "1")
                await wait_for_words(stack, who, "could not deal with")
                await stack.say(who.channel, who.address, "start over")
                await wait_for_words(stack, who, "start over")
                await stack.say(who.channel, who.address, who.report)
            case _:  # a photo that is none: refused with a word, and the report goes on
                response = await stack.http.post(
                    f"{stack.simulator}/simulator/phones/{who.channel}/{who.address}/say",
                    data={"say": json.dumps({"text": who.report})},
                    files=[("files", ("photo.jpg", b"\xff\xd8\xff\xe0 not a photo", "image/jpeg"))],
                )
                response.raise_for_status()
        await wait_for_words(
            stack, who, re.escape(who.place), after="start over" if poison_of(who) == "unfileable" else None
        )
        await stack.say(who.channel, who.address, "1")
        await wait_for_words(stack, who, REFERENCE.pattern)


async def wait_for_words(stack: Stack, who: Resident, pattern: str, after: str | None = None) -> None:
    """Until the city has said something with `pattern` in it, after it said something with `after` in it."""

    def came(said: Said) -> bool:
        texts = [message["text"] or "" for message in said]
        if after is not None:
            begin = next((n for n, words in enumerate(texts) if after in words), len(texts))
            texts = texts[begin + 1 :]
        return any(re.search(pattern, words) for words in texts)

    try:
        await stack.until_said(who.channel, who.address, came, pattern, PATIENCE)
    except AssertionError:
        raise AssertionError(f"{pattern!r} never came:\n{_history(stack, who)}") from None


async def havoc(stack: Stack, stop: asyncio.Event) -> Counter[str]:
    """Kill one thing after the other, each once the last is back and some residents were answered, until told to stop."""
    killed: Counter[str] = Counter()
    chance = exploring.chance(311)
    for name in itertools.cycle(KILL_ORDER):
        if stop.is_set():
            return killed
        if name == "database":
            _kill_database(stack)
        else:
            pid = stack.kill(name)
            await stack.until_restarted(name, pid)
        killed[name] += 1
        # A provider repeats a webhook for some seconds only, and a worker that is killed while it starts does
        # nothing: what is tested is dying at work. By the clock alone, a machine that is slow enough would never answer.
        await eventually(lambda: _answers(stack), f"everything answers after {name} died", PATIENCE)
        await _until_answered(stack, stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), chance.uniform(0.3, 2.0))
    raise AssertionError("the cycle of deaths has no end")


async def _answers(stack: Stack) -> bool:
    try:
        return (await stack.http.get(f"{stack.web}/ready")).status_code == 200
    except httpx.HTTPError:
        return False


async def _until_answered(stack: Stack, stop: asyncio.Event) -> None:
    """Until some more messages have gone out, or all is said."""
    enough, end = _sent(stack) + ANSWERS_BETWEEN_DEATHS, time.monotonic() + PATIENCE
    while _sent(stack) < enough and not stop.is_set():
        if time.monotonic() > end:
            raise AssertionError("everything is back, and nobody is answered")
        await asyncio.sleep(0.5)


def _sent(stack: Stack) -> int:
    """How many messages have gone out."""
    query = "SELECT count(*) FROM messages WHERE direction = 'out' AND sent_at IS NOT NULL"
    return int(rows(stack, query)[0][0])


def _kill_database(stack: Stack) -> None:
    pid = int((stack.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)  # an immediate shutdown: as after a crash, it recovers from its log


def rows(stack: Stack, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


async def test_every_confirmation_files_once_and_every_reply_comes_once_and_in_order() -> None:
    async with running_stack() as stack:
        for fault in FAULTS:
            (await stack.http.post(f"{stack.simulator}/simulator/faults", json=fault)).raise_for_status()
        everybody = residents(CONVERSATIONS + CONVERSATIONS // 10)
        people, with_poison = everybody[:CONVERSATIONS], everybody[CONVERSATIONS:]
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute(POISONS)
        gate, stop = asyncio.Semaphore(AT_ONCE), asyncio.Event()
        wrecking = asyncio.create_task(havoc(stack, stop))
        try:
            await asyncio.gather(
                *(report(stack, who, gate) for who in people),
                *(poisoned(stack, who, gate) for who in with_poison),
            )
        finally:
            stop.set()
            killed = await wrecking
        await stack.http.delete(f"{stack.simulator}/simulator/faults")
        await eventually(lambda: not _under_way(stack), "nothing is stuck", PATIENCE)
        print(f"{CONVERSATIONS} conversations, {len(with_poison)} with a poison; killed: {dict(killed)}")

        for who in people:
            said = [m["text"] for m in await stack.from_city(who.channel, who.address)]
            assert len(said) == who.answers, (who, said)
            assert who.place in said[0], said
            assert REFERENCE.search(said[1]), said
        filed = Counter(row[0] for row in rows(stack, "SELECT conversation_id FROM service_requests"))
        assert len(filed) == len(everybody)
        assert set(filed.values()) == {1}
        texts = dict(
            rows(
                stack,
                "SELECT k.address, count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id "
                "JOIN contacts k ON k.id = c.contact_id WHERE m.direction = 'in' GROUP BY 1",
            )
        )
        assert {texts[who.address] for who in people} == {2}
        parked = sum(poison_of(who) == "unfileable" for who in with_poison)
        assert rows(stack, "SELECT count(*) FROM turns WHERE parked_at IS NOT NULL") == [(parked,)]
        unstorable = sum(poison_of(who) == "unstorable" for who in with_poison)
        # Once for each time it was posted: the database refused it, so that nothing knows it is the same.
        assert rows(stack, "SELECT count(*) >= %s FROM set_aside", unstorable) == [(True,)]


def _under_way(stack: Stack) -> bool:
    try:
        waiting = rows(
            stack,
            "SELECT 1 FROM messages WHERE state IN ('received', 'queued', 'sending')"
            " UNION ALL SELECT 1 FROM turns WHERE finished_at IS NULL"
            " UNION ALL SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') LIMIT 1",
        )
    except psycopg.OperationalError:
        return True  # it is just starting again
    return bool(waiting)
