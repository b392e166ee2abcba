"""Choosing what the public sees of a request: photos of residents, a summary, its line on the city's page."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.lookup import UnknownRequestError
from bot.cases.showing import (
    PersonalSummaryError,
    SummaryTooLongError,
    UnknownPhotoError,
    list_on_city_page,
    show_photo,
    write_summary,
)
from bot.db.session import transaction
from bot.web.access import Posted, Reference, changing
from bot.web.console.change_form import ChangeForm
from bot.web.console.requests import show_request
from bot.web.console.shown import ShowingForm, ShowingProblem

router = APIRouter(prefix="/console", include_in_schema=False)


@router.post("/requests/{reference}/show-photo")
async def post_show_photo(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Put a resident's photo on the public page, or take it off. 404 for what is no photo of this request."""
    (photo_id,) = post.numbers("photo")[:1] or (0,)
    try:
        async with transaction() as session:
            await show_photo(session, reference, photo_id, post.login.staff.author, shown=_is_yes(post))
    except (UnknownRequestError, UnknownPhotoError):
        raise HTTPException(404) from None
    return _back_to(reference)


@router.post("/requests/{reference}/summary")
async def post_summary(request: Request, reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Show a summary, or none; on a problem the form again, as it was filled in."""
    summary = post.text("public_summary")
    try:
        async with transaction() as session:
            await write_summary(session, reference, summary, post.login.staff.author)
    except UnknownRequestError:
        raise HTTPException(404) from None
    except SummaryTooLongError:
        return await _again(request, reference, ShowingForm(summary, ShowingProblem.TOO_LONG))
    except PersonalSummaryError:
        return await _again(request, reference, ShowingForm(summary, ShowingProblem.PERSONAL))
    return _back_to(reference)


@router.post("/requests/{reference}/listed")
async def post_listed(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Show the request on the city's page, or no longer."""
    author, now = post.login.staff.author, datetime.now(UTC)
    try:
        async with transaction() as session:
            await list_on_city_page(session, reference, author, now, listed=_is_yes(post))
    except UnknownRequestError:
        raise HTTPException(404) from None
    return _back_to(reference)


async def _again(request: Request, reference: str, form: ShowingForm) -> Response:
    return await show_request(request, reference, ChangeForm(), showing_form=form, status=422)


def _is_yes(post: Posted) -> bool:
    return post.text("shown") == "yes"


def _back_to(reference: str) -> Response:
    return RedirectResponse(f"/console/requests/{reference}#public", 303)
