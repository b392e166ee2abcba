"""Pages of conversations: who talks with the city, and stepping in where a person is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.people import others_of
from bot.cases.sight import conversations_in_sight
from bot.cases.staff_sessions import Login
from bot.conversation.consent import CannotBeTexted, cannot_be_texted
from bot.conversation.danger_marks import last_danger
from bot.conversation.parking import Parked, list_parked, retry_parked
from bot.conversation.still_theirs import (
    GivenUpAgainError,
    NotGivenUpError,
    StrangerError,
    WroteSinceError,
    say_still_theirs,
    who_wrote_since,
)
from bot.db.session import transaction
from bot.db.tables import Conversation, ServiceRequest, Staff
from bot.delivery.resend import NotFailedError, ResidentStoppedError, UnknownMessageError, resend
from bot.web.access import Before, Posted, RowId, changing, signed_in, watching
from bot.web.console.conversation_list import load_conversations
from bot.web.console.handover import (
    MAX_REPLY,
    ReplyError,
    StoppedError,
    UnknownConversationError,
    hand_back,
    reply_as_person,
    take_over,
)
from bot.web.console.people import contact_address, contact_name, staff_names
from bot.web.console.requests import is_part
from bot.web.console.reviewing import load_review
from bot.web.console.transcript import Transcript, load_transcript
from bot.web.live.here import others_here
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ConversationView:
    conversation: Conversation
    name: str
    address: str
    taken_over_by: str | None
    requests: list[ServiceRequest]
    others: list[Conversation]  # that their resident said are theirs, too
    barrier: CannotBeTexted | None  # why staff cannot, or should not, write to them
    owner: Conversation | None  # of who wrote from the number since it was given up
    regained: bool  # staff said that this is the same person
    transcript: Transcript
    parked: Sequence[Parked]


@router.get("/conversations")
async def conversation_list(
    request: Request, before: str = "", login: Login = Depends(signed_in)
) -> Response:
    async with transaction() as session:
        context = {
            "page": await load_conversations(session, before, conversations_in_sight(login.staff)),
            "names": await staff_names(session),
            "continued": bool(before),
        }
    older = is_part(request) and before
    return render(request, "conversations/_rows.html" if older else "conversations/list.html", context)


@router.get("/conversations-fresh")
async def fresh_list(request: Request, login: Login = Depends(watching)) -> Response:
    """The first page again, as it is now."""
    async with transaction() as session:
        page = await load_conversations(session, sight=conversations_in_sight(login.staff))
        context = {"page": page, "names": await staff_names(session)}
    return render(request, "conversations/_fresh.html", context)


@router.get("/conversations/{conversation_id}", dependencies=[Depends(signed_in)])
async def conversation_page(request: Request, conversation_id: RowId, before: Before = None) -> Response:
    return await _show(request, conversation_id, before=before)


@router.get("/conversations/{conversation_id}/fresh", dependencies=[Depends(watching)])
async def fresh_conversation(request: Request, conversation_id: RowId) -> Response:
    return await _show(request, conversation_id, template="conversations/_fresh_conversation.html")


@router.post("/conversations/{conversation_id}/take-over")
async def post_take_over(conversation_id: RowId, post: Posted = Depends(changing)) -> Response:
    async with transaction() as session:
        try:
            await take_over(session, conversation_id, post.login.staff)
        except UnknownConversationError:
            raise HTTPException(404) from None
    return _back_to(conversation_id)


@router.post("/conversations/{conversation_id}/hand-back")
async def post_hand_back(conversation_id: RowId, post: Posted = Depends(changing)) -> Response:
    async with transaction() as session:
        try:
            await hand_back(session, conversation_id, post.login.staff)
        except UnknownConversationError:
            raise HTTPException(404) from None
    return _back_to(conversation_id)


@router.post("/conversations/{conversation_id}/still-theirs")
async def post_still_theirs(
    request: Request, conversation_id: RowId, post: Posted = Depends(changing)
) -> Response:
    """The number that a carrier listed is still its owner's. Pressed twice, it is said once."""
    same_as = (post.numbers("same_as") or (None,))[0]
    if same_as is not None and post.text("sure") != "yes":
        return await _show(request, conversation_id, problem="not_sure", status=422)
    try:
        async with transaction() as session:
            await say_still_theirs(
                session, conversation_id, post.login.staff.author, datetime.now(UTC), same_as=same_as
            )
    except LookupError:
        raise HTTPException(404) from None
    except NotGivenUpError:
        pass  # the page was old: there is nothing left to say
    except (WroteSinceError, GivenUpAgainError, StrangerError) as error:
        return await _show(request, conversation_id, problem=_STILL_THEIRS[type(error)], status=409)
    return _back_to(conversation_id)


_STILL_THEIRS: dict[type[ValueError], str] = {
    WroteSinceError: "wrote_since",
    GivenUpAgainError: "given_up_again",
    StrangerError: "stranger",
}


@router.post("/conversations/{conversation_id}/retry")
async def post_retry(conversation_id: RowId, post: Posted = Depends(changing)) -> Response:
    """Have what was parked here taken again. What was tried again meanwhile by somebody else is nothing to do."""
    async with transaction() as session:
        await retry_parked(session, conversation_id, post.login.staff.author)
    return _back_to(conversation_id)


@router.post("/conversations/{conversation_id}/reply")
async def post_reply(request: Request, conversation_id: RowId, post: Posted = Depends(changing)) -> Response:
    text = post.text("text")
    seen = (post.numbers("seen_message") or (0,))[0]
    try:
        async with transaction() as session:
            await reply_as_person(session, conversation_id, post.login.staff, text, seen)
    except UnknownConversationError:
        raise HTTPException(404) from None
    except StoppedError:
        return await _show(request, conversation_id, draft=text, problem="stopped", status=409)
    except ReplyError:
        problem = "too_long" if text else "empty"
        return await _show(request, conversation_id, draft=text, problem=problem, status=422)
    return _back_to(conversation_id, "?sent=1")


@router.post("/conversations/{conversation_id}/messages/{message_id}/resend")
async def post_resend(
    request: Request, conversation_id: RowId, message_id: RowId, post: Posted = Depends(changing)
) -> Response:
    """Send a failed message again. Pressed twice, it goes out once: the second finds it on its way."""
    try:
        async with transaction() as session:
            await resend(session, message_id, post.login.staff.author, conversation_id)
    except UnknownMessageError:
        raise HTTPException(404) from None
    except ResidentStoppedError:
        return await _show(request, conversation_id, problem="stopped", status=409)
    except NotFailedError:
        pass
    return _back_to(conversation_id, f"#message-{message_id}")


def _back_to(conversation_id: int, query: str = "") -> Response:
    return RedirectResponse(f"/console/conversations/{conversation_id}{query}", 303)


async def _show(
    request: Request,
    conversation_id: int,
    *,
    before: int | None = None,
    draft: str = "",
    problem: str = "",
    status: int = 200,
    template: str = "conversations/page.html",
) -> Response:
    async with transaction() as session:
        view = await _load(session, conversation_id, before)
        names = await staff_names(session)
        danger = await last_danger(session, conversation_id)
        review = await load_review(session, request.state.login.staff, conversation_id)
        here = await others_here(
            session, f"c{conversation_id}", request.state.login.staff.id, datetime.now(UTC)
        )
    context = {
        "view": view,
        "review": review,
        "danger": danger,
        "subject": f"c{conversation_id}",
        "others": here,
        "names": names,
        "draft": draft,
        "problem": problem,
        "max_reply": MAX_REPLY,
        "looking_back": before is not None,
    }
    return render(request, template, context, status=status)


async def _load(session: AsyncSession, conversation_id: int, before: int | None) -> ConversationView:
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise HTTPException(404)
    staff = await session.get(Staff, conversation.taken_over_by) if conversation.taken_over_by else None
    requests = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.conversation_id == conversation_id)
        .order_by(ServiceRequest.id.desc())
        .limit(20)
    )
    others = await others_of(session, conversation_id)
    owner = await who_wrote_since(session, conversation)
    return ConversationView(
        conversation,
        contact_name(conversation.contact),
        contact_address(conversation.contact),
        staff.name if staff and conversation.taken_over_at else None,
        list(requests),
        others,
        cannot_be_texted(conversation.contact),
        owner,
        owner is not None and conversation.contact.still_theirs_at is not None and owner in others,
        await load_transcript(session, conversation_id, before=before),
        await list_parked(session, conversation_id),
    )
