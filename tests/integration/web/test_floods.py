"""Floods of what anybody may ask for hold up no webhook: they have few connections, a line with an end, and a slow thread."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter

import pytest

from bot.cases.hashing import NICENESS, hash_password, matches
from bot.db.session import engine
from bot.web.console import login
from bot.web.slots import Slots
from tests.console import PASSWORD, Browser, a_conversation, fresh_client

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


@pytest.mark.parametrize(
    ("first", "path"), [("/m/aaaaaaaaaa", "/m/{:010d}/place?lat=1&lon=1"), ("/w/a", "/w/{:022d}/photos/1")]
)
async def test_a_flood_of_wrong_tokens_leaves_the_connections_to_the_webhooks(first: str, path: str) -> None:
    most = 0
    flooding = True

    async def watch() -> None:
        nonlocal most
        while flooding:
            most = max(most, engine().pool.checkedout())  # type: ignore[attr-defined]
            await asyncio.sleep(0)

    async with fresh_client() as client:
        await client.get(first)
        watching = asyncio.create_task(watch())
        flood = [asyncio.create_task(client.get(path.format(number))) for number in range(300)]
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*flood))
        flooding = False
        await watching
    assert most <= 4
    assert set(statuses) == {404, 429}
    assert statuses[429] >= 200  # turned away at once, with the time to come back
    assert await a_conversation()  # and a resident's text is stored as ever


async def test_a_flood_of_logins_is_turned_away_and_a_known_browser_has_its_own_line(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await browser.log_in("maria")).status_code == 303
    del browser.client.cookies["cityline_session"]
    full = Slots(at_once=0, in_line=0, of_one_place=0)  # as it is when the flood has filled it
    monkeypatch.setattr(login, "_for_strangers", full)
    async with fresh_client() as client:
        answer = await Browser(client).log_in("maria")
    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert "try again in a few seconds" in answer.text
    assert (await browser.log_in("maria")).status_code == 303


@pytest.mark.usefixtures("costly_passwords")
async def test_many_logins_at_once_hash_one_at_a_time_in_a_thread_that_gives_way(browser: Browser) -> None:
    hashed = await hash_password(PASSWORD)
    assert all(await asyncio.gather(*(matches(hashed, PASSWORD) for _ in range(6))))
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("passwords")]
    assert len(threads) == 1
    if sys.platform == "linux":
        assert os.getpriority(os.PRIO_PROCESS, threads[0].native_id or 0) >= NICENESS
