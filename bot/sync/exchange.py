"""One request and its record in another system: compared, what is theirs taken, what is ours given. All changes go through here.

Nothing is in hand while the network is waited for: each step commits what it has done, so that a process that dies is followed by
another that finds the record by its key, the words by their marks and the files by their names, and does nothing twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.jobs import enqueue_exchange
from bot.db.session import transaction
from bot.db.tables import ServiceRequest, SyncLink
from bot.failures import FailureKind, kind_of, reason_of
from bot.logs import log_unexpected
from bot.photos.apart import take_in_apart
from bot.photos.intake import PhotoRefused, TakenPhoto
from bot.photos.store import PhotoMissingError, PhotoStore, Variant
from bot.sync.failures import GoneError, PostponedError, SyncError
from bot.sync.links import Pushed, Seen, link_of, the_link
from bot.sync.ours import facts_of, load_ours
from bot.sync.pauses import check_not_paused, pause, unpause
from bot.sync.reconcile import Agreed, reconcile, settled, unsettled
from bot.sync.records import follow_on, not_taken, record_of
from bot.sync.system import Ours, Picture, Record, System, TheirFile
from bot.sync.taking import take
from bot.sync.words import marker_of

log = structlog.get_logger(__name__)

# Of reading and writing in one exchange: a rule over there may answer each write with a change.
MOST_ROUNDS = 5
LARGEST_FILE = 20_000_000  # bytes
LATER = 30.0  # seconds until one request alone is tried again


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be written after theirs was taken."""

    ours: Ours
    names: frozenset[str]


async def exchange(system: System, store: PhotoStore, request_id: int, now: datetime) -> None:
    """Bring both sides together. `now` is aware. Raises `PostponedError` to be called again; what would fail again is left to staff."""
    async with transaction() as session:
        link = await link_of(session, system.name, request_id)
        if link is None or link.pending_since is None:
            return
        noticed = link.pending_since
        if _is_left_to_staff(link):
            link.pending_since = None
            return
        await check_not_paused(session, system.name, now)
    try:
        for _ in range(MOST_ROUNDS):
            if not await _round(system, store, request_id, now):
                break
    except SyncError as error:
        await _failed(system.name, request_id, error, now)
        return
    except Exception as error:
        if kind_of(error) is not FailureKind.DETERMINISTIC:
            raise
        log_unexpected(log, "sync.broken", error, request_id=request_id, system=system.name)
        await _left_to_staff(system.name, request_id, f"Our own fault: {reason_of(error)}.")
        return
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        if link.pending_since == noticed:
            link.pending_since = None
        else:  # there is news, of which some may have come after it was read
            await enqueue_exchange(session, request_id)
        if link.failure is not None:  # what failed before went well now
            link.problem = ""
        link.failure, link.exchanged_at = None, now
        await unpause(session, system.name)
    log.info("sync.exchanged", request_id=request_id, system=system.name)


async def _round(system: System, store: PhotoStore, request_id: int, now: datetime) -> bool:
    """Read, take and give once; whether anything was done, so that it is worth another look."""
    record = await record_of(system, request_id)
    files = await _new_files(system, store, request_id, record)
    given = await _take(system, store, request_id, record, files, now)
    wrote = await _give(system, request_id, record, given, now)
    return wrote or await _tell(system, store, request_id, record, given.ours)


async def _new_files(
    system: System, store: PhotoStore, request_id: int, record: Record
) -> dict[str, TakenPhoto | None]:
    """Their pictures that we have not read yet, kept in the store: id of the file → photo, None for one that is none."""
    async with transaction() as session:
        link = await the_link(session, system.name, request_id)
        known = Seen.of(link).files | set((Pushed.of(link).files or {}).values())
        new = [file for file in record.files if file.id not in known]
        if new:
            ours = {one.name for one in (await load_ours(session, request_id, system.name)).pictures}
            new = [file for file in new if file.name not in ours]
    return {file.id: await _photo(system, store, file) for file in new}


async def _photo(system: System, store: PhotoStore, file: TheirFile) -> TakenPhoto | None:
    if not file.content_type.lower().startswith("image/") or file.size > LARGEST_FILE:
        return None
    try:
        photo = await take_in_apart(await system.fetch(file))
    except PhotoRefused:
        return None
    await asyncio.to_thread(store.put, photo)
    return photo


async def _take(
    system: System,
    store: PhotoStore,
    request_id: int,
    record: Record,
    files: dict[str, TakenPhoto | None],
    now: datetime,
) -> Given:
    """Take what is theirs, and say what is to be given; one transaction, in which the request's row is ours."""
    async with transaction() as session:
        await session.get_one(ServiceRequest, request_id, with_for_update=True)
        link = await the_link(session, system.name, request_id, lock=True)
        seen = Seen.of(link)
        words = [one for one in record.words if one.id not in seen.words and marker_of(one.words) is None]
        ours = await load_ours(session, request_id, system.name)
        decision = reconcile(Agreed.from_json(link.agreed), facts_of(ours), record.facts)
        taken = await take(session, system.name, ours, record, decision.take, words, files, store, now)
        if taken.changed:
            ours = await load_ours(session, request_id, system.name)
        agreed = settled(decision.agreed, facts_of(ours), record.facts, decision.take - taken.waits)
        wanted = system.facts_of(ours)
        give = frozenset(name for name in decision.give if name in wanted)
        # What we have no word for there is theirs to say: agreed as it stands, it is taken when they change it.
        agreed = settled(agreed, facts_of(ours), record.facts, decision.give - give)
        agreed = replace(
            agreed,
            writing_ours={name: facts_of(ours)[name] for name in give},
            writing_theirs={name: wanted[name] for name in give},
        )
        link.agreed, link.version = agreed.as_json(), record.version
        link.seen = Seen(
            seen.words | {one.id for one in record.words},
            seen.files | set(files),
        ).as_json()
        if taken.problem:
            link.problem = taken.problem
    return Given(ours, give)


async def _give(system: System, request_id: int, record: Record, given: Given, now: datetime) -> bool:
    """Write the facts that are ours to theirs. A record that is closed for good is followed by another where the work goes on."""
    if not given.names:
        return False
    if record.read_only:
        return await follow_on(system, request_id, record, given.ours)
    written = await system.write(record.id, given.ours, given.names)
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        agreed = Agreed.from_json(link.agreed)
        # As it stands there now: what a rule of theirs made of it is no change that we would take for theirs.
        # With an end go its closing words.
        along = (
            frozenset({"closing"} & written.record.facts.keys()) if "standing" in given.names else frozenset()
        )
        wrote = given.names - written.left_out.keys()
        agreed = settled(agreed, agreed.writing_ours, written.record.facts, wrote | along)
        agreed = unsettled(agreed, written.record.facts, written.left_out.keys())
        link.agreed, link.version = agreed.as_json(), written.record.version
        link.problem, link.failure = not_taken(system, written), None
    return bool(wrote)


async def _tell(system: System, store: PhotoStore, request_id: int, record: Record, ours: Ours) -> bool:
    """Say what was said here, in its order, and show the photos; what is there already is only noted."""
    async with transaction() as session:
        link = await the_link(session, system.name, request_id)
        pushed, remote_id = Pushed.of(link), link.remote_id
    there = {marker_of(one.words) for one in record.words}
    named = {file.name: file.id for file in record.files}
    told = False
    for entry in ours.entries:
        if entry.marker in pushed.markers or remote_id is None:
            continue
        said = entry.marker in there
        if not said and not record.read_only:
            said = await system.say(remote_id, entry)
            told = told or said
        untold = pushed.untold if said else pushed.untold | {entry.marker}
        pushed = replace(pushed, markers=pushed.markers | {entry.marker}, untold=untold)
        await _note(system, request_id, pushed)
    for picture in ours.pictures:
        files = dict(pushed.files or {})
        if picture.photo_id in files or remote_id is None:
            continue
        file = named.get(picture.name)
        if file is None and not record.read_only:
            file = await _attach(system, store, remote_id, picture)
            told = told or file is not None
        pushed = replace(pushed, files={**files, picture.photo_id: file or ""})
        await _note(system, request_id, pushed)
    return told


async def _attach(system: System, store: PhotoStore, remote_id: str, picture: Picture) -> str | None:
    """None where they take none, or where its time here was over."""
    try:
        content = await asyncio.to_thread(store.get, picture.sha256, Variant.FULL)
    except PhotoMissingError:
        return None
    return await system.attach(remote_id, picture, content)


async def _note(system: System, request_id: int, pushed: Pushed) -> None:
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        link.pushed = pushed.as_json()


async def _failed(name: str, request_id: int, error: SyncError, now: datetime) -> None:
    """Keep why, and raise `PostponedError` unless trying again would end alike."""
    async with transaction() as session:
        link = await the_link(session, name, request_id, lock=True)
        link.problem, link.failure = str(error), error.failure
        if isinstance(error, GoneError):
            # Where staff want it there again, it is a new record, of which nothing was told yet.
            link.remote_id, link.record_count = None, link.record_count + 1
            link.agreed, link.pushed, link.seen = {}, {}, {}
        if error.failure is FailureKind.DETERMINISTIC:
            link.pending_since = None
            log.warning("sync.refused", request_id=request_id, system=name, error=type(error).__name__)
            return
        if not error.whole_system:
            raise_after = error.wait or LATER
        else:
            raise_after = await pause(session, name, error, now)
    raise PostponedError(type(error).__name__, raise_after, error.failure) from None


async def _left_to_staff(name: str, request_id: int, problem: str) -> None:
    async with transaction() as session:
        link = await the_link(session, name, request_id, lock=True)
        link.problem, link.failure, link.pending_since = problem, FailureKind.DETERMINISTIC, None


def _is_left_to_staff(link: SyncLink) -> bool:
    """Whether there is no record, and making one by ourselves would be against what people there did or say."""
    return link.remote_id is None and link.failure == FailureKind.DETERMINISTIC


async def send_again(session: AsyncSession, system: str, request_id: int, now: datetime) -> None:
    """Exchange a request once more, whatever became of it before: what was refused is tried again, what is gone is made anew."""
    await session.execute(
        insert(SyncLink).values(system=system, request_id=request_id).on_conflict_do_nothing()
    )
    link = await the_link(session, system, request_id, lock=True)
    link.pending_since, link.failure, link.problem = now, None, ""
    await enqueue_exchange(session, request_id)
