"""Changing several requests in one go: chosen from the list, looked at with all that would be told, then done; for a minute undone."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.sight import requests_in_sight
from bot.cases.staff import StaffMember, list_staff
from bot.cases.staff_sessions import Login
from bot.cases.status import Resolution, Status
from bot.channels.messages import Channel
from bot.channels.twilio.gsm7 import segments
from bot.city.current import city, ready_words
from bot.db.session import transaction
from bot.db.tables import ServiceRequest
from bot.delivery.batches import (
    MOST,
    UNDONE_WITHIN,
    Why,
    Wish,
    begin_batch,
    change_one,
    find_batch,
    undo_batch,
    what_hinders,
)
from bot.web.access import MAX_ID, Posted, RowId, changing, signed_in
from bot.web.console.acts import preview
from bot.web.console.change_form import ChangeForm
from bot.web.console.many_form import ManyForm, read_many
from bot.web.console.request_filter import RequestFilter
from bot.web.templating import render

router = APIRouter(prefix="/console/many", include_in_schema=False)

MOST_SHOWN = 6  # different texts of one change that are shown whole
_SEEN = re.compile(r"^(\d{1,18}):(\d{1,18})$")
_KEY = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the requests, as it stands now."""

    row: ServiceRequest
    newest: int  # id of its newest update

    @property
    def seen(self) -> str:
        return f"{self.row.id}:{self.newest}"


@dataclass(frozen=True, slots=True)
class Telling:
    """One text, and how many residents read it."""

    channel: str
    language: str
    text: str
    people: int


@dataclass(frozen=True, slots=True)
class Look:
    """What would happen."""

    moves: Mapping[tuple[str, str], int]  # from and to which status → how many
    hindered: Sequence[tuple[Chosen, Why]]
    told: Counter[str]  # channel → residents
    not_told: int  # residents who cannot be told
    tellings: Sequence[Telling]  # some of the texts
    texts: int  # different texts there are
    parts: int | None  # SMS of the longest

    @property
    def changed(self) -> int:
        return sum(self.moves.values())


@router.get("")
async def choose(
    request: Request,
    chosen: Annotated[list[int], Query()] = [],  # noqa: B006 - read by FastAPI, never written
    back: str = Query("", max_length=400),
    login: Login = Depends(signed_in),
) -> Response:
    """What is to be done with those that were chosen in the list."""
    async with transaction() as session:
        rows = await _chosen(session, [one for one in chosen if 0 < one <= MAX_ID], login.staff)
        return await _page(request, session, rows, ManyForm(), back)


@router.post("")
async def look(request: Request, post: Posted = Depends(changing)) -> Response:
    """The same with all that would happen, before anything does."""
    seen = _seen(post.text("seen"))
    async with transaction() as session:
        rows = await _chosen(session, list(seen), post.login.staff)
        form = read_many(post)
        if form.problems:
            return await _page(request, session, rows, form, post.text("back"), status=422)
        found = await _look(session, rows, form.wish, post.login.staff.author)
        return await _page(request, session, rows, form, post.text("back"), found)


@router.post("/do")
async def do(post: Posted = Depends(changing)) -> Response:
    """Change them as they were looked at, each by itself; a form that is sent twice is done once."""
    seen, form, key = _seen(post.text("seen")), read_many(post), post.text("key")
    if form.problems or not seen or not _KEY.match(key):
        raise HTTPException(422)
    author, now = post.login.staff.author, datetime.now(UTC)
    async with transaction() as session:
        allowed = {one.row.id for one in await _chosen(session, list(seen), post.login.staff)}
        try:
            batch_id, is_new = await begin_batch(session, key, author, seen, now)
        except NoResultFound:  # another's form
            raise HTTPException(422) from None
    if is_new:
        for request_id, newest in seen.items():
            if request_id in allowed:
                await change_one(batch_id, request_id, newest, form.wish, author, datetime.now(UTC))
    back = RequestFilter.of_query(post.text("back")).query_string()
    return RedirectResponse(f"/console/many/{batch_id}?{back}".rstrip("?"), 303)


@router.get("/{batch_id}")
async def done(request: Request, batch_id: RowId, login: Login = Depends(signed_in)) -> Response:
    """What became of each."""
    async with transaction() as session:
        try:
            batch = await find_batch(session, batch_id)
        except NoResultFound:
            raise HTTPException(404) from None
        if batch.author != login.staff.author:
            raise HTTPException(404)
        rows = {one.row.id: one for one in await _chosen(session, batch.chosen, login.staff)}
    left = UNDONE_WITHIN - (datetime.now(UTC) - batch.created_at)
    changed = [step for step in batch.steps if step.update_id is not None]
    context = {
        "batch": batch,
        "rows": rows,
        "changed": changed,
        "kept": [step for step in batch.steps if step.update_id is None],
        "not_begun": len(batch.chosen) - len(batch.steps),
        "seconds": max(0, round(left.total_seconds())) if changed and not batch.undone_at else 0,
        "back": RequestFilter.of_query(request.url.query).query_string(),
    }
    return render(request, "requests/many_done.html", context)


@router.post("/{batch_id}/undo")
async def undo(batch_id: RowId, post: Posted = Depends(changing)) -> Response:
    """Bring those back of whose change nobody was told yet."""
    author = post.login.staff.author
    async with transaction() as session:
        try:
            if (await find_batch(session, batch_id)).author != author:
                raise HTTPException(404)
        except NoResultFound:
            raise HTTPException(404) from None
    await undo_batch(batch_id, author, datetime.now(UTC))
    back = RequestFilter.of_query(post.text("back")).query_string()
    return RedirectResponse(f"/console/many/{batch_id}?{back}".rstrip("?"), 303)


def _seen(words: str) -> dict[int, int]:
    """Request id → id of its newest update, as the page had them; what does not read like it is left out."""
    found = (_SEEN.match(part) for part in words.split()[:MOST])
    pairs = ((int(one[1]), int(one[2])) for one in found if one)
    return {request_id: newest for request_id, newest in pairs if 0 < request_id <= MAX_ID}


async def _chosen(session: AsyncSession, ids: Sequence[int], staff: StaffMember) -> list[Chosen]:
    """Those of them that this person may see, in the order of the list they were chosen from."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    found = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.id.in_(wanted), requests_in_sight(staff))
        .options(selectinload(ServiceRequest.photos), selectinload(ServiceRequest.updates))
    )
    rows = {row.id: row for row in found}
    return [
        Chosen(rows[one], max((update.id for update in rows[one].updates), default=0))
        for one in wanted
        if one in rows
    ]


async def _look(session: AsyncSession, chosen: Sequence[Chosen], wish: Wish, author: str) -> Look:
    now = datetime.now(UTC)
    moves: Counter[tuple[str, str]] = Counter()
    told: Counter[str] = Counter()
    texts: Counter[tuple[str, str, str]] = Counter()
    hindered, not_told = [], 0
    for one in chosen:
        hinders = await what_hinders(session, one.row, wish, author, now)
        if hinders is not None:
            hindered.append((one, hinders))
            continue
        moves[one.row.status, wish.status or one.row.status] += 1
        form = ChangeForm(
            wish.status,
            wish.words_for(one.row.language),
            resolution=wish.resolution,
            referred_to=wish.referred_to,
        )
        goes_out = await preview(session, one.row, form)
        if not goes_out.says:
            continue
        not_told += len(goes_out.reach.not_told)
        for reading in goes_out.readings:
            told[reading.group.channel] += reading.group.people
            texts[reading.group.channel, reading.group.language, reading.text] += reading.group.people
    parts = max((segments(text) for channel, _, text in texts if channel == Channel.SMS), default=None)
    shown = [Telling(*kind, people) for kind, people in texts.most_common(MOST_SHOWN)]
    return Look(moves, hindered, told, not_told, shown, len(texts), parts)


async def _page(
    request: Request,
    session: AsyncSession,
    chosen: Sequence[Chosen],
    form: ManyForm,
    back: str,
    found: Look | None = None,
    *,
    status: int = 200,
) -> Response:
    languages = Counter(one.row.language for one in chosen)
    context = {
        "chosen": chosen,
        "seen": " ".join(one.seen for one in chosen),
        "form": form,
        "look": found,
        "key": secrets.token_urlsafe(16),
        "most": MOST,
        "seconds": round(UNDONE_WITHIN.total_seconds()),
        "spanish": languages["es"],
        "statuses": list(Status),
        "endings": [one for one in Resolution if one is not Resolution.DUPLICATE],
        "departments": city().departments,
        "staff": await list_staff(session),
        "ready": [(number, one) for number, one in enumerate(ready_words())],
        "back": RequestFilter.of_query(back).query_string(),
    }
    return render(request, "requests/many.html", context, status=status)
