"""How long whoever fails to log in has to wait: counted for the account and place together, and for each alone.

A stranger who guesses makes their own place wait, and with many places every stranger to this account; never a browser that has
logged in before, which is counted by itself (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). Names nobody has
are counted like others, so that waiting tells nothing about who has an account.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import LoginThrottle, Staff
from bot.settings import secret_key, settings

FREE_TRIES = 5  # failures of one place at one account, or of one known browser, before the first wait
FREE_TRIES_TOGETHER = 25  # of all strangers at one account, and of one place at all accounts
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
# All strangers to an account wait together, a clerk with a new computer among them: not for long.
LONGEST_WAIT_TOGETHER = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)  # without a failure


@dataclass(frozen=True, slots=True)
class Bucket:
    """One thing that is counted."""

    key: bytes
    free: int
    longest: timedelta
    personal: bool  # ends with a login that succeeds
    of_account: bool = True  # and not of a place at all accounts


@dataclass(frozen=True, slots=True)
class Throttled:
    """What staff are told of an account."""

    failures: int
    waits_until: datetime | None  # of the longest wait


def buckets(username: str, place: str, device: str | None) -> tuple[Bucket, ...]:
    """What one try counts for. `place`: a network address; `device`: of a browser that has logged in here before."""
    if device is not None:
        return (Bucket(_key("device", username, device), FREE_TRIES, LONGEST_WAIT, True),)
    network = _network(place)
    return (
        Bucket(_key("both", username, network), FREE_TRIES, LONGEST_WAIT, True),
        Bucket(_key("account", username), FREE_TRIES_TOGETHER, LONGEST_WAIT_TOGETHER, False),
        Bucket(_key("place", network), FREE_TRIES_TOGETHER, LONGEST_WAIT, False, of_account=False),
    )


async def waits_until(session: AsyncSession, counted: Sequence[Bucket], now: datetime) -> datetime | None:
    """Until when such a try is refused, unread; None: it may be made."""
    found: datetime | None = await session.scalar(
        select(func.max(LoginThrottle.waits_until)).where(
            LoginThrottle.bucket.in_([bucket.key for bucket in counted]), LoginThrottle.waits_until > now
        )
    )
    return found


async def count_failure(
    session: AsyncSession, counted: Sequence[Bucket], staff_id: int | None, now: datetime
) -> datetime | None:
    """Count a failed try; gives until when the next one has to wait."""
    ends = []
    for bucket in sorted(counted, key=lambda each: each.key):  # always in one order: no deadlock
        fresh = insert(LoginThrottle).values(
            bucket=bucket.key, staff_id=staff_id if bucket.of_account else None, failures=1, last_at=now
        )
        lapsed = LoginThrottle.last_at < now - FORGOTTEN_AFTER
        failures = await session.scalar(
            fresh.on_conflict_do_update(
                index_elements=["bucket"],
                set_={
                    "failures": case((lapsed, 1), else_=LoginThrottle.failures + 1),
                    "last_at": now,
                },
            ).returning(LoginThrottle.failures)
        )
        if wait := wait_after(failures or 1, bucket):
            ends.append(now + wait)
            await session.execute(
                update(LoginThrottle).where(LoginThrottle.bucket == bucket.key).values(waits_until=now + wait)
            )
    return max(ends, default=None)


async def forget_failures(session: AsyncSession, counted: Sequence[Bucket]) -> None:
    """A login succeeded: this place, or this browser, begins anew."""
    keys = [bucket.key for bucket in counted if bucket.personal]
    await session.execute(delete(LoginThrottle).where(LoginThrottle.bucket.in_(keys)))


async def lift(session: AsyncSession, staff_id: int) -> None:
    """Nobody waits any more to log in to this account."""
    await session.execute(delete(LoginThrottle).where(LoginThrottle.staff_id == staff_id))


async def throttled_accounts(session: AsyncSession, now: datetime) -> dict[str, Throttled]:
    """By username: accounts at which somebody failed lately."""
    rows = await session.execute(
        # A stranger's failure counts for the account and for account and place: the larger number is the account's.
        select(Staff.username, func.max(LoginThrottle.failures), func.max(LoginThrottle.waits_until))
        .join(Staff, Staff.id == LoginThrottle.staff_id)
        .where(LoginThrottle.last_at >= now - FORGOTTEN_AFTER)
        .group_by(Staff.username)
    )
    return {
        username: Throttled(int(failures), until if until and until > now else None)
        for username, failures, until in rows
    }


def wait_after(failures: int, bucket: Bucket) -> timedelta:
    """Nothing for the free tries, then 30 s, doubling to the longest wait."""
    if failures < bucket.free:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(failures - bucket.free, 16)), bucket.longest)


def _key(*parts: str) -> bytes:
    """Keyed: whoever reads the table cannot try all addresses."""
    text = "\x00".join(("login-throttle", *parts)).encode("utf-8", "replace")
    return hmac.new(secret_key(settings()).encode(), text, hashlib.sha256).digest()


def _network(place: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(place)
    except ValueError:
        return place
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
