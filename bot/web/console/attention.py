"""What every page shows above all else: danger that nobody has seen to, and how many residents wait for a person."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.sight import Subject, is_in_sight
from bot.conversation.danger_marks import UnknownDangerError, acknowledge
from bot.db.session import transaction
from bot.web.access import Posted, RowId, changing, show_above, watching
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/attention", dependencies=[Depends(watching)])
async def attention(request: Request) -> Response:
    """The same parts of the page, as they are now."""
    return render(request, "live/_attention.html")


@router.post("/dangers/{danger_id}/acknowledge")
async def post_acknowledge(request: Request, danger_id: RowId, post: Posted = Depends(changing)) -> Response:
    """Somebody sees to it, by their name. By htmx the page stays as it is; without, they are led to the conversation."""
    async with transaction() as session:
        try:
            conversation_id = await acknowledge(session, danger_id, post.login.staff, datetime.now(UTC))
        except UnknownDangerError:
            raise HTTPException(404) from None
        if not await is_in_sight(session, post.login.staff, Subject.CONVERSATION, str(conversation_id)):
            raise HTTPException(404)  # and nothing is kept
        await session.flush()
        await show_above(session, request, post.login.staff)
    if "hx-request" in request.headers:
        return render(request, "live/_attention.html")
    return RedirectResponse(f"/console/conversations/{conversation_id}", 303)
