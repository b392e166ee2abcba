"""The process that takes in one photo: the file on its input, what became of it on its output (see `apart.py`).

There is one for every photo, so it reads as little code as it can: beside the decoders nothing of ours or of others'. With the
errors of database and network that `bot.failures` knows, its start took longer than most photos.
"""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict
from typing import BinaryIO
from zoneinfo import ZoneInfo

from bot.photos.intake import PhotoRefused, Refusal, take_in

# Bytes of address space. The largest photos that `decode` lets through take 540 MB (50 megapixels of a PNG with
# transparency, a progressive JPEG of 64), of which a Python with its libraries is 60.
MAX_MEMORY = 640 * 1024 * 1024
# Seconds of processor time: the slowest photo (50 megapixels of HEIC) took 5.2 on a slow machine.
MAX_CPU = 20


def confine() -> None:
    """Limit this process. Where the system knows no such limit, those by pixels hold alone."""
    import resource

    for limit, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_CPU)):
        with contextlib.suppress(ValueError, OSError):
            # The soft limit ends it by SIGXCPU, which tells us why; the hard one is for a decoder that holds out.
            resource.setrlimit(limit, (most, most + 5))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not leave the photo on the disk


def _work(source: BinaryIO, sink: BinaryIO, zone: str | None) -> None:
    try:
        photo = take_in(source.read(), local_zone=ZoneInfo(zone) if zone else None)
    except PhotoRefused as refusal:
        sink.write(json.dumps({"refused": refusal.reason}).encode() + b"\n")
        return
    except MemoryError:
        sink.write(json.dumps({"refused": Refusal.TOO_MANY_PIXELS}).encode() + b"\n")
        return
    told = asdict(photo) | {
        "size_of_full": photo.size,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
    }
    del told["full"], told["thumbnail"]
    sink.write(json.dumps(told).encode() + b"\n" + photo.full + photo.thumbnail)


if __name__ == "__main__":
    confine()
    _work(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1] if len(sys.argv) > 1 else None)
