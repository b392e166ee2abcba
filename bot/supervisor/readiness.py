"""Waiting until a process answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from bot.certificates import believed

INTERVAL = 0.1  # seconds between two questions


class NotReadyError(Exception):
    """A process did not come to answer; the message names it."""


async def wait_until_ready(
    name: str, url: str, patience: float, failed: Callable[[], bool] = lambda: False
) -> float:
    """Ask `url` until it answers 200; gives the seconds it took.

    Raises `NotReadyError` after `patience` seconds, or as soon as `failed()` is true.
    """
    began = time.monotonic()
    # trust_env=False: a proxy of the machine has no business with loopback.
    async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=believed()) as client:
        while True:
            try:
                if (await client.get(url)).status_code == 200:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass  # not there yet
            if failed():
                raise NotReadyError(f"The {name} process does not start.")
            if time.monotonic() - began > patience:
                raise NotReadyError(f"The {name} process did not answer within {patience:.0f} seconds.")
            await asyncio.sleep(INTERVAL)
