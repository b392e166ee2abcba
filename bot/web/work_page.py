"""The page on which the crew of a department with a mailbox works on one request: `/w/<token>`, no login, no JavaScript.

What they send is a change like any other (`bot.delivery.push.update_request`), so residents hear of it in their conversation.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from fastapi import APIRouter
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.lookup import find_request, lock_request
from bot.cases.mailbox import MAILBOX
from bot.cases.status import TransitionError, UnexplainedError
from bot.cases.updates import NothingToChangeError
from bot.cases.work_links import (
    WorkLink,
    WorkLinkError,
    WorkLinkExpiredError,
    WorkLinkUnknownError,
    open_work_link,
    renew_work_link,
)
from bot.cases.work_view import WorkView, load_work_view
from bot.db.session import transaction
from bot.db.tables import Update
from bot.delivery.push import update_request
from bot.photos.store import Variant
from bot.sync.ours import author_at
from bot.web.access import RowId, read_form
from bot.web.media import JPEG, kept_photo
from bot.web.slots import Slots, or_busy
from bot.web.templating import render
from bot.web.texts import page_texts, spoken
from bot.web.uploads import keep_files
from bot.web.work_form import MOST_PHOTOS, Problem, Step, WorkForm, files_of, read_fields, steps_for
from bot.web.work_words import page_words

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/w/{token}", include_in_schema=False)

MAX_POST = 84 * 1024 * 1024  # bytes: four photos of the largest size we take, and the words
# The address is the key: no cache keeps the page, no other site learns its address, no search engine lists it.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_PHOTO = {**PRIVATE, "Cache-Control": "private, max-age=300"}
# As on the page with the pin: guessing is slow, and a good link does not wait.
REFUSAL_SECONDS = 0.5
_refusals = Slots(at_once=8, in_line=24, of_one_place=32)
# Few at once: the connections to the database are for webhooks. A city's crews may all come from one address of its network.
_looking = Slots(at_once=4, in_line=200, of_one_place=100)
# Most of the time it is the phone that sends: pictures are opened two at a time all the same.
_saving = Slots(at_once=6, in_line=30, of_one_place=16)


@dataclass(frozen=True, slots=True)
class _Opened:
    link: WorkLink
    view: WorkView


class _ChangedMeanwhileError(Exception):
    """The request is not as it was when the form was opened."""


@router.api_route("", methods=["GET", "HEAD"])
async def work_page(request: Request, token: str) -> Response:
    """The request as it stands, and the form. Opening it changes nothing: mail programs open links to look for harm."""
    try:
        opened = await _open(request, token)
    except WorkLinkError as error:
        return await _told(request, error)
    return await _page(request, opened, WorkForm(seen=opened.view.newest_update))


@router.post("")
async def work(request: Request, token: str) -> Response:
    """Save what the crew sent; on any problem the form again as it was filled in, its photos kept."""
    try:
        opened = await _open(request, token)  # before anything of the body is read
    except WorkLinkError as error:
        return await _told(request, error)
    async with or_busy(_saving, request):
        form = await _read(request, opened)
        if form.problem is None:
            try:
                await _save(token, opened, form)
                saved = "handed" if form.step is Step.HAND_OVER else "told"
                address = f"{request.url.path}?saved={saved}&lang={_language(request)}"
                return RedirectResponse(address, 303, headers=PRIVATE)
            except WorkLinkError as error:  # ended between the two
                return await _told(request, error)
            except UnexplainedError as error:
                form = form.missing(error)
            except NothingToChangeError:
                form = replace(form, problem=Problem.NOTHING)
            except (_ChangedMeanwhileError, TransitionError):
                form = replace(form, problem=Problem.CHANGED_MEANWHILE)
    return await _again(request, token, form)


@router.post("/renew")
async def renew(request: Request, token: str) -> Response:
    """Mail another link to the department, for one whose time is over."""
    try:
        async with or_busy(_looking, request), transaction() as session:
            sent = await renew_work_link(session, token, datetime.now(UTC))
    except WorkLinkError as error:
        return await _told(request, error)
    return _kind(request, "renewed" if sent else "renewed_lately", 200)


@router.api_route("/photos/{photo_id}", methods=["GET", "HEAD"])
async def work_photo(request: Request, token: str, photo_id: RowId, size: Variant = Variant.FULL) -> Response:
    """A photo of the request; 404 for every other photo there is."""
    try:
        opened = await _open(request, token)
    except WorkLinkUnknownError:
        await _slow_down(request)
        raise HTTPException(404) from None
    except WorkLinkError:
        raise HTTPException(404) from None
    if photo_id not in {photo.photo_id for photo in opened.view.photos}:
        raise HTTPException(404)
    content, etag = await kept_photo(photo_id, size, known=request.headers.get("if-none-match"))
    headers = {**_PHOTO, "ETag": etag}
    if content is None:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=JPEG, headers=headers)


async def _open(request: Request, token: str) -> _Opened:
    async with or_busy(_looking, request), transaction() as session:
        link = await open_work_link(session, token, datetime.now(UTC))
        return _Opened(link, await load_work_view(session, link.request_id))


async def _read(request: Request, opened: _Opened) -> WorkForm:
    """The form, its files kept and those that are no photos told. Raises 411 or 413."""
    fields = await read_form(request, MAX_POST)
    form, files = read_fields(fields, opened.link, opened.view), files_of(fields)
    if len(form.kept) + len(files) > MOST_PHOTOS:
        return replace(form, problem=form.problem or Problem.TOO_MANY_PHOTOS)
    kept, refused = await keep_files(files)
    problem = Problem.PHOTOS_REFUSED if refused else form.problem
    return replace(form, kept=(*form.kept, *kept), refused=refused, problem=problem)


async def _save(token: str, opened: _Opened, form: WorkForm) -> None:
    """Save against the state that the crew saw, once: the same form sent twice is one change.

    Raises `WorkLinkError`, `_ChangedMeanwhileError`, and as `update_request` does.
    """
    author = author_at(MAILBOX, opened.link.department)
    change = form.change(opened.view, author)
    async with transaction() as session:
        row = await find_request(session, opened.link.reference)
        await lock_request(session, row)
        newest = (
            await session.scalars(
                select(Update).where(Update.request_id == row.id).order_by(Update.id.desc()).limit(1)
            )
        ).first()
        if newest is not None and newest.id != form.seen:
            again = (newest.author, newest.to_status, newest.public_text)
            if again == (author, change.status, change.public_text) and form.step is not Step.HAND_OVER:
                return
            raise _ChangedMeanwhileError
        if form.step not in steps_for(opened.view):  # no form of ours offered it
            raise _ChangedMeanwhileError
        # Once more with the row ours: another department may have it since.
        await open_work_link(session, token, datetime.now(UTC))
        update = await update_request(session, change, now=datetime.now(UTC))
    log.info("mailbox.worked", request_id=opened.link.request_id, update_id=update.id)


async def _again(request: Request, token: str, form: WorkForm) -> Response:
    """The form as it was filled in, beside the request as it stands by now."""
    try:
        opened = await _open(request, token)
    except WorkLinkError as error:
        return await _told(request, error)
    changed = form.problem is Problem.CHANGED_MEANWHILE
    if changed:
        form = replace(form, seen=opened.view.newest_update)
        if form.step not in steps_for(opened.view):
            form = replace(form, step=None)
    return await _page(request, opened, form, status=409 if changed else 422)


async def _page(request: Request, opened: _Opened, form: WorkForm, status: int = 200) -> Response:
    language = _language(request)
    words = await asyncio.to_thread(page_words, opened.view, language, datetime.now(UTC))
    context = {
        **words,
        "form": form,
        "proofs": form.proofs(opened.link),
        "path": request.url.path,
        "saved": request.query_params.get("saved") == "told" and form.problem is None,
    }
    return render(request, "work/page.html", context, status=status, headers=PRIVATE)


async def _told(request: Request, error: WorkLinkError) -> Response:
    """A kind page about a link that cannot be used."""
    if isinstance(error, WorkLinkUnknownError):
        await _slow_down(request)
        return _kind(request, "unknown", 404)
    if isinstance(error, WorkLinkExpiredError):
        return _kind(request, "expired", 410, renewable=error.renewable)
    handed = request.query_params.get("saved") == "handed"
    return _kind(request, "handed" if handed else "withdrawn", 200 if handed else 410)


def _kind(request: Request, name: str, status: int, *, renewable: bool = False) -> Response:
    language = _language(request)
    texts = page_texts("work", language)
    context = {
        "language": language,
        "title": texts[f"{name}_title"],
        "words": texts[name],
        "renew": f"{request.url.path}/renew?lang={language}" if renewable else "",
        "texts": texts,
    }
    return render(request, "work/told.html", context, status=status, headers=PRIVATE)


async def _slow_down(request: Request) -> None:
    async with or_busy(_refusals, request):
        await asyncio.sleep(REFUSAL_SECONDS)


def _language(request: Request) -> str:
    return spoken(request.query_params.get("lang"), request.headers.get("accept-language", ""))
