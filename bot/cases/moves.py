"""The one way in which a request moves: from the console, the command, a resident's answer, a clock or another system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.assignment import Assignment, assign
from bot.cases.audit import record
from bot.cases.mailbox import Reason, mail_department
from bot.cases.outward import changed
from bot.cases.status import ACTIVE, ENDINGS, FINISHED, Resolution, Status, UnexplainedError, check_transition
from bot.city.current import catalogue
from bot.db.tables import ServiceRequest, Update

log = structlog.get_logger(__name__)

RESIDENT = "resident"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """Where a request goes, or stays, and what is said of it."""

    to: Status
    actor: str  # "staff:<username>", "resident" or "system"
    resolution: Resolution | None = None  # of an end; None: the plain one of its status
    referred_to: str = ""  # whose it is, where it is not ours
    public_text: str = ""  # for residents: the why, the question, the good news
    internal_note: str = ""
    pictures: bool = False  # photos of the work come with it
    due_on: date | None = None  # another day by which it is promised
    assignment: Assignment | None = None  # who has it from now on; None: as before
    corrected: Mapping[str, Any] | None = None  # what is put right with it: bot.cases.correcting
    done_elsewhere: bool = False  # another system tells what happened: nobody there can be asked for more
    passes_back: bool = False  # a crew should not have it


async def move(
    session: AsyncSession, request: ServiceRequest, step: Move, now: datetime | None = None
) -> Update:
    """Move a request whose row is locked (`lock_request`), and give the entry of its history. `now` is aware; None: the time it is.

    Raises `TransitionError` where it cannot go there from here, and `UnexplainedError` where the words are
    missing that residents are owed; as `assign` does for whom it is given to. A move to where it is already is a note,
    a message, or another hand.
    """
    current = Status(request.status)
    moves, resolution = check_move(request, step)
    ends = moves and step.to in FINISHED
    had = request.department
    given = await assign(session, request, step.assignment) if step.assignment is not None else None
    # What a resident said may be heard late: its entry stands behind those that were written meanwhile all the same.
    now = max(now or datetime.now(UTC), request.updated_at)
    update = Update(
        request_id=request.id,
        from_status=current,
        to_status=step.to,
        resolution=resolution,
        referred_to=step.referred_to.strip() if ends else "",
        public_text=step.public_text.strip(),
        internal_note=step.internal_note.strip(),
        due_on=step.due_on,
        assignment=given.as_json() if given else None,
        corrected=dict(step.corrected) if step.corrected else None,
        author=step.actor,
        created_at=now,
    )
    session.add(update)
    request.updated_at = now
    if step.passes_back or moves or given:
        request.passed_back_at = now if step.passes_back else None
    if step.due_on is not None:
        request.due_on = step.due_on
    if moves:
        request.status = step.to
        request.resolution = resolution
        request.ended_at = (request.ended_at or now) if ends else None
    await session.flush()
    await changed(session, request.id)
    if reason := _news_for_department(request.department != had, current, step):
        await mail_department(session, request, update, reason)
    record(
        session,
        step.actor,
        _action(moves, step, given),
        "request",
        request.reference,
        from_status=current,
        to_status=step.to,
        **({"resolution": resolution} if resolution else {}),
        **({"assignment": given.as_json()} if given else {}),
        # Which of its parts: what stands in them is in the history alone.
        **({"corrected": sorted(step.corrected)} if step.corrected else {}),
    )
    log.info("request.moved", request_id=request.id, update_id=update.id, status=step.to)
    return update


def check_move(request: ServiceRequest, step: Move) -> tuple[bool, Resolution | None]:
    """Whether a step brings a request elsewhere, and how it ends by it. Raises `TransitionError` and `UnexplainedError` as `move`.

    `request.photos` and `request.updates` are loaded, as `find_request` does.
    """
    current = Status(request.status)
    check_transition(current, step.to)
    # What has ended may turn out to have ended otherwise: a closed one is joined with another.
    otherwise = step.to in FINISHED and step.resolution not in (None, request.resolution)
    moves = step.to is not current or otherwise
    resolution = _resolution(current, step) if moves and step.to in FINISHED else None
    if moves and not step.done_elsewhere:
        _check_explained(current, request, step, resolution)
    return moves, resolution


def _news_for_department(given: bool, current: Status, step: Move) -> Reason | None:
    """Why a department that works with its mailbox has to know; None for what it did itself or can look up."""
    if given:
        return Reason.NEW
    if current in FINISHED and step.to in ACTIVE:
        return Reason.OPENED
    answered = current is Status.WAITING and step.to in ACTIVE - {current} and step.actor == RESIDENT
    return Reason.ANSWERED if answered else None


def _action(moves: bool, step: Move, given: Assignment | None) -> str:
    """How the audit trail names it."""
    if moves:
        return "request.moved"
    if step.corrected:
        return "request.corrected"
    return "request.assigned" if given else "request.noted"


def _resolution(current: Status, step: Move) -> Resolution:
    """How it ends. Raises `UnexplainedError` for an end that it cannot have from here."""
    if step.resolution is not None:
        possible = ENDINGS[step.to][current]
        if step.resolution in possible:
            return step.resolution
        if step.resolution is Resolution.FIXED:
            raise UnexplainedError(
                "resolved", "Work that is done is resolved, and its resident is asked whether it is fixed."
            )
        listed = ", ".join(sorted(possible))
        raise UnexplainedError("resolution", f"A request that is {step.to} can be: {listed}.")
    # Work that is done stays done when its request is closed for good; what is closed otherwise was declined.
    done = step.to is Status.RESOLVED or current is Status.RESOLVED
    return Resolution.FIXED if done else Resolution.WILL_NOT_DO


def _check_explained(
    current: Status, request: ServiceRequest, step: Move, resolution: Resolution | None
) -> None:
    """Raise `UnexplainedError` where a resident would be left with "no word why"."""
    words = step.public_text.strip()
    if step.to is Status.ON_HOLD and not words:
        raise UnexplainedError("public_text", "Say in a few words what it waits for.")
    if step.to is Status.WAITING and not words:
        raise UnexplainedError("public_text", "Write the question to the resident.")
    if resolution is Resolution.WILL_NOT_DO and not words:
        raise UnexplainedError("public_text", "Say in a few words why it is closed without work.")
    if resolution is Resolution.NOT_OURS and not (words or step.referred_to.strip()):
        raise UnexplainedError("referred_to", "Say whose it is, so that the resident can go on.")
    if step.to is Status.RESOLVED and not step.pictures:
        service = catalogue().services.get(request.service_code)
        if service is not None and service.completion_photo and not _has_picture(request):
            raise UnexplainedError("photos", "This service needs a photo of the finished work.")


def _has_picture(request: ServiceRequest) -> bool:
    """Whether a picture of the work is there already: of what was opened again, one since then.

    `request.photos` and `request.updates` are loaded, as `find_request` does.
    """
    opened = (
        one.id
        for one in request.standing_updates
        if one.from_status in FINISHED and one.to_status == Status.OPEN
    )
    since = max(opened, default=0)
    return any(photo.kind == "completion" and (photo.update_id or 0) >= since for photo in request.photos)
