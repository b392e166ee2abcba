"""Filing a request for somebody: who called, or whose words stand in a transcript."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.duplicates import OpenRequest, nearest_open_duplicates
from bot.cases.filing import NewRequest, is_filed
from bot.cases.sight import Subject, is_in_sight
from bot.cases.staff_sessions import Login
from bot.city.catalogue import LANGUAGES
from bot.city.current import catalogue
from bot.city.entered import MOST_WORDS, PlaceError, PlaceUnclearError, chosen, key_of, look_up
from bot.city.location import Location, ResolutionOutcome
from bot.db.session import transaction
from bot.db.tables import Conversation, Message
from bot.delivery.phoned_in import (
    TELEPHONE,
    Filed,
    PhoneNumberError,
    agreed_conversation,
    file_for_resident,
    number_of,
)
from bot.web.access import MAX_FILES, MAX_ID, Before, Posted, RowId, changing, signed_in
from bot.web.console.people import contact_name
from bot.web.console.understood import understood_by_message
from bot.web.templating import in_language, render
from bot.web.uploads import RefusedFile, keep_files, known_photos

router = APIRouter(prefix="/console", include_in_schema=False)

MOST_DESCRIPTION = 2000  # characters
MOST_CHOSEN = 60  # messages of a transcript that are offered at once
SURE = 0.5  # least chance of a service that is chosen beforehand
_KEY = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


class EnteringProblem(StrEnum):
    """What keeps it from being filed; the template has a kind sentence for each."""

    SERVICE = "service"
    WORDS = "words"  # nothing says what it is about
    TOO_LONG = "too_long"
    PLACE_MISSING = "place_missing"
    PLACE = "place"
    UNCLEAR = "unclear"
    NUMBER = "number"
    NOT_AGREED = "not_agreed"  # a number, and no word that its owner wants texts
    PHOTOS = "photos"
    NEAR = "near"  # the same is reported there already: it may be about one matter


@dataclass(frozen=True, slots=True)
class EnteringForm:
    """What was entered. `key` makes a form that is sent twice one request."""

    key: str
    service: str = ""
    place: str = ""
    no_place: bool = False
    chosen: str = ""
    description: str = ""
    phone: str = ""
    agreed: bool = False
    language: str = LANGUAGES[0]
    conversation_id: int | None = None
    kept_photos: tuple[int, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    problem: EnteringProblem | None = None
    why: str = ""
    choices: tuple[tuple[str, Location], ...] = ()
    another: bool = False  # it is another matter than what is near
    near: tuple[OpenRequest, ...] = ()

    def wrong(self, problem: EnteringProblem, why: str = "") -> EnteringForm:
        return replace(self, problem=problem, why=why)


class _RefusedError(Exception):
    """The form cannot be filed as it is."""

    def __init__(self, form: EnteringForm) -> None:
        super().__init__()
        self.form = form


@router.get("/new-request")
async def entering_page(
    request: Request,
    login: Login = Depends(signed_in),
    conversation: int | None = Query(None, ge=1, le=MAX_ID),
    message: list[int] | None = Query(None),
) -> Response:
    """An empty form; of a conversation with the words and photos of the messages that were chosen."""
    form = EnteringForm(secrets.token_urlsafe(24))
    if conversation is not None:
        await _in_sight_or_404(login, conversation)
        form = await _out_of(form, conversation, (message or [])[:MOST_CHOSEN])
    return await _page(request, form)


@router.post("/new-request")
async def post_entering(request: Request, post: Posted = Depends(changing)) -> Response:
    """File it, and show it; on a problem the form as it was filled in."""
    try:
        form = await _read(post)
        place = await _place(form)
        number = _number(form)
        await _check_near(form, place, post.login.staff.author)
    except _RefusedError as refused:
        return await _page(request, refused.form, status=422)
    author = post.login.staff.author
    if form.conversation_id is not None:
        await _in_sight_or_404(post.login, form.conversation_id)
    async with transaction() as session:
        conversation_id = form.conversation_id
        if number:
            conversation_id = await agreed_conversation(session, number, form.language, author)
        filed = await file_for_resident(
            session,
            NewRequest(
                conversation_id,
                f"{author}:{form.key}",
                form.service,
                form.description,
                "" if form.no_place else form.place,
                place,
                form.kept_photos,
                await _language(session, conversation_id, form.language),
                datetime.now(UTC),
                author=author,
                channel=TELEPHONE if form.conversation_id is None else "",
            ),
        )
    return RedirectResponse(f"/console/requests/{filed.request.reference}?filed={_outcome(filed)}", 303)


@router.get("/conversations/{conversation_id}/file", dependencies=[Depends(signed_in)])
async def choosing_page(request: Request, conversation_id: RowId, before: Before = None) -> Response:
    """What the resident wrote, to choose of: the newest messages, or those before one."""
    async with transaction() as session:
        conversation = await _conversation(session, conversation_id)
        query = _said_in(conversation_id).order_by(Message.id.desc()).limit(MOST_CHOSEN + 1)
        found = list(await session.scalars(query if before is None else query.where(Message.id < before)))
        context = {
            "conversation_id": conversation_id,
            "name": contact_name(conversation.contact),
            "language": conversation.contact.language or LANGUAGES[0],
            "messages": found[:MOST_CHOSEN][::-1],
            "older": found[MOST_CHOSEN - 1].id if len(found) > MOST_CHOSEN else None,
        }
    return render(request, "requests/choose.html", context)


async def _in_sight_or_404(login: Login, conversation_id: int) -> None:
    """A conversation that a field names is one that whoever asks may read."""
    async with transaction() as session:
        await _conversation(session, conversation_id)
        if not await is_in_sight(session, login.staff, Subject.CONVERSATION, str(conversation_id)):
            raise HTTPException(404)


async def _out_of(form: EnteringForm, conversation_id: int, message_ids: Sequence[int]) -> EnteringForm:
    """The form with what the chosen messages say: words, photos, a pin."""
    async with transaction() as session:
        conversation = await _conversation(session, conversation_id)
        query = _said_in(conversation_id).where(Message.id.in_(message_ids)).order_by(Message.id)
        messages = list(await session.scalars(query)) if message_ids else []
        guessed = await _understood(session, messages)
    photos = [one.photo_id for message in messages for one in message.media if one.photo_id is not None]
    pins = [pin for message in messages if (pin := message.payload.get("pin"))]
    return replace(
        form,
        conversation_id=conversation_id,
        language=conversation.contact.language or LANGUAGES[0],
        description="\n".join(one.body for one in messages if one.body)[:MOST_DESCRIPTION],
        kept_photos=tuple(dict.fromkeys(photos))[:MAX_FILES],
        place=f"{pins[-1]['lat']:.6f},{pins[-1]['lon']:.6f}" if pins else guessed.place,
        service=guessed.service,
    )


@dataclass(frozen=True, slots=True)
class _Guessed:
    """What the bot took messages for, each "" where it was not sure enough."""

    service: str = ""
    place: str = ""


async def _understood(session: AsyncSession, messages: Sequence[Message]) -> _Guessed:
    """The last that it was sure of; whoever files it sees both in the form, and may choose otherwise."""
    by_message = await understood_by_message(session, messages)
    service = place = ""
    for message in messages:
        heard = by_message.get(message.id) or {}
        likely = [code for code, chance in heard.get("services") or () if chance >= SURE]
        service = next((code for code in likely if code in catalogue().services), service)
        found = heard.get("place")
        place = found["name"] if found and found["outcome"] == ResolutionOutcome.RESOLVED else place
    return _Guessed(service, place)


def _said_in(conversation_id: int) -> Select[Message]:
    return (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == "in")
        .options(selectinload(Message.media))
    )


async def _conversation(session: AsyncSession, conversation_id: int) -> Conversation:
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise HTTPException(404)
    return found


async def _language(session: AsyncSession, conversation_id: int | None, entered: str) -> str:
    """Of whoever is told in a conversation, what they read; else what was entered."""
    if conversation_id is None:
        return entered
    return (await _conversation(session, conversation_id)).contact.language or entered


async def _read(post: Posted) -> EnteringForm:
    """The form, its photos kept. Raises `_RefusedError` for what can be told without looking up the place."""
    if not _KEY.match(post.text("key")):
        raise HTTPException(422)
    kept = (await known_photos(post.numbers("kept_photos"), post.login.staff))[:MAX_FILES]
    files = post.files("photos")[: max(MAX_FILES - len(kept), 0)]
    new, refused = await keep_files(files)
    language = post.text("language")
    form = EnteringForm(
        post.text("key"),
        post.text("service"),
        post.text("place"),
        post.text("no_place") == "yes",
        post.text("chosen"),
        post.text("description"),
        post.text("phone")[:40],
        post.text("agreed") == "yes",
        language if language in LANGUAGES else LANGUAGES[0],
        next(iter(post.numbers("conversation")), None),
        (*kept, *new),
        refused,
        another=post.text("another") == "yes",
    )
    if form.service not in catalogue().services:
        raise _RefusedError(form.wrong(EnteringProblem.SERVICE))
    if not form.description:
        raise _RefusedError(form.wrong(EnteringProblem.WORDS))
    if len(form.description) > MOST_DESCRIPTION:
        raise _RefusedError(form.wrong(EnteringProblem.TOO_LONG))
    if refused:
        raise _RefusedError(form.wrong(EnteringProblem.PHOTOS))
    return form


async def _place(form: EnteringForm) -> Location | None:
    """Where it is; None for a matter of no place. Raises `_RefusedError`."""
    if form.no_place:
        return None
    if not form.place:
        raise _RefusedError(form.wrong(EnteringProblem.PLACE_MISSING))
    try:
        # The first look-up loads the city's streets, and a geocoder may be asked: not in the event loop.
        return await asyncio.to_thread(look_up, form.place)
    except PlaceUnclearError as unclear:
        found = chosen(unclear.candidates, form.chosen)
        if found is None:
            choices = tuple((key_of(one), one) for one in unclear.candidates)
            raise _RefusedError(replace(form.wrong(EnteringProblem.UNCLEAR), choices=choices)) from None
        return found
    except PlaceError as error:
        raise _RefusedError(form.wrong(EnteringProblem.PLACE, str(error))) from None


async def _check_near(form: EnteringForm, place: Location | None, author: str) -> None:
    """Raise `_RefusedError` where the same is reported there already, until whoever files it says that it is another matter."""
    if form.another or place is None or place.point is None:
        return
    async with transaction() as session:
        if await is_filed(session, f"{author}:{form.key}"):
            return  # a double click: the one that is near is this one
        service = catalogue().services[form.service]
        near = await nearest_open_duplicates(
            session, service, place.point, form.conversation_id or 0, datetime.now(UTC)
        )
    if near:
        raise _RefusedError(replace(form.wrong(EnteringProblem.NEAR), near=tuple(near)))


def _number(form: EnteringForm) -> str:
    """The number that is texted, as E.164; "" for none. Raises `_RefusedError`."""
    if not form.phone or form.conversation_id is not None:
        return ""
    try:
        number = number_of(form.phone)
    except PhoneNumberError:
        raise _RefusedError(form.wrong(EnteringProblem.NUMBER)) from None
    if not form.agreed:
        raise _RefusedError(form.wrong(EnteringProblem.NOT_AGREED))
    return number


def _outcome(filed: Filed) -> str:
    if filed.stopped:
        return "stopped"
    return "told" if filed.told else "quiet"


async def _page(request: Request, form: EnteringForm, *, status: int = 200) -> Response:
    async with transaction() as session:
        of = await session.get(Conversation, form.conversation_id) if form.conversation_id else None
    context = {
        "form": form,
        "of": contact_name(of.contact) if of else "",
        "groups": [
            (in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups
        ],
        "languages": LANGUAGES,
        "max_description": MOST_DESCRIPTION,
        "max_place": MOST_WORDS,
    }
    return render(request, "requests/new.html", context, status=status)
