"""Keys of other systems: made at the command line, shown once, kept as a hash, counted in each minute, revoked for good."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.db.tables import ApiKey

PREFIX = "cl_"  # so that scanners of repositories and logs know one
PER_MINUTE = 60
MOST_PER_MINUTE = 6_000
AUTHOR = "open311:"  # how the author of an entry begins, where it came by a key; its name follows

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?")
# A host, a domain and all below it (".example.org"), or a host with its port, which may be http.
_HOST = re.compile(r"\.?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?")
_MOST_SENT = 200  # characters of what is sent as a key
_MINUTE = timedelta(minutes=1)


class Right(StrEnum):
    FILE = "file"  # file requests
    UPDATE = "update"  # pass on what is said of the requests that it filed


class KeyNameError(ValueError):
    """A name has 1 to 40 letters, digits, blanks, dots and dashes, and is the name of no other key."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class KeyTermsError(ValueError):
    """A right, a host or a number of uses that cannot be; the message says which."""


class UnknownKeyError(LookupError):
    """There is no such key, or it was revoked."""


class UsedTooOftenError(Exception):
    """The key was used as often as it may be in this minute. `seconds`: until the next one."""

    def __init__(self, seconds: int) -> None:
        super().__init__("used too often")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Terms:
    """What a key may do."""

    rights: frozenset[Right] = frozenset({Right.FILE})
    media_hosts: tuple[str, ...] = ()  # where photos of its requests are fetched; (): nowhere
    per_minute: int = PER_MINUTE  # uses
    shown: bool = (
        False  # what it files is put on show from the start: where it came from everybody reads it, too
    )

    def checked(self) -> Terms:
        """These terms. Raises `KeyTermsError`."""
        if not 1 <= self.per_minute <= MOST_PER_MINUTE:
            raise KeyTermsError(f"A key is used 1 to {MOST_PER_MINUTE} times a minute.")
        for host in self.media_hosts:
            if not _HOST.fullmatch(host) or ("." not in host and ":" not in host):
                raise KeyTermsError(
                    f"{host!r} is no host: write photos.example.org, .example.org for all below it, or 127.0.0.1:8080."
                )
        return self


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is known; its secret is not."""

    id: int
    name: str
    terms: Terms
    created_at: datetime
    created_by: str
    used_at: datetime | None  # to the minute
    revoked_at: datetime | None

    @property
    def author(self) -> str:
        """How histories and the audit trail name who came by it."""
        return f"{AUTHOR}{self.name}"

    def may(self, right: Right) -> bool:
        return right in self.terms.rights


async def add_key(session: AsyncSession, name: str, terms: Terms, *, actor: str, now: datetime) -> str:
    """Make a key and give its secret, which nobody can read again. Raises `KeyNameError`, `KeyTermsError`."""
    name, terms = " ".join(name.split()), terms.checked()
    taken = await session.scalar(select(ApiKey.id).where(ApiKey.name == name))
    if not _NAME.fullmatch(name) or taken is not None:
        raise KeyNameError
    secret = _new_secret()
    session.add(
        ApiKey(
            name=name,
            secret_hash=_hashed(secret),
            rights=sorted(terms.rights),
            media_hosts=list(terms.media_hosts),
            per_minute=terms.per_minute,
            shown=terms.shown,
            created_by=actor,
            created_at=now,
        )
    )
    record(session, actor, "api_key.added", "api_key", name, rights=sorted(terms.rights))
    return secret


async def renew_key(session: AsyncSession, name: str, *, actor: str) -> str:
    """Give a key another secret; the one before opens nothing from now on. Raises `UnknownKeyError`."""
    row = await _named(session, name)
    secret = _new_secret()
    row.secret_hash = _hashed(secret)
    record(session, actor, "api_key.renewed", "api_key", row.name)
    return secret


async def revoke_key(session: AsyncSession, name: str, *, actor: str, now: datetime) -> None:
    """End a key for good; what came by it stays, under its name. Raises `UnknownKeyError`."""
    row = await _named(session, name)
    row.revoked_at = now
    record(session, actor, "api_key.revoked", "api_key", row.name)


async def list_keys(session: AsyncSession) -> list[Key]:
    """All keys, the revoked ones included, in the order of their making."""
    return [_key_of(row) for row in await session.scalars(select(ApiKey).order_by(ApiKey.id))]


async def use_key(session: AsyncSession, secret: str, now: datetime) -> Key:
    """The key of this secret, one use counted. `now` is aware.

    Raises `UnknownKeyError` or `UsedTooOftenError`. The count is one statement, so it holds for all web processes together.
    """
    if not secret.startswith(PREFIX) or len(secret) > _MOST_SENT:
        raise UnknownKeyError
    minute = now.replace(second=0, microsecond=0)
    row = await session.scalar(
        update(ApiKey)
        .where(ApiKey.secret_hash == _hashed(secret), ApiKey.revoked_at.is_(None))
        .values(minute=minute, used=case((ApiKey.minute == minute, ApiKey.used + 1), else_=1))
        .returning(ApiKey)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownKeyError
    if row.used > row.per_minute:
        raise UsedTooOftenError(max(1, round((minute + _MINUTE - now).total_seconds())))
    return _key_of(row)


async def names_of_keys(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """Id → name, of these keys."""
    rows = await session.execute(select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


async def _named(session: AsyncSession, name: str) -> ApiKey:
    row = await session.scalar(
        select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None)).with_for_update()
    )
    if row is None:
        raise UnknownKeyError(f"There is no key {name!r} in use.")
    return row


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _hashed(secret: str) -> bytes:
    # 256 random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def _key_of(row: ApiKey) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        terms=Terms(frozenset(map(Right, row.rights)), tuple(row.media_hosts), row.per_minute, row.shown),
        created_at=row.created_at,
        created_by=row.created_by,
        used_at=row.minute,
        revoked_at=row.revoked_at,
    )
