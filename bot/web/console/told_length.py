"""How many SMS an update takes while it is typed: all that the resident will read, not what the clerk wrote alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.status import FINISHED, Resolution, Status
from bot.cases.telling import key_of, rule_of
from bot.cases.updates import MAX_PUBLIC_TEXT, is_public, is_resolving
from bot.channels.messages import Channel
from bot.channels.twilio.gsm7 import segments
from bot.city.current import city
from bot.conversation.reach import reach_of_request
from bot.db.session import transaction
from bot.db.tables import ServiceRequest, Update
from bot.delivery.notices.wording import readings
from bot.delivery.push import event_of
from bot.web.access import Posted, Reference, posted
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)


@router.post("/requests/{reference}/sms-length")
async def told_length(request: Request, reference: Reference, post: Posted = Depends(posted)) -> Response:
    """The words being typed with what is said around them. Posted, so that they are in no address and no log."""
    async with transaction() as session:
        try:
            row = await find_request(session, reference)
        except UnknownRequestError:
            raise HTTPException(404) from None
        update = _as_it_would_be(row, post)
        parts = await _longest(session, row, update) if is_public(update, photo_count=0) else 0
    words = update.public_text
    context = {"words": words, "limit": MAX_PUBLIC_TEXT, "parts": parts, "says": is_public(update, 0)}
    return render(request, "requests/_told_length.html", context)


async def _longest(session: AsyncSession, row: ServiceRequest, update: Update) -> int | None:
    """SMS of the longest text that somebody who follows it is told; None where nobody is told by SMS."""
    rule = await rule_of(session, key_of(update))
    if not rule.tells(reporter=True, spoken=bool(update.public_text or update.due_on)):
        return None
    event = event_of(row, update, resolving=is_resolving(update), took_back=True)
    told = await readings(session, event, await reach_of_request(session, row.id), datetime.now(UTC))
    return max((segments(one.text) for one in told if one.group.channel == Channel.SMS), default=None)


def _as_it_would_be(row: ServiceRequest, post: Posted) -> Update:
    """The entry of the history that the form would make, as far as it is filled in; it is never kept."""
    status = _status(post, row)
    moves = status is not Status(row.status)
    ends = moves and status in FINISHED
    due_on = _day(post)
    return Update(
        from_status=row.status,
        to_status=status,
        resolution=_resolution(post, status, row) if ends else None,
        referred_to=post.text("referred_to") if ends else "",
        public_text=post.text("public_text")[:MAX_PUBLIC_TEXT].strip(),
        due_on=due_on if due_on != row.due_on else None,
    )


def _status(post: Posted, row: ServiceRequest) -> Status:
    try:
        return Status(post.text("status"))
    except ValueError:
        return Status(row.status)


def _resolution(post: Posted, status: Status, row: ServiceRequest) -> Resolution:
    if status is Status.RESOLVED:
        return Resolution.FIXED
    try:
        return Resolution(post.text("resolution"))
    except ValueError:
        return Resolution.FIXED if row.status == Status.RESOLVED else Resolution.WILL_NOT_DO


def _day(post: Posted) -> date | None:
    """None for none, for what is no day, and for one that is over: it is not saved."""
    try:
        day = date.fromisoformat(post.text("due_on"))
    except ValueError:
        return None
    return day if day >= datetime.now(city().time_zone).date() else None
