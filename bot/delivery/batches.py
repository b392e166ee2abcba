"""Changing several requests in one go, and undoing it while nobody has been told.

Each request is a transaction of its own, so that one that cannot be changed keeps none of the others; what became of
each stands in `batch_steps`, written with its change. What goes out waits, so that all of it can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.cases.as_before import stand_again, standing
from bot.cases.assignment import Assignment, ClosedAccountError, assignment_of
from bot.cases.audit import record
from bot.cases.lookup import find_request, lock_request
from bot.cases.mailbox import hold_mail, take_back_mail
from bot.cases.staff import UnknownStaffError
from bot.cases.status import JoinedError, Resolution, Status, TransitionError, UnexplainedError
from bot.cases.updates import Change, NothingToChangeError, check_change
from bot.db.jobs import hold_exchange
from bot.db.session import transaction
from bot.db.tables import Batch, BatchStep, ServiceRequest, Update
from bot.delivery.notices.take_back import take_back_notices
from bot.delivery.push import update_request

log = structlog.get_logger(__name__)

MOST = 200  # requests in one go: more than that nobody has looked at
UNDONE_WITHIN = timedelta(seconds=60)
# So much longer nothing goes out: a click in the last moment is on its way for a while, and takes a while.
HELD_FOR = UNDONE_WITHIN + timedelta(seconds=15)


class Why(StrEnum):
    """Why a request stays as it is; the templates have a kind sentence for each."""

    GONE = "gone"  # there is none, or not for whom asks
    CHANGED = "changed"  # somebody changed it since it was looked at
    JOINED = "joined"  # it goes with the one it was joined with
    CANNOT = "cannot"  # it cannot go there from where it stands
    SAME = "same"  # it stands there already
    REASON = "reason"  # a word why is owed, and is missing
    PHOTO = "photo"  # of the work, which the service demands: one by one
    ENDS_OTHERWISE = "ends_otherwise"  # it cannot end so from where it stands
    NOBODY = "nobody"  # who is to have it has no account (any more)


class Undone(StrEnum):
    """What became of a changed request when the change was undone."""

    DONE = "done"
    TOLD = "told"  # a resident, or its department's mailbox, had it already
    CHANGED = "changed"  # somebody changed it since


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of each of the requests."""

    status: Status | None = None  # None: it stays where it is
    resolution: Resolution | None = None  # of a closed one
    referred_to: str = ""
    words: Mapping[str, str] | None = (
        None  # language → what residents read; "en" for those without words of their own
    )
    internal_note: str = ""
    hands: Mapping[str, str] | None = None  # what of an `Assignment` becomes what; the rest stays

    def words_for(self, language: str) -> str:
        words = self.words or {}
        return words.get(language, "") or words.get("en", "")


async def change_of(session: AsyncSession, request: ServiceRequest, wish: Wish, author: str) -> Change:
    """The change of one request that a wish comes to."""
    status = wish.status or Status(request.status)
    assignment = None
    if wish.hands:
        had = await assignment_of(session, request)
        assignment = Assignment(
            **{name: wish.hands.get(name, getattr(had, name)) for name in ("department", "crew", "person")}
        )
    return Change(
        request.reference,
        status,
        author,
        public_text=wish.words_for(request.language),
        internal_note=wish.internal_note,
        resolution=wish.resolution if status is Status.CLOSED and status != request.status else None,
        referred_to=wish.referred_to,
        assignment=assignment,
    )


async def what_hinders(
    session: AsyncSession, request: ServiceRequest, wish: Wish, author: str, now: datetime
) -> Why | None:
    """Why a request cannot be changed so; None where it can. Its photos and updates are loaded. `now` is aware."""
    try:
        await check_change(session, request, await change_of(session, request, wish, author), now)
    except _REFUSED as error:
        return _why(error)
    return None


_REFUSED = (
    *(JoinedError, TransitionError, UnexplainedError, NothingToChangeError),
    *(UnknownStaffError, ClosedAccountError),
)


def _why(error: Exception) -> Why:
    match error:
        case JoinedError():
            return Why.JOINED
        case UnexplainedError(missing="photos"):
            return Why.PHOTO
        case UnexplainedError(missing="resolved" | "resolution" | "duplicate_of"):
            return Why.ENDS_OTHERWISE
        case UnexplainedError():
            return Why.REASON
        case TransitionError():
            return Why.CANNOT
        case NothingToChangeError():
            return Why.SAME
    return Why.NOBODY


async def begin_batch(
    session: AsyncSession, key: str, author: str, request_ids: Iterable[int], now: datetime
) -> tuple[int, bool]:
    """The id of the batch of a form, and whether it is new: a form that is sent twice is done once. `now` is aware."""
    chosen = list(dict.fromkeys(request_ids))[:MOST]
    row = insert(Batch).values(key=key, author=author, chosen=chosen, created_at=now)
    new = await session.scalar(row.on_conflict_do_nothing(index_elements=["key"]).returning(Batch.id))
    if new is not None:
        record(session, author, "requests.changed", "requests", str(new), requests=len(chosen))
        return new, True
    known = await session.scalars(select(Batch.id).where(Batch.key == key, Batch.author == author))
    return known.one(), False


async def change_one(
    batch_id: int, request_id: int, seen: int, wish: Wish, author: str, now: datetime
) -> Why | None:
    """Change one request of a batch as it was seen: `seen` is the id of its newest update then. `now` is aware."""
    try:
        async with transaction() as session:
            request = await _locked(session, request_id)
            if await _newest(session, request_id) != seen:
                raise _ChangedError
            before = standing(request)
            change = await change_of(session, request, wish, author)
            update = await update_request(session, change, held_for=HELD_FOR, now=now)
            await hold_mail(session, update.id, update.created_at + HELD_FOR)
            await hold_exchange(session, request_id, update.created_at + HELD_FOR)
            session.add(
                BatchStep(batch_id=batch_id, request_id=request_id, update_id=update.id, before=before)
            )
        return None
    except _ChangedError:
        why = Why.CHANGED
    except _REFUSED as error:
        why = _why(error)
    async with transaction() as session:
        session.add(BatchStep(batch_id=batch_id, request_id=request_id, problem=why))
    return why


class _ChangedError(Exception):
    """Somebody changed the request since it was looked at."""


async def undo_batch(batch_id: int, author: str, now: datetime) -> int:
    """Undo what was changed in a batch, as far as nobody was told, and give how much. `now` is aware."""
    async with transaction() as session:
        batch = await find_batch(session, batch_id)
        steps = [step for step in batch.steps if step.update_id is not None and not step.undone]
        batch.undone_at = batch.undone_at or now
        record(session, author, "requests.undone", "requests", str(batch.id), requests=len(steps))
    undone = [await _undo(step.id, author, now) for step in steps]
    log.info("requests.undone", batch_id=batch_id, undone=undone.count(Undone.DONE), all=len(steps))
    return undone.count(Undone.DONE)


async def find_batch(session: AsyncSession, batch_id: int) -> Batch:
    """A batch with its steps. Raises `sqlalchemy.exc.NoResultFound`."""
    rows = await session.scalars(select(Batch).where(Batch.id == batch_id).options(selectinload(Batch.steps)))
    return rows.one()


async def _undo(step_id: int, author: str, now: datetime) -> Undone:
    try:
        async with transaction() as session:
            step = await session.get_one(BatchStep, step_id)
            update_id = step.update_id or 0
            # Conversations before the request, in the order in which erasing takes them.
            is_ours = await take_back_notices(session, update_id)
            request = await _locked(session, step.request_id)
            if not is_ours or not await take_back_mail(session, update_id):
                raise _TooLateError(Undone.TOLD)
            if await _newest(session, step.request_id) != update_id:
                raise _TooLateError(Undone.CHANGED)
            update = await session.get_one(Update, update_id)
            note = "A change of several requests was undone."
            await stand_again(session, request, step.before, update, note, now, author)
            record(session, author, "request.undone", "request", request.reference)
            step.undone = Undone.DONE
    except _TooLateError as error:
        async with transaction() as session:
            (await session.get_one(BatchStep, step_id)).undone = error.became
        return error.became
    return Undone.DONE


class _TooLateError(Exception):
    """It cannot be taken back any more."""

    def __init__(self, became: Undone) -> None:
        super().__init__(became)
        self.became = became


async def _locked(session: AsyncSession, request_id: int) -> ServiceRequest:
    row = await session.get_one(ServiceRequest, request_id)
    request = await find_request(session, row.reference)
    await lock_request(session, request)
    return request


async def _newest(session: AsyncSession, request_id: int) -> int:
    newest = select(Update.id).where(Update.request_id == request_id).order_by(Update.id.desc()).limit(1)
    return await session.scalar(newest) or 0
