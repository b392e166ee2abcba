"""Telegram without a public address: updates are asked for, and none is lost, or taken twice, whatever stands among them and who dies."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Any

import httpx
import psycopg
import pytest

from tests import reports
from tests.journeys.stack import Said, Stack, eventually, running_stack
from tests.journeys.test_main_job import REFERENCE, cityline, send_photo
from tests.journeys.test_nothing_lost import POISONS
from tests.photos import jpeg

pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(900)]

PATIENCE = 120.0  # seconds for one answer: it may have to outlive the poller
PEOPLE = 6
POISONED = 2  # of them; what they send first cannot be stored


def rows(stack: Stack, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


async def until_texts(stack: Stack, chat: str, count: int) -> Said:
    return await stack.until_said(
        "telegram", chat, lambda said: len(said) >= count, f"message {count} for {chat}", PATIENCE
    )


async def until_words(stack: Stack, chat: str, pattern: str) -> Said:
    """A photo that a busy machine brings in late is told of in a text of its own, before or after."""
    return await stack.until_said(
        "telegram",
        chat,
        lambda said: any(re.search(pattern, one["text"]) for one in said),
        f"{pattern} for {chat}",
        PATIENCE,
    )


async def waiting_updates(stack: Stack) -> int:
    health = (await stack.http.get(f"{stack.simulator}/simulator/health")).json()
    return int(health["telegram_pending_updates"])


def polls_begun(stack: Stack) -> int:
    return (stack.data / "logs" / "worker.log").read_text(errors="replace").count("telegram.polling ")


async def report(stack: Stack, chat: str, number: int, gate: asyncio.Event) -> None:
    """A photo with words, the button that sends it, and a word of thanks; the poisoned say something else first."""
    if number < POISONED:
        await stack.say("telegram", chat, "this is unstorable")
    await send_photo(stack, "telegram", chat, reports.report(number), jpeg(shade=20 * number))
    await until_words(stack, chat, re.escape(reports.corner(number)))
    await gate.wait()
    await stack.say("telegram", chat, button="Send it")
    await until_words(stack, chat, REFERENCE.pattern)


async def test_a_report_over_polling_outlives_a_poison_and_the_death_of_the_poller() -> None:
    async with running_stack(TELEGRAM_MODE="polling") as stack:
        await eventually(lambda: polls_begun(stack) == 1, "the worker polls")
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute(POISONS)
        chats = [str(800_000 + number) for number in range(PEOPLE)]
        gate = asyncio.Event()
        everybody = asyncio.gather(*(report(stack, chat, number, gate) for number, chat in enumerate(chats)))
        try:
            await asyncio.gather(*(until_texts(stack, chat, 1) for chat in chats))
            # All press at once, and whoever asks for these updates dies over them.
            gate.set()
            pressed = "SELECT 1 FROM messages WHERE kind = 'button'"
            await eventually(lambda: rows(stack, pressed), "the first of them is stored")
            killed = stack.kill("worker")
            await stack.until_restarted("worker", killed)
            await everybody
        finally:
            everybody.cancel()
            with contextlib.suppress(asyncio.CancelledError, AssertionError, httpx.HTTPError):
                await everybody
        await eventually(lambda: polls_begun(stack) == 2, "the next worker polls")
        await eventually(lambda: _none_waits(stack), "every update is acknowledged, the poison, too")

        assert rows(stack, "SELECT channel FROM set_aside") == [("telegram",)] * POISONED
        filed = rows(
            stack,
            "SELECT k.address, count(*) FROM service_requests r JOIN conversations c ON c.id = r.conversation_id"
            " JOIN contacts k ON k.id = c.contact_id GROUP BY 1",
        )
        assert dict(filed) == dict.fromkeys(chats, 1)
        came = rows(
            stack,
            "SELECT k.address, count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id"
            " JOIN contacts k ON k.id = c.contact_id WHERE m.direction = 'in' GROUP BY 1",
        )
        assert dict(came) == dict.fromkeys(chats, 2), "the report and the button, each once"
        for number, chat in enumerate(chats):
            said = [one["text"] for one in await stack.from_city("telegram", chat)]
            assert len(said) == len(set(said)), (number, said)
            assert len({found.group() for text in said if (found := REFERENCE.search(text))}) == 1, (
                number,
                said,
            )
        photos = "SELECT request_id FROM request_photos"
        await eventually(lambda: len(rows(stack, photos)) == PEOPLE, "every photo is there")
        assert len(set(rows(stack, photos))) == PEOPLE

        # And the way out: an update of staff, and the answer to it by a button.
        (reference,) = {
            found.group()
            for one in await stack.from_city("telegram", chats[-1])
            if (found := REFERENCE.search(one["text"]))
        }
        seen = len(await stack.from_city("telegram", chats[-1]))
        cityline(stack, "request", "update", reference, "--status", "resolved", "--public", "All done.")
        asked = await stack.until_said(
            "telegram",
            chats[-1],
            lambda said: "Is it fixed" in said[-1]["text"] and len(said) > seen,
            "the update",
        )
        await stack.say("telegram", chats[-1], button="Not fixed")
        await until_texts(stack, chats[-1], len(asked) + 1)
        await eventually(
            lambda: cityline(stack, "request", "show", reference)["status"] == "open", "it is opened again"
        )


async def _none_waits(stack: Stack) -> bool:
    return await waiting_updates(stack) == 0
