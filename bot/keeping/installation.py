"""What all machines of one city must have in common, checked when a process starts.

A second machine with another secret would sign links that the first refuses; one with a photo folder of its own would show holes
where the photos of the others are. Neither fails at once, so both are found here: a fingerprint of the secret, and an id written
into the photo store, are kept in the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.db.session import transaction
from bot.db.tables import Installation
from bot.photos.store import PhotoStore
from bot.settings import Settings, secret_key

log = structlog.get_logger(__name__)

_LOCK = 311_000_008  # two machines that start for the first time at the same moment go one after the other


class Shared(StrEnum):
    """What is shared, as the command line names it."""

    SECRET = "secret"  # noqa: S105 - a name
    PHOTOS = "photos"


class OtherSecretError(Exception):
    """This machine has another secret than the city's database was first used with."""

    def __init__(self) -> None:
        super().__init__(
            "CITYLINE_SECRET is not the one this database is used with. Copy CITYLINE_SECRET from another machine "
            "(or the file secret.key in its data folder). If it was changed on purpose: cityline installation adopt secret"
        )


class OtherPhotoStoreError(Exception):
    """This machine keeps photos elsewhere than the others."""

    def __init__(self) -> None:
        super().__init__(
            "CITYLINE_PHOTO_STORE is not the store this database is used with: its photos would be missing there. Copy "
            "CITYLINE_PHOTO_STORE from another machine, or mount what it names. If the photos were moved on purpose: "
            "cityline installation adopt photos"
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a look at one matter found. `known`: False as long as no process has started with this database."""

    agrees: bool
    known: bool


def fingerprint(secret: str) -> str:
    """Tells one secret from another and nothing else: secrets have 32 characters or more, so there is nothing to guess."""
    return hmac.new(secret.encode(), b"cityline.installation", hashlib.sha256).hexdigest()


async def confirm_installation(config: Settings) -> None:
    """Record the secret's fingerprint and the photo store's id, or compare them with what is recorded.

    Raises `OtherSecretError` or `OtherPhotoStoreError`. A store that cannot be reached is no reason not to start: what residents
    say is taken, their photos wait.
    """
    store = PhotoStore(config.photo_store_url)
    mark, reached = None, True
    try:  # before the transaction: others wait for its lock, and a store may be slow
        mark = await asyncio.to_thread(store.read_mark)
    except Exception as error:
        reached = False
        log.warning("installation.photo_store_unreachable", error=type(error).__name__)
    async with transaction() as session:
        row = await _row(session)
        mine = fingerprint(secret_key(config))
        if row.secret_fingerprint is None:
            row.secret_fingerprint = mine
        elif not hmac.compare_digest(row.secret_fingerprint, mine):
            raise OtherSecretError
        if not reached or (mark is not None and mark == row.photo_store_id):
            return
        try:
            await _confirm_store(row, store)
        except OtherPhotoStoreError:
            raise
        except Exception as error:
            log.warning("installation.photo_store_unreachable", error=type(error).__name__)


async def _confirm_store(row: Installation, store: PhotoStore) -> None:
    """Under the lock: another machine may have marked the store in this moment."""
    mark = await asyncio.to_thread(store.read_mark)
    if row.photo_store_id is None:
        row.photo_store_id = mark or await _mark(store)
    elif mark != row.photo_store_id:
        raise OtherPhotoStoreError


async def _mark(store: PhotoStore) -> str:
    mark = uuid.uuid4().hex
    await asyncio.to_thread(store.write_mark, mark)
    return mark


async def look(session: AsyncSession, config: Settings, what: Shared) -> Agreement:
    """The same comparison, recording nothing. Raises what the photo store raises."""
    row = await session.scalar(select(Installation))
    if what is Shared.SECRET:
        kept = row.secret_fingerprint if row else None
        return Agreement(kept in (None, fingerprint(secret_key(config))), kept is not None)
    kept = row.photo_store_id if row else None
    if kept is None:
        return Agreement(True, False)
    mark = await asyncio.to_thread(PhotoStore(config.photo_store_url).read_mark)
    return Agreement(mark == kept, True)


async def adopt(session: AsyncSession, config: Settings, what: Shared, *, actor: str) -> None:
    """From now on what this machine has is what all must have. Raises what the photo store raises."""
    row = await _row(session)
    if what is Shared.SECRET:
        row.secret_fingerprint = fingerprint(secret_key(config))
    else:
        store = PhotoStore(config.photo_store_url)
        row.photo_store_id = await asyncio.to_thread(store.read_mark) or await _mark(store)
    record(session, actor, "installation.adopted", "installation", str(what))


async def _row(session: AsyncSession) -> Installation:
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    await session.execute(insert(Installation).values(id=1).on_conflict_do_nothing())
    return (await session.scalars(select(Installation))).one()
