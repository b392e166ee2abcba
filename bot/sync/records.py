"""The record of a request over there: found, made, or followed by another when it is closed for good."""

from __future__ import annotations

from dataclasses import replace

from bot.db.session import transaction
from bot.sync.links import Pushed, key_of, the_link
from bot.sync.ours import facts_of, load_ours
from bot.sync.reconcile import Agreed, settled, unsettled
from bot.sync.system import Ours, Record, System, Written


async def record_of(system: System, request_id: int) -> Record:
    """Theirs as it is now, made first where there is none yet. Raises a `SyncError`."""
    async with transaction() as session:
        link = await the_link(session, system.name, request_id)
        remote_id, count, tried = link.remote_id, link.record_count, Pushed.of(link).tried
        if remote_id is None:
            ours = await load_ours(session, request_id, system.name)
    if remote_id is None:
        return await _made(system, ours, count, tried=tried)
    record = await system.read(remote_id)
    if record.id != remote_id:  # what stood for it until it was made
        await _rename(system, request_id, record)
    return record


async def follow_on(system: System, request_id: int, record: Record, ours: Ours) -> bool:
    """Have another record go on where theirs takes no change any more; False where ours has ended, too."""
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        count = link.record_count
        if ours.standing.resolution is not None:  # ended on both sides, in other words
            everything = frozenset(record.facts)
            agreed = Agreed.from_json(link.agreed)
            link.agreed = settled(agreed, facts_of(ours), record.facts, everything).as_json()
            return False
    await _made(system, ours, count + 1, tried=True, follows=record.id)
    return True


async def _made(system: System, ours: Ours, count: int, *, tried: bool, follows: str | None = None) -> Record:
    """The record with this number: found by its key, if a process died after it was made, else a new one."""
    key = key_of(ours.reference, count)
    found = await system.find(key, ours, tried=tried)
    if found is not None:
        record = await system.read(found)
        await _link(system, ours, count, record, Agreed())
        return record
    await _note_try(system, ours.request_id)
    written = await system.create(key, ours, follows=follows)
    # As we wrote it: what their rules made of it at once (a group, somebody who has it) is a change of theirs.
    wrote = system.facts_of(ours)
    names = written.record.facts.keys()
    agreed = Agreed(facts_of(ours), {name: wrote.get(name, "") for name in names})
    agreed = unsettled(agreed, written.record.facts, written.left_out.keys())
    await _link(system, ours, count, written.record, agreed, written)
    return written.record


async def _link(
    system: System, ours: Ours, count: int, record: Record, agreed: Agreed, written: Written | None = None
) -> None:
    async with transaction() as session:
        link = await the_link(session, system.name, ours.request_id, lock=True)
        link.remote_id, link.remote_number, link.version = record.id, record.number, record.version
        link.record_count, link.agreed = count, agreed.as_json()
        link.problem, link.failure = not_taken(system, written), None


async def _rename(system: System, request_id: int, record: Record) -> None:
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        link.remote_id, link.remote_number = record.id, record.number


async def _note_try(system: System, request_id: int) -> None:
    """From here a record may be there although we never hear of it."""
    async with transaction() as session:
        link = await the_link(session, system.name, request_id, lock=True)
        link.pushed = replace(Pushed.of(link), tried=True).as_json()


def not_taken(system: System, written: Written | None) -> str:
    """What to tell staff of a write; "" where all of it is there."""
    if written is None:
        return ""
    ignored = (f"{system.name} did not take: {', '.join(written.not_taken)}.",) if written.not_taken else ()
    return " ".join((*written.left_out.values(), *ignored))
