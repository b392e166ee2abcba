"""Taking a photo in within a process of its own, which may take so much memory and time and no more.

What a decoder takes depends on bytes that a stranger chose. In a process of its own it can take it from nobody: a
file that wants more memory or time than any photo needs is refused, one that makes a decoder crash is refused, and
what was used is given back when the process ends (`decoder.py`). One photo at a time in each of our processes: two cores decode
two photos no sooner than one after the other, but in twice the memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.failures import FailureKind
from bot.photos.intake import PhotoRefused, Refusal, TakenPhoto

# Seconds for all of it on a machine that is busy with other things. Later it may go faster, so that is no refusal.
PATIENCE = 120.0
# What a Python needs to find its libraries. Secrets are none of the decoders' business.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "TZ", "TZDIR", "SYSTEMROOT")

# Nothing in it does that: the system needed the memory, or somebody stopped it.
_STOPPED = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)

log = structlog.get_logger(__name__)

_slot = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photo")


class DecodingStalledError(RuntimeError):
    """The process for a photo could not be started or did not end: the machine is overloaded. Try again later."""

    failure = FailureKind.TRANSIENT


async def take_in_apart(content: bytes, *, local_zone: ZoneInfo | None = None) -> TakenPhoto:
    """As `intake.take_in`, in a process of its own, when it is this photo's turn.

    Raises PhotoRefused, or DecodingStalledError, after which it may be tried again.
    """
    return await asyncio.get_running_loop().run_in_executor(_slot, take_in_now, content, local_zone)


def take_in_now(content: bytes, local_zone: ZoneInfo | None = None) -> TakenPhoto:
    """The same for callers that may wait and have one photo only."""
    command = [sys.executable, "-m", "bot.photos.decoder", *([local_zone.key] if local_zone else [])]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # A thread's own heap reserves 64 MB of addresses, whether or not it uses them.
    environment["MALLOC_ARENA_MAX"] = "1"
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DecodingStalledError(type(error).__name__) from None
    return _answer(done.returncode, done.stdout)


def _answer(code: int, output: bytes) -> TakenPhoto:
    header, _, pictures = output.partition(b"\n")
    if code in _STOPPED:
        raise DecodingStalledError("stopped from outside")
    if code == -signal.SIGXCPU:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
    if code != 0 or not header:
        log.warning("photo.decoder_crashed", code=code)
        raise PhotoRefused(Refusal.BROKEN)
    told: dict[str, Any] = json.loads(header)
    if reason := told.get("refused"):
        raise PhotoRefused(Refusal(reason))
    size = told.pop("size_of_full")
    taken_at = told.pop("taken_at")
    return TakenPhoto(
        full=pictures[:size],
        thumbnail=pictures[size:],
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        **told,
    )
