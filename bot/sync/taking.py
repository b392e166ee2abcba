"""Taking what was done over there: one change of the request, told to its residents like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.assignment import MOST_CREW, Assignment, assignment_of
from bot.cases.photos import keep_photo
from bot.cases.status import ALLOWED, FINISHED, JoinedError, Resolution, Status
from bot.cases.updates import MAX_PUBLIC_TEXT, Change, NothingToChangeError
from bot.city.current import city
from bot.db.tables import ServiceRequest
from bot.delivery.push import update_request
from bot.photos.intake import TakenPhoto
from bot.photos.store import PhotoStore
from bot.sync.ours import author_at
from bot.sync.system import Ours, Record, Standing, TheirWords

MOST_NOTE = 4000  # characters of a note from over there


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it."""

    changed: bool = False  # the request stands otherwise than before
    waits: frozenset[str] = frozenset()  # facts that are not taken yet: what they need has not come
    problem: str = ""


async def take(
    session: AsyncSession,
    system: str,
    ours: Ours,
    record: Record,
    names: frozenset[str],
    words: Sequence[TheirWords],
    files: Mapping[str, TakenPhoto | None],
    store: PhotoStore,
    now: datetime,
) -> Taken:
    """Change the request as their record says. Its row is ours. `names`: the facts that are theirs to say; `words`: new ones."""
    standing, waits = _standing(ours, record, names, words)
    if record.unnamed and "standing" in names:
        waits |= {"standing"}  # until the map names it
    ends = standing is not None and standing.status in FINISHED
    # What was there before this end is of another one, or ours.
    closing = record.closing_words if ends and "closing" in names and not _is_ours(ours, record) else ""
    public, notes = _texts(closing, words)
    photos = [await _keep(session, store, photo) for photo in files.values() if photo is not None]
    others = sum(photo is None for photo in files.values())
    if others:
        notes = [*notes, f"{others} file(s) that are no photos are at {record.number}."]
    to = standing or ours.standing
    department, problem = _department(record, names)
    if record.unnamed and "standing" in names:
        problem = f"It was resolved there with code {record.unnamed}, which sync.yml does not name."
    request = await session.get_one(ServiceRequest, ours.request_id)
    change = Change(
        ours.reference,
        to.status,
        author_at(system, _author(words) or record.changed_by),
        public_text=_cut(public),
        internal_note="\n".join(notes)[:MOST_NOTE],
        photo_ids=tuple(photos),
        resolution=_told_end(to, public) if standing is not None else None,
        due_on=record.due_on if "due" in names and record.due_on else None,
        assignment=await _assignment(session, request, department, record, names),
        done_elsewhere=True,
    )
    try:
        if to.status is not ours.standing.status and to.status not in ALLOWED[ours.standing.status]:
            # From an end there is one way back; over there they went on at once.
            again = Change(ours.reference, Status.OPEN, change.author, done_elsewhere=True, silent=True)
            await update_request(session, again, now=now)
        await update_request(session, change, now=now)
        changed = True
    except NothingToChangeError:
        changed = False
    except JoinedError:
        return Taken(problem=f"{record.number} was changed, but this request is joined with another here.")
    return Taken(changed, waits if ends else waits | {"closing"}, problem)


def _standing(
    ours: Ours, record: Record, names: frozenset[str], words: Sequence[TheirWords]
) -> tuple[Standing | None, frozenset[str]]:
    """Where it moves; None: it stays. And what cannot be taken before something else has come."""
    wanted = record.standing
    if "standing" not in names or wanted is None or wanted == ours.standing:
        return None, frozenset()
    if wanted.status is Status.WAITING and not any(one.public and one.words for one in words):
        # A question without words would be none: it is asked when they are there.
        return None, frozenset({"standing"})
    if wanted.status is Status.CLOSED and wanted.resolution in (None, Resolution.FIXED):
        # Work that is done is resolved, and its resident asked; what was resolved before is closed for good.
        done = ours.standing.status is Status.RESOLVED
        if done:
            return Standing(Status.CLOSED, Resolution.FIXED), frozenset()
        if wanted.resolution is Resolution.FIXED:
            return Standing(Status.RESOLVED, Resolution.FIXED), frozenset()
        return Standing(Status.CLOSED, Resolution.WILL_NOT_DO), frozenset()
    if wanted.resolution is Resolution.DUPLICATE:
        # Of what, nobody tells: here that is a join, which staff make. Its resident is owed an end with its words.
        return Standing(Status.CLOSED, Resolution.WILL_NOT_DO), frozenset()
    if wanted.status is Status.RESOLVED and wanted.resolution not in (None, Resolution.FIXED):
        return Standing(Status.CLOSED, wanted.resolution), frozenset()  # "Resolved, not solved"
    return wanted, frozenset()


def _told_end(to: Standing, public: str) -> Resolution | None:
    """How it ended, as residents are told: "not ours" without a word whose it is would leave them nowhere."""
    if to.resolution is Resolution.NOT_OURS and not public:
        return Resolution.WILL_NOT_DO
    return to.resolution


def _is_ours(ours: Ours, record: Record) -> bool:
    """Whether their closing words are what we wrote there."""
    return any(entry.words.endswith(f": {record.closing_words}") for entry in ours.entries)


def _texts(closing: str, words: Sequence[TheirWords]) -> tuple[str, list[str]]:
    public = [one.words for one in words if one.public and one.words]
    if closing and closing not in public:
        public.append(closing)
    notes = [one.words for one in words if not one.public and one.words]
    told = "\n".join(public)
    if len(told) > MAX_PUBLIC_TEXT:
        notes.append(told)
    return told, notes


def _cut(text: str) -> str:
    """As much as a text to a resident may have; the whole stands in the note."""
    if len(text) <= MAX_PUBLIC_TEXT:
        return text
    return text[: MAX_PUBLIC_TEXT - 1].rsplit(" ", 1)[0] + "…"


async def _keep(session: AsyncSession, store: PhotoStore, photo: TakenPhoto) -> int:
    row = await keep_photo(session, photo)
    # Once more, as `keep_photo` says; costs nothing where it is there.
    await asyncio.to_thread(store.put, photo)
    return row.id


def _department(record: Record, names: frozenset[str]) -> tuple[str, str]:
    """Whose it is from now on, "" where that stays as it is; and what is wrong with what the map says."""
    if "department" not in names or not record.department:
        return "", ""
    if record.department not in city().departments:
        return "", f"sync.yml names the department {record.department}, which the city pack does not have."
    return record.department, ""


async def _assignment(
    session: AsyncSession, request: ServiceRequest, department: str, record: Record, names: frozenset[str]
) -> Assignment | None:
    """Who has it now. Somebody of theirs has no account here: they are the crew."""
    before = await assignment_of(session, request)
    crew = record.person[:MOST_CREW] if "person" in names else before.crew
    after = Assignment(department or before.department, crew, before.person)
    return after if after != before else None


def _author(words: Sequence[TheirWords]) -> str:
    return next((one.author for one in reversed(words) if one.author), "")
