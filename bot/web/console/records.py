"""Handing out a record, and erasing a resident: for whoever asks the city what it keeps of them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.cases.audit import record as note
from bot.cases.lookup import UnknownRequestError, find_request
from bot.cases.roles import Permission
from bot.db.session import transaction
from bot.db.tables import Conversation, Message, ServiceRequest
from bot.keeping.erasing import erase_contact
from bot.keeping.record import Record, photo_name, record_of_request, record_of_resident, write_zip
from bot.web.access import Posted, Reference, RowId, administering, posted, signed_in
from bot.web.console.people import contact_address, contact_name
from bot.web.language import ENGLISH, speaking
from bot.web.media import current_store
from bot.web.templating import environment, render

router = APIRouter(prefix="/console", include_in_schema=False)

SURE = "ERASE"  # what is typed to erase somebody


@router.get("/conversations/{conversation_id}/record", dependencies=[Depends(signed_in)])
async def resident_page(request: Request, conversation_id: RowId) -> Response:
    """What can be handed out of a resident, and how to erase them."""
    return await _resident_page(request, conversation_id)


@router.post("/conversations/{conversation_id}/record")
async def hand_out_resident(conversation_id: RowId, post: Posted = Depends(posted)) -> Response:
    """All that is kept of them, as a zip."""
    async with transaction() as session:
        try:
            record = await record_of_resident(session, conversation_id)
        except LookupError:
            raise HTTPException(404) from None
        author = post.login.staff.author
        note(session, author, "contact.exported", "conversation", conversation_id, photos=len(record.photos))
    return await _zip(record, "records/resident.html")


@router.post("/conversations/{conversation_id}/erase")
async def erase(request: Request, conversation_id: RowId, post: Posted = Depends(administering)) -> Response:
    """Erase them for good, where the word was typed. Sent twice, it is done once."""
    if post.text("sure") != SURE:
        return await _resident_page(request, conversation_id, problem=True, status=422)
    async with transaction() as session:
        contact_id = await session.scalar(
            select(Conversation.contact_id).where(Conversation.id == conversation_id)
        )
        if contact_id is None:
            raise HTTPException(404)
        erased = await erase_contact(session, contact_id, actor=post.login.staff.author)
    return render(
        request, "records/erased.html", {"references": erased.requests, "photos": len(erased.photos)}
    )


@router.get("/requests/{reference}/record", dependencies=[Depends(signed_in)])
async def request_record_page(request: Request, reference: Reference) -> Response:
    """What can be handed out of a request."""
    async with transaction() as session:
        try:
            row = await find_request(session, reference)
        except UnknownRequestError:
            raise HTTPException(404) from None
    return render(request, "records/of_request.html", {"it": row})


@router.post("/requests/{reference}/record")
async def hand_out_request(reference: Reference, post: Posted = Depends(posted)) -> Response:
    """The city's record of it, without anybody's name or number, as a zip."""
    notes = post.text("notes") == "yes"
    async with transaction() as session:
        try:
            record = await record_of_request(session, reference, notes=notes)
        except UnknownRequestError:
            raise HTTPException(404) from None
        author = post.login.staff.author
        note(session, author, "request.exported", "request", record.name, notes=notes)
    return await _zip(record, "records/request.html")


async def _resident_page(
    request: Request, conversation_id: int, *, problem: bool = False, status: int = 200
) -> Response:
    async with transaction() as session:
        conversation = await session.get(Conversation, conversation_id)
        if conversation is None:
            raise HTTPException(404)
        messages = await session.scalar(
            select(func.count()).where(Message.conversation_id == conversation_id)
        )
        requests = await session.scalar(
            select(func.count()).where(ServiceRequest.conversation_id == conversation_id)
        )
    context = {
        "it": conversation,
        "name": contact_name(conversation.contact),
        "address": contact_address(conversation.contact),
        "messages": messages,
        "requests": requests,
        "may_erase": request.state.login.staff.may(Permission.ERASE),
        "sure": SURE,
        "problem": problem,
    }
    return render(request, "records/of_resident.html", context, status=status)


async def _zip(record: Record, template: str) -> Response:
    """The zip as a file that is deleted once it is sent."""
    page = record_page(record, template)

    def make() -> Path:
        with tempfile.NamedTemporaryFile(prefix="cityline-record-", suffix=".zip", delete=False) as file:
            write_zip(file, record, page, current_store())
            return Path(file.name)

    path = await asyncio.to_thread(make)
    headers = {"Cache-Control": "no-store"}
    away = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(
        path, media_type="application/zip", filename=f"{record.name}.zip", headers=headers, background=away
    )


def record_page(record: Record, template: str) -> str:
    """The page to read, which needs nothing beside it but the photos."""
    # It goes to a resident, or is handed out: it reads the same whoever of staff asks for it.
    with speaking(ENGLISH):
        page = environment(ENGLISH).get_template(template)
        return page.render(record=record, data=record.data, photo_name=photo_name)
