"""Ports of the loopback that nobody takes between their choice and their use."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import tempfile
from pathlib import Path
from typing import IO

# Below what Linux gives to outgoing connections (32768 and above), any of which could sit down on one of ours.
FIRST, END = 20_000, 32_000
BLOCK = 10

_leases: list[IO[bytes]] = []


def free_ports(count: int) -> int:
    """The first of `count` (at most 10) consecutive free ports.

    They are this process's until it ends, also before anything listens there: a second test run beside this one
    is given others.
    """
    if count > BLOCK:
        raise ValueError(f"at most {BLOCK} ports at once")
    leases = Path(tempfile.gettempdir()) / "cityline-test-ports"
    leases.mkdir(exist_ok=True)
    for first in range(FIRST, END, BLOCK):
        lease = (leases / str(first)).open("ab")
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lease.close()
            continue
        if all(map(_free, range(first, first + count))):
            _leases.append(lease)  # the lock goes with the file, and the file with the process
            return first
        lease.close()
    raise RuntimeError("no free ports")


def _free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as sock:
        # As servers bind: a connection of the last run that is still winding down takes nothing away.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
