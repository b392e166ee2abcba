"""The page of notes that name whoever looks."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.mentions import mentions_of, see_mentions
from bot.cases.staff_sessions import Login
from bot.db.session import transaction
from bot.web.access import Before, Posted, posted, signed_in
from bot.web.console.people import staff_names
from bot.web.templating import render

router = APIRouter(prefix="/console/mentions", include_in_schema=False)

SHOWN = 50


@router.get("")
async def mentions(request: Request, login: Login = Depends(signed_in), before: Before = None) -> Response:
    """Their own, the newest first."""
    async with transaction() as session:
        found = await mentions_of(session, login.staff, before=before, limit=SHOWN + 1)
        context = {
            "mentions": found[:SHOWN],
            "older": found[SHOWN - 1].id if len(found) > SHOWN else None,
            "before": before,
            "names": await staff_names(session),
        }
    return render(request, "mentions/page.html", context)


@router.post("/seen")
async def seen(post: Posted = Depends(posted)) -> Response:
    """One of them is seen, or all. Of their own alone, so viewers may, too."""
    (mention_id,) = post.numbers("mention")[:1] or (None,)
    async with transaction() as session:
        await see_mentions(session, post.login.staff.id, datetime.now(UTC), mention_id=mention_id)
    return RedirectResponse("/console/mentions", 303)
