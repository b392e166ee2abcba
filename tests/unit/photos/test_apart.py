"""Decoding in a process of its own: the same photo, the same refusals, and limits that hold."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from zoneinfo import ZoneInfo

import pytest

from bot.photos import apart
from bot.photos.apart import DecodingStalledError, take_in_apart, take_in_now
from bot.photos.intake import PhotoRefused, Refusal, take_in
from tests import photos

ZONE = ZoneInfo("America/Los_Angeles")


async def test_a_photo_taken_in_apart_is_the_same_photo() -> None:
    content = photos.jpeg(position=photos.SANTA_MONICA)
    assert await take_in_apart(content, local_zone=ZONE) == take_in(content, local_zone=ZONE)


async def test_the_clock_of_a_camera_without_an_offset_is_read_by_the_city_s_zone_there_too() -> None:
    data = photos.exif()
    data.get_ifd(0x8769)[0x9003] = "2026:07:04 12:00:00"
    content = photos.with_exif("JPEG", data.tobytes())
    taken = await take_in_apart(content, local_zone=ZONE)
    assert taken.taken_at is not None
    assert taken == take_in(content, local_zone=ZONE)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n", Refusal.NOT_AN_IMAGE),
        (photos.gif(), Refusal.UNSUPPORTED_FORMAT),
        (photos.truncated(photos.jpeg()), Refusal.BROKEN),
        (photos.flat_png(9248, 6936), Refusal.TOO_MANY_PIXELS),
    ],
)
async def test_a_refusal_keeps_its_reason(content: bytes, reason: Refusal) -> None:
    with pytest.raises(PhotoRefused) as refused:
        await take_in_apart(content)
    assert refused.value.reason is reason


async def test_many_photos_at_once_are_decoded_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def counted(content: bytes, local_zone: object) -> bytes:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        try:
            return content
        finally:
            with guard:
                running -= 1

    monkeypatch.setattr(apart, "take_in_now", counted)
    await asyncio.gather(*(take_in_apart(b"x") for _ in range(50)))
    assert most == 1


def confined(code: str) -> subprocess.CompletedProcess[bytes]:
    program = f"from bot.photos.decoder import confine\nconfine()\n{code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)


def test_the_process_reads_neither_database_nor_network() -> None:
    """One is started for every photo, and would read them for longer than the photo."""
    read = (
        confined("import sys; print(*{name.split('.')[0] for name in sys.modules})").stdout.decode().split()
    )
    assert "PIL" in read
    assert not {"sqlalchemy", "psycopg", "httpx", "structlog", "pydantic", "numpy"} & set(read)


def test_the_process_gets_no_more_memory_than_its_limit() -> None:
    assert confined("bytearray(200 << 20)").returncode == 0
    assert b"MemoryError" in confined("bytearray(640 << 20)").stderr


def test_a_decoder_that_never_ends_is_ended_and_its_photo_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = confined("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 5))\nwhile True: pass")
    assert ended.returncode == -signal.SIGXCPU
    with pytest.raises(PhotoRefused) as refused:
        apart._answer(ended.returncode, b"")
    assert refused.value.reason is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("code", [-signal.SIGSEGV, -signal.SIGABRT, 1])
def test_a_decoder_that_crashes_costs_the_photo_and_nothing_else(code: int) -> None:
    with pytest.raises(PhotoRefused) as refused:
        apart._answer(code, b"")
    assert refused.value.reason is Refusal.BROKEN


def test_a_process_that_is_killed_or_cannot_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DecodingStalledError):
        apart._answer(-signal.SIGKILL, b"")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DecodingStalledError):
        take_in_now(photos.jpeg())


def test_no_secret_of_ours_gets_into_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[bytes]:
        seen.update(env)
        return subprocess.CompletedProcess(command, 0, b'{"refused": "broken"}\n')

    monkeypatch.setitem(os.environ, "TWILIO_AUTH_TOKEN", "secret")
    monkeypatch.setattr(apart.subprocess, "run", run)
    with pytest.raises(PhotoRefused):
        take_in_now(b"x")
    assert "PATH" in seen
    assert "TWILIO_AUTH_TOKEN" not in seen
