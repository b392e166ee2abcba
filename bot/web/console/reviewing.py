"""Pages of reviewers: what is worth reading first, searching conversations, and what they do with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.staff import StaffMember
from bot.cases.staff_sessions import Login
from bot.city.current import catalogue, city
from bot.conversation.review.acts import (
    MAX_NOTE,
    NothingToReviewError,
    ReviewError,
    add_note,
    flag,
    mark_reviewed,
    mark_unread,
    set_tag,
)
from bot.conversation.review.marks import reasons
from bot.conversation.review.worth import (
    SAMPLE,
    Found,
    Neighbours,
    count_worth,
    list_found,
    list_worth,
    neighbours,
    position_of,
    progress,
    sample_of_week,
    tags_in_use,
    week_of,
)
from bot.db.session import transaction
from bot.db.tables import ConversationFacts, Message, ReviewNote, Staff
from bot.web.access import Posted, RowId, posted, signed_in
from bot.web.console.conversation_list import read_cursor
from bot.web.console.people import contact_name, staff_names
from bot.web.console.review_filter import QUESTIONS, TROUBLES, ReviewFilter
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console", include_in_schema=False)

QUEUE = "/console/review"
NOTES_SHOWN = 100
AROUND = 100  # messages shown behind one that a link leads to


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation of a list."""

    id: int
    name: str
    facts: ConversationFacts
    channel: str
    language: str | None
    reasons: Sequence[str]
    reviewer: str | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What reviewers know of one conversation; without facts where the clock has not looked at it yet."""

    facts: ConversationFacts | None
    reasons: Sequence[str]
    reviewer: str | None
    neighbours: Neighbours
    notes: Sequence[ReviewNote]
    tags: Sequence[str]  # to choose from
    max_note: int = MAX_NOTE


def _rows(found: Sequence[Found]) -> list[Row]:
    return [
        Row(
            one.facts.conversation_id,
            contact_name(one.contact),
            one.facts,
            one.contact.channel,
            one.contact.language,
            reasons(one.facts.marks),
            one.reviewer,
        )
        for one in found
    ]


async def load_review(session: AsyncSession, staff: StaffMember, conversation_id: int) -> ReviewView:
    """For the page of a conversation."""
    facts = await session.get(ConversationFacts, conversation_id)
    reviewer = await session.get(Staff, facts.reviewed_by) if facts and facts.reviewed_by else None
    notes = await session.scalars(
        select(ReviewNote)
        .where(ReviewNote.conversation_id == conversation_id)
        .order_by(ReviewNote.id.desc())
        .limit(NOTES_SHOWN)
    )
    return ReviewView(
        facts,
        reasons(facts.marks) if facts else (),
        reviewer.name if reviewer else None,
        await neighbours(session, staff, facts) if facts else Neighbours(None, None),
        list(notes)[::-1],
        await tags_in_use(session),
    )


@router.get("/review")
async def worth_reading(request: Request, before: str = "", login: Login = Depends(signed_in)) -> Response:
    async with transaction() as session:
        found, more = await list_worth(session, login.staff, position_of(before))
        context = await _context(session, found) | {
            "view": "worth",
            "count": await count_worth(session, login.staff),
            "progress": await progress(session, _today()),
            "next_page": f"{QUEUE}?before={_worth_cursor(found)}" if more else "",
        }
    return render(request, "review/queue.html", context)


@router.get("/review/sample")
async def sample(request: Request, week: str = "", login: Login = Depends(signed_in)) -> Response:
    monday, sunday = week_of(_a_week_after(week) or _today())
    async with transaction() as session:
        found = await sample_of_week(session, login.staff, monday)
        context = await _context(session, found) | {
            "view": "sample",
            "monday": monday,
            "sunday": sunday,
            "earlier": monday - timedelta(days=7),
            "most": SAMPLE,
            "read": sum(one.facts.reviewed_at is not None for one in found),
            "next_page": "",
        }
    return render(request, "review/queue.html", context)


@router.get("/review/find")
async def find(request: Request, before: str = "", login: Login = Depends(signed_in)) -> Response:
    wanted = ReviewFilter.of(dict(request.query_params))
    async with transaction() as session:
        found, more = await list_found(session, login.staff, wanted.wanted(), read_cursor(before))
        last = found[-1].facts if found else None
        cursor = f"{last.last_at.isoformat()}~{last.conversation_id}" if last and more else ""
        context = await _context(session, found) | {
            "view": "find",
            "filter": wanted,
            "narrows": wanted.wanted().narrows,
            "tags": await tags_in_use(session),
            "groups": [
                (in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups
            ],
            "questions": QUESTIONS,
            "troubles": TROUBLES,
            "next_page": wanted.address(cursor) if cursor else "",
        }
    return render(request, "review/find.html", context)


@router.get("/messages/{message_id}", dependencies=[Depends(signed_in)])
async def one_message(message_id: RowId) -> Response:
    """The place of one message in its conversation, however long ago it was."""
    async with transaction() as session:
        message = await session.get(Message, message_id)
        if message is None:
            raise HTTPException(404)
        # The newest messages are shown without being asked for.
        later = await session.scalars(
            select(Message.id)
            .where(Message.conversation_id == message.conversation_id, Message.id > message_id)
            .order_by(Message.id)
            .limit(AROUND + 1)
        )
        ids = list(later)
    page = f"/console/conversations/{message.conversation_id}"
    part = f"?before={ids[-1]}" if len(ids) > AROUND else ""
    return RedirectResponse(f"{page}{part}#m{message_id}", 303)


@router.post("/conversations/{conversation_id}/reviewed")
async def post_reviewed(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    """Mark as read up to what the page showed, and go on with the queue."""
    seen = (post.numbers("upto") or (0,))[0]
    async with transaction() as session:
        facts = await session.get(ConversationFacts, conversation_id)
        place = (
            await neighbours(session, post.login.staff, facts)
            if facts and facts.score
            else Neighbours(None, None)
        )
        await _tried(mark_reviewed(session, conversation_id, post.login.staff, seen, datetime.now(UTC)))
    if post.text("stay"):
        return RedirectResponse(_page(conversation_id), 303)
    return RedirectResponse(_page(place.next) if place.next else QUEUE, 303)


@router.post("/conversations/{conversation_id}/unread")
async def post_unread(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    async with transaction() as session:
        await _tried(mark_unread(session, conversation_id, post.login.staff, datetime.now(UTC)))
    return RedirectResponse(_page(conversation_id), 303)


@router.post("/conversations/{conversation_id}/flag")
async def post_flag(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    async with transaction() as session:
        on = post.text("on") == "1"
        await _tried(flag(session, conversation_id, post.login.staff, datetime.now(UTC), on=on))
    return RedirectResponse(_page(conversation_id), 303)


@router.post("/conversations/{conversation_id}/tags")
async def post_tag(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    taken_off = post.text("off")
    async with transaction() as session:
        tag, now = taken_off or post.text("tag"), datetime.now(UTC)
        await _tried(set_tag(session, conversation_id, post.login.staff, tag, now, on=not taken_off))
    return RedirectResponse(_page(conversation_id), 303)


@router.post("/conversations/{conversation_id}/review-notes")
async def post_note(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    about = (post.numbers("message") or (None,))[0]
    async with transaction() as session:
        body, now = post.text("body"), datetime.now(UTC)
        await _tried(add_note(session, conversation_id, post.login.staff, body, now, about))
    return RedirectResponse(f"{_page(conversation_id)}#review", 303)


async def _tried(act: Any) -> None:
    """What a form of ours would not send, and a page that is gone, are told by their status."""
    try:
        await act
    except NothingToReviewError:
        raise HTTPException(404) from None
    except ReviewError:
        raise HTTPException(422) from None


def _page(conversation_id: int) -> str:
    return f"/console/conversations/{conversation_id}"


async def _context(session: AsyncSession, found: Sequence[Found]) -> dict[str, Any]:
    return {
        "rows": _rows(found),
        "names": await staff_names(session),
    }


def _worth_cursor(found: Sequence[Found]) -> str:
    last = found[-1].facts
    return f"{last.score}~{last.last_at.isoformat()}~{last.conversation_id}".replace("+", "%2B")


def _a_week_after(day: str) -> date | None:
    try:
        return date.fromisoformat(day) + timedelta(days=7)
    except (ValueError, OverflowError):
        return None


def _today() -> date:
    return datetime.now(city().time_zone).date()
