"""Saying what a message was, and the queue of what reviewers say: accepted, it is learnt with the next training."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.city.current import catalogue
from bot.conversation.review.dialogues import conversation_as_dialogue
from bot.conversation.review.examples import (
    ACTS,
    MAX_PLACE,
    ExampleError,
    Kind,
    NoExampleError,
    Proposal,
    State,
    count_examples,
    decide,
    list_examples,
    propose,
    save_example,
)
from bot.conversation.review.masking import LONGEST
from bot.conversation.review.trainings import (
    UNDER_WAY,
    Stage,
    UnderWayError,
    ask,
    newest_trainings,
)
from bot.db.session import transaction
from bot.web.access import (
    Before,
    Posted,
    RowId,
    administering,
    changing,
    posted,
    signed_in,
    watching,
)
from bot.web.console.people import staff_names
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console", include_in_schema=False)

QUEUE = "/console/review/teach"


@router.get("/messages/{message_id}/teach", dependencies=[Depends(signed_in)])
async def teach_page(request: Request, message_id: RowId) -> Response:
    return await _form(request, message_id)


@router.post("/messages/{message_id}/teach")
async def post_teach(request: Request, message_id: RowId, post: Posted = Depends(posted)) -> Response:
    """A reviewer says what a message was; who teaches accepts it (`bot.cases.roles`)."""
    kind = post.text("kind")
    label = post.text(kind) if kind in set(Kind) else ""
    try:
        async with transaction() as session:
            proposal = await propose(session, message_id)
            if not label:
                raise ExampleError
            now = datetime.now(UTC)
            await save_example(session, proposal, post.login.staff, Kind(kind), label, post.text("text"), now)
    except NoExampleError:
        raise HTTPException(404) from None
    except ExampleError:
        sent = {"kind": kind, "label": label, "text": post.text("text")}
        return await _form(request, message_id, sent, status=422)
    return RedirectResponse(f"{QUEUE}?saved=1", 303)


@router.get("/review/teach", dependencies=[Depends(signed_in)])
async def queue(request: Request, state: str = State.WAITING, before: Before = None) -> Response:
    wanted = State(state) if state in set(State) else State.WAITING
    async with transaction() as session:
        examples, more = await list_examples(session, wanted, before)
        context = await _context(session) | {
            "view": "teach",
            "state": wanted,
            "states": tuple(State),
            "examples": examples,
            "counts": await count_examples(session),
            **await _trainings(session),
            "next_page": f"{QUEUE}?state={wanted}&before={examples[-1].id}" if more else "",
            "saved": "saved" in request.query_params,
        }
    return render(request, "review/teach.html", context)


@router.get("/review/trainings", dependencies=[Depends(watching)])
async def fresh_trainings(request: Request) -> Response:
    """The list again, while one is under way."""
    async with transaction() as session:
        context = await _trainings(session) | {"counts": await count_examples(session)}
        context["names"] = await staff_names(session)
    return render(request, "review/_trainings.html", context)


@router.post("/review/trainings")
async def post_train(post: Posted = Depends(administering)) -> Response:
    """Ask for a training with all that is accepted, or for the model before. Pressed twice, it is asked for once."""
    async with transaction() as session:
        counts = await count_examples(session)
        stage = Stage.BACK_ASKED if post.text("back") == "1" else Stage.ASKED
        if stage is Stage.ASKED and not counts[State.ACCEPTED]:
            raise HTTPException(422)
        with suppress(UnderWayError):
            await ask(session, post.login.staff.author, stage, counts[State.ACCEPTED], datetime.now(UTC))
    return RedirectResponse(f"{QUEUE}#trainings", 303)


async def _trainings(session: AsyncSession) -> dict[str, Any]:
    trainings = await newest_trainings(session)
    last = next((one for one in trainings if one.state in (Stage.SWITCHED, Stage.BACK)), None)
    return {
        "trainings": trainings,
        "under_way": any(one.state in UNDER_WAY for one in trainings),
        "may_go_back": last is not None,
    }


@router.post("/review/teach/{example_id}")
async def post_decide(example_id: RowId, post: Posted = Depends(changing)) -> Response:
    """Accept or reject. Pressed by two, the last word counts."""
    try:
        async with transaction() as session:
            accept = post.text("accept") == "1"
            await decide(session, example_id, post.login.staff, datetime.now(UTC), accept=accept)
    except NoExampleError:
        raise HTTPException(404) from None
    return RedirectResponse(QUEUE, 303)


@router.get("/conversations/{conversation_id}/dialogue.yml", dependencies=[Depends(signed_in)])
async def save_as_test(conversation_id: RowId) -> Response:
    """The conversation as a dialogue of tests/dialogues, masked."""
    async with transaction() as session:
        try:
            file = await conversation_as_dialogue(session, conversation_id)
        except LookupError:
            raise HTTPException(404) from None
    headers = {
        "Content-Disposition": f'attachment; filename="conversation-{conversation_id}.yml"',
        "Cache-Control": "no-store",
    }
    return Response(file, media_type="application/yaml", headers=headers)


async def _form(
    request: Request, message_id: int, sent: dict[str, str] | None = None, *, status: int = 200
) -> Response:
    async with transaction() as session:
        try:
            proposal = await propose(session, message_id)
        except NoExampleError:
            raise HTTPException(404) from None
        context = await _context(session) | {
            "proposal": proposal,
            "sent": sent or _guess(proposal),
            "refused": sent is not None,
            "acts": ACTS,
            "groups": [
                (in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups
            ],
            "longest": LONGEST,
            "max_place": MAX_PLACE,
        }
    return render(request, "review/teach_form.html", context, status=status)


def _guess(proposal: Proposal) -> dict[str, str]:
    """What the form begins with: the words as they are masked, and nothing chosen for anybody."""
    return {"kind": "", "label": "", "text": proposal.text}


async def _context(session: AsyncSession) -> dict[str, Any]:
    return {"names": await staff_names(session)}
