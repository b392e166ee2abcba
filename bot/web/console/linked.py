"""Where else a request is worked, the city's own system or a department's mailbox: having it sent there once more."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from bot.cases.audit import record
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.work_links import mail_again
from bot.db.session import transaction
from bot.settings import settings
from bot.sync.exchange import send_again
from bot.web.access import Posted, Reference, changing

router = APIRouter(prefix="/console", include_in_schema=False)


@router.post("/requests/{reference}/send-again")
async def post_send_again(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Try again what was refused; what is gone over there is made anew. 404 where the city has no other system."""
    system = settings().sync
    if system == "none":
        raise HTTPException(404)
    try:
        async with transaction() as session:
            request = await find_request(session, reference)
            await send_again(session, system, request.id, datetime.now(UTC))
            record(session, post.login.staff.author, "request.sent_again", "request", reference, to=system)
    except UnknownRequestError:
        raise HTTPException(404) from None
    return RedirectResponse(f"/console/requests/{reference}#elsewhere", 303)


@router.post("/requests/{reference}/mail-again")
async def post_mail_again(reference: Reference, post: Posted = Depends(changing)) -> Response:
    """Mail the department that has it once more, with another link; nothing where a mail is on its way already."""
    try:
        async with transaction() as session:
            request = await find_request(session, reference)
            if await mail_again(session, request, datetime.now(UTC)):
                author = post.login.staff.author
                record(session, author, "request.mailed_again", "request", reference, to=request.department)
    except UnknownRequestError:
        raise HTTPException(404) from None
    return RedirectResponse(f"/console/requests/{reference}#mailbox", 303)
