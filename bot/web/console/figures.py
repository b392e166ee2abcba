"""Pages beside the work: the figures of a week, and for admins how everything runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.week import last_whole_week, load_week, monday_of
from bot.conversation.late_photos import late_files
from bot.conversation.link_guesses import read_guesses
from bot.conversation.states import OutboundState
from bot.db.session import transaction
from bot.delivery.staff_mail.unsettled import unsettled_mails
from bot.delivery.unsettled import blocked_channels, list_messages
from bot.keeping.clocks import read_clocks
from bot.settings import settings
from bot.web.access import admin, signed_in
from bot.web.console.insight.week import week_page
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)

MOST_FAILED = 50  # messages on the page; `cityline message list` has them all


@router.get("/week", dependencies=[Depends(signed_in)])
async def week(request: Request, of: str = "") -> Response:
    """The last whole week, or that of a day, as 2026-11-23; what is no day is passed over."""
    now = datetime.now(UTC)
    begins = _monday(of) or last_whole_week(now)
    async with transaction() as session:
        page, choice = await week_page(session, begins, now)
        context = {
            "week": await load_week(session, begins, now),
            "page": page,
            "choice": choice,
        }
    around = {"before": begins - timedelta(days=7), "after": begins + timedelta(days=7)}
    # The one that goes on can be looked at as far as it is: a city that begins has no other.
    running = last_whole_week(now) + timedelta(days=7)
    return render(request, "figures/week.html", {**context, **around, "running": running})


def _monday(day: str) -> date | None:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    # The week before and the one after are linked.
    return monday_of(found) if date(2000, 1, 1) <= found <= date(2999, 1, 1) else None


@router.get("/running", dependencies=[Depends(admin)])
async def running(request: Request) -> Response:
    """Clocks, messages, photos and mails that did not get through, and guessed link codes."""
    async with transaction() as session:
        context = {
            "clocks": await read_clocks(session, datetime.now(UTC)),
            "blocked": await blocked_channels(session),
            "failed": await list_messages(session, {OutboundState.FAILED}, MOST_FAILED),
            "late_files": await late_files(session, datetime.now(UTC)),
            "mails": await unsettled_mails(session, datetime.now(UTC), MOST_FAILED),
            "guesses": await read_guesses(session, datetime.now(UTC)),
            "mail_configured": settings().mail_configured,
        }
    return render(request, "figures/running.html", context)
