"""Hashing passwords, which is costly on purpose: one at a time, in a thread that gives way to everything else."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

log = structlog.get_logger(__name__)

# argon2-cffi's defaults are RFC 9106's low-memory profile. Looked up at each use: tests of anything else hash cheaply.
hasher = PasswordHasher()
NICENESS = 10


def _give_way() -> None:
    """On Linux a thread has a priority of its own, and argon2's threads inherit it: a flood of logins delays no webhook."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


_thread = ThreadPoolExecutor(1, thread_name_prefix="passwords", initializer=_give_way)


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_thread, hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is that of the hash. None, for a name nobody has, takes as long."""
    return await asyncio.get_running_loop().run_in_executor(_thread, _verify, password_hash, password)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError):
        log.error("login.broken_hash")
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hasher.hash(secrets.token_urlsafe(32))
