"""The page on which staff turn a photo and cover faces, plates and windows on it."""

from __future__ import annotations

import math
from enum import StrEnum

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.covering import edit_photo, photo_of_request
from bot.cases.lookup import UnknownRequestError
from bot.cases.showing import UnknownPhotoError
from bot.db.session import transaction
from bot.photos.cover import MOST_BOXES, Box, Edit
from bot.photos.store import PhotoMissingError
from bot.web.access import Posted, Reference, RowId, changing, signed_in
from bot.web.media import current_store
from bot.web.templating import render

router = APIRouter(prefix="/console/requests/{reference}/photos/{photo_id}", include_in_schema=False)


class Step(StrEnum):
    """The buttons of the page."""

    LEFT = "left"
    RIGHT = "right"
    COVER = "cover"
    UNCOVER = "uncover"
    RESTORE = "restore"


class CoverProblem(StrEnum):
    """What keeps it from being saved; the template has a kind sentence for each."""

    NO_BOX = "no_box"  # it covers nothing, or there are too many
    TURNED = "turned"  # somebody turned the picture after the box was drawn


@router.get("", dependencies=[Depends(signed_in)])
async def covering_page(request: Request, reference: Reference, photo_id: RowId) -> Response:
    """The photo as the public sees it. 404 for a photo of another request."""
    return await _page(request, reference, photo_id)


@router.post("")
async def post_covering(
    request: Request, reference: Reference, photo_id: RowId, post: Posted = Depends(changing)
) -> Response:
    """Do one step, and show the photo as it is then."""
    try:
        step = Step(post.text("step"))
    except ValueError:
        raise HTTPException(422) from None
    try:
        async with transaction() as session:
            photo = await photo_of_request(session, reference, photo_id, lock=True)
            edit = Edit.of(photo.edit)
            if step in (Step.COVER, Step.UNCOVER) and post.numbers("turn")[:1] != (edit.turn,):
                problem = CoverProblem.TURNED
            else:
                after = _after(edit, step, post)
                await edit_photo(
                    session, current_store(), reference, photo_id, after, post.login.staff.author
                )
                return RedirectResponse(f"/console/requests/{reference}/photos/{photo_id}", 303)
    except ValueError:
        problem = CoverProblem.NO_BOX
    except (UnknownRequestError, UnknownPhotoError, PhotoMissingError):
        raise HTTPException(404) from None
    status = 409 if problem is CoverProblem.TURNED else 422
    return await _page(request, reference, photo_id, problem=problem, status=status)


def _after(edit: Edit, step: Step, post: Posted) -> Edit:
    """What is done to the photo after this step. Raises `ValueError` for a box that covers nothing."""
    if step is Step.LEFT:
        return edit.turned(270)
    if step is Step.RIGHT:
        return edit.turned(90)
    if step is Step.RESTORE:
        return Edit()
    if step is Step.UNCOVER:
        (index,) = post.numbers("box")[:1] or (MOST_BOXES,)
        return edit.without(index)
    sides = [float(post.text(name)) for name in ("left", "top", "width", "height")]
    if not all(map(math.isfinite, sides)):
        raise ValueError("Not all sides are numbers.")
    return edit.covering(Box(*sides))


async def _page(
    request: Request,
    reference: str,
    photo_id: int,
    *,
    problem: CoverProblem | None = None,
    status: int = 200,
) -> Response:
    async with transaction() as session:
        try:
            photo = await photo_of_request(session, reference, photo_id)
        except (UnknownRequestError, UnknownPhotoError):
            raise HTTPException(404) from None
        seen = photo.outside
        context = {
            "reference": reference,
            "photo_id": photo_id,
            "covered_by": photo.covered_by_id,
            "width": seen.width,
            "height": seen.height,
            "edit": Edit.of(photo.edit),
            "most": MOST_BOXES,
            "problem": problem,
        }
    return render(request, "requests/cover.html", context, status=status)
