"""Posting a change of a request: status, words for the resident, a note, photos of the work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.assignment import (
    Assignment,
    ClosedAccountError,
    CrewTooLongError,
    UnknownDepartmentError,
)
from bot.cases.lookup import UnknownRequestError, find_request, lock_request
from bot.cases.staff import UnknownStaffError
from bot.cases.status import JoinedError, Resolution, Status, TransitionError, UnexplainedError
from bot.cases.updates import MAX_PUBLIC_TEXT, Change, NothingToChangeError
from bot.db.session import transaction
from bot.db.tables import RequestPhoto, ServiceRequest, Update
from bot.delivery.push import update_request
from bot.web.access import MAX_FILES, Posted, Reference, changing, posted
from bot.web.console.acts import Act, preview, words_to_begin_with
from bot.web.console.change_form import ChangeForm, Problem
from bot.web.console.request_page import load_request_view
from bot.web.console.requests import show_request
from bot.web.templating import render
from bot.web.uploads import RefusedFile, keep_files, known_photos

router = APIRouter(prefix="/console", include_in_schema=False)

MOST_WHOSE = 120  # characters of whose it is


class ChangedMeanwhileError(Exception):
    """Somebody changed the request after the page was opened."""


@dataclass(frozen=True, slots=True)
class _Saved:
    reference: str
    update_id: int


@router.post("/requests/{reference}")
async def change(request: Request, reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Save the change and tell the residents; on any problem show the form again, as it was filled in."""
    await _known_or_404(reference)
    form = await _read(post)
    if form.problems:
        return await show_request(request, reference, form, status=422)
    if post.text("look"):
        return await _look(request, reference, form, post)
    seen = (post.numbers("seen_update") or (0,))[0]
    try:
        saved = await _save(reference, form, post.login.staff.author, seen)
    except JoinedError:
        return await show_request(request, reference, replace(form, problems=(Problem.JOINED,)), status=409)
    except (ChangedMeanwhileError, TransitionError):
        changed = replace(form, problems=(Problem.CHANGED_MEANWHILE,))
        return await show_request(request, reference, changed, status=409)
    except UnexplainedError as error:
        missing = replace(form, problems=(_missing(error, form),))
        return await show_request(request, reference, missing, status=422)
    except (UnknownDepartmentError, UnknownStaffError, ClosedAccountError):
        gone = replace(form, problems=(Problem.NOBODY_THERE,), assignment=None)
        return await show_request(request, reference, gone, status=422)
    except CrewTooLongError:
        long = replace(form, problems=(Problem.CREW_TOO_LONG,))
        return await show_request(request, reference, long, status=422)
    except NothingToChangeError:
        return await show_request(request, reference, replace(form, problems=(Problem.NOTHING,)), status=422)
    address = f"/console/requests/{saved.reference}?saved={saved.update_id}&act={form.act}"
    return RedirectResponse(f"{address}#change-section", 303)


async def _look(request: Request, reference: str, form: ChangeForm, post: Posted) -> Response:
    """What the form would send, below it; ready words that were chosen are written into it. For pages without JavaScript."""
    async with transaction() as session:
        row = await find_request(session, reference)
        offered, chosen = words_to_begin_with(Act(form.act)), post.numbers("ready")[:1]
        if not form.public_text and chosen and chosen[0] < len(offered):
            reads = (await load_request_view(session, reference)).reads
            form = replace(form, public_text=offered[chosen[0]].texts[reads])
        told = await preview(session, row, form, len(form.kept_photos))
    return await show_request(request, reference, form, looked=told)


@router.post("/sms-length")
async def sms_length(request: Request, post: Posted = Depends(posted)) -> Response:
    """How many SMS the words of a reply take. Posted, so that they are in no address and no log."""
    words = post.text("text")
    return render(request, "requests/_sms_length.html", {"words": words, "limit": MAX_PUBLIC_TEXT})


async def _known_or_404(reference: str) -> None:
    async with transaction() as session:
        try:
            await find_request(session, reference)
        except UnknownRequestError:
            raise HTTPException(404) from None


async def _read(post: Posted) -> ChangeForm:
    """The form with its photos kept, and everything that is wrong with it."""
    problems = []
    public_text = post.text("public_text")
    act = Act.read(post)
    try:
        status = act.status(post)
    except ValueError:
        if not post.text("look"):
            raise HTTPException(422) from None
        status = None
    kept = await known_photos(post.numbers("kept_photos"), post.login.staff)
    files = post.files("photos")
    refused: tuple[RefusedFile, ...] = ()
    if len(kept) + len(files) > MAX_FILES:
        problems.append(Problem.TOO_MANY_PHOTOS)
    else:
        new, refused = await keep_files(files)
        kept += new
    if refused:
        problems.append(Problem.PHOTOS_REFUSED)
    if len(public_text) > MAX_PUBLIC_TEXT:
        problems.append(Problem.TOO_LONG)
    form = ChangeForm(
        status,
        public_text,
        post.text("internal_note"),
        kept,
        refused=refused,
        resolution=_resolution(post) if status is Status.CLOSED else None,
        referred_to=post.text("referred_to")[:MOST_WHOSE],
        due_on=post.text("due_on"),
        urgent=post.text("urgent") == "yes",
        assignment=_assignment(post),
        act=act,
    )
    if form.due_on and (form.day is None or form.is_past):
        problems.append(Problem.NO_DAY)
    return replace(form, problems=tuple(problems))


def _assignment(post: Posted) -> Assignment | None:
    """Who is to have it, where that is not what the form was opened with.

    What somebody else changed meanwhile is so never put back by a form that only wrote a note.
    """
    wanted, opened = (
        Assignment(*(post.text(f"{prefix}{name}") for name in ("department", "crew", "person"))).tidied()
        for prefix in ("", "had_")
    )
    return wanted if wanted != opened else None


def _resolution(post: Posted) -> Resolution | None:
    """How it ended, of what can be chosen; None for the plain end."""
    try:
        return Resolution(post.text("resolution"))
    except ValueError:
        return None


def _missing(error: UnexplainedError, form: ChangeForm) -> Problem:
    if error.missing == "photos":
        return Problem.PHOTO_NEEDED
    if error.missing == "referred_to":
        return Problem.WHOSE_NEEDED
    if error.missing == "resolved":
        return Problem.RESOLVE_INSTEAD
    if error.missing == "duplicate_of":
        return Problem.JOIN_INSTEAD
    return Problem.QUESTION_NEEDED if form.status is Status.WAITING else Problem.REASON_NEEDED


async def _save(reference: str, form: ChangeForm, author: str, seen: int) -> _Saved:
    """Save against the state the clerk saw. Raises `ChangedMeanwhileError` and as `update_request` does."""
    assert form.status is not None  # noqa: S101 - read from the form
    async with transaction() as session:
        request = await find_request(session, reference)
        # The row is ours until the commit: what is newest now is still newest when we write.
        await lock_request(session, request)
        newest = await _newest_update(session, request)
        if newest is not None and newest.id != seen:
            if await _is_the_same(session, newest, form, author):
                return _Saved(request.reference, newest.id)  # a double click
            if request.merged_into_id is not None:
                raise JoinedError
            raise ChangedMeanwhileError
        update = await update_request(
            session,
            Change(
                reference=request.reference,
                status=form.status,
                author=author,
                public_text=form.public_text,
                internal_note=form.internal_note,
                photo_ids=form.kept_photos,
                resolution=form.resolution if form.status != request.status else None,
                referred_to=form.referred_to,
                due_on=form.day,
                urgent=form.urgent,
                assignment=form.assignment,
            ),
            now=datetime.now(UTC),
        )
        return _Saved(request.reference, update.id)


async def _newest_update(session: AsyncSession, request: ServiceRequest) -> Update | None:
    return await session.scalar(
        select(Update).where(Update.request_id == request.id).order_by(Update.id.desc()).limit(1)
    )


async def _is_the_same(session: AsyncSession, newest: Update, form: ChangeForm, author: str) -> bool:
    photos = await session.scalar(
        select(func.count()).select_from(RequestPhoto).where(RequestPhoto.update_id == newest.id)
    )
    return (
        newest.author == author
        and newest.to_status == form.status
        and newest.public_text == form.public_text
        and newest.internal_note == form.internal_note
        and photos == len(form.kept_photos)
        and (form.assignment is None or newest.assignment == form.assignment.as_json())
    )
