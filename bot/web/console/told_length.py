"""What residents will read of an update, while it is typed: all of it, not what the clerk wrote alone, and how many SMS it takes."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.status import Resolution, Status
from bot.cases.updates import MAX_PUBLIC_TEXT
from bot.db.session import transaction
from bot.web.access import MAX_FILES, Posted, Reference, posted
from bot.web.console.acts import Act, preview
from bot.web.console.change_form import ChangeForm
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)


@router.post("/requests/{reference}/sms-length")
async def told_length(request: Request, reference: Reference, post: Posted = Depends(posted)) -> Response:
    """The words being typed with what is said around them. Posted, so that they are in no address and no log."""
    form = _as_far_as_filled_in(post)
    photos = min(sum(post.numbers("photo_count")[:1]), MAX_FILES)
    async with transaction() as session:
        try:
            row = await find_request(session, reference)
        except UnknownRequestError:
            raise HTTPException(404) from None
        told = await preview(session, row, form, photos)
    context = {"words": form.public_text, "limit": MAX_PUBLIC_TEXT, "told": told, "reference": reference}
    return render(request, "requests/_told_length.html", context)


def _as_far_as_filled_in(post: Posted) -> ChangeForm:
    """What the form says by now; what makes no sense yet is not there yet."""
    try:
        status = Act.read(post).status(post)
    except ValueError:
        status = None
    try:
        resolution = Resolution(post.text("resolution"))
    except ValueError:
        resolution = None
    return ChangeForm(
        status,
        post.text("public_text")[:MAX_PUBLIC_TEXT].strip(),
        resolution=resolution if status is Status.CLOSED else None,
        referred_to=post.text("referred_to"),
        due_on=post.text("due_on"),
    )
