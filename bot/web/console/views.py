"""Filters of the inbox that a person of staff keeps under names of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter, Depends
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from bot.cases.list_shape import Shape, choose_shape
from bot.db.session import transaction
from bot.db.tables import SavedView
from bot.web.access import Posted, posted
from bot.web.console.request_filter import RequestFilter

router = APIRouter(prefix="/console", include_in_schema=False)

MOST_VIEWS = 20  # of one person: more than that is a list nobody reads
MOST_NAME = 40  # characters


class ViewProblem(StrEnum):
    NAMELESS = "nameless"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class OwnView:
    id: int
    name: str
    filter: RequestFilter


async def own_views(session: AsyncSession, staff_id: int) -> Sequence[OwnView]:
    """Those of a person, in the order in which they were made. What the city no longer has is not asked for any more."""
    rows = await session.scalars(
        select(SavedView).where(SavedView.staff_id == staff_id).order_by(SavedView.id).limit(MOST_VIEWS)
    )
    return [OwnView(row.id, row.name, RequestFilter.of_query(row.query)) for row in rows]


@router.post("/views")
async def save_view(post: Posted = Depends(posted)) -> Response:
    """Keep what the list shows now; a name that they have already stands for it from now on."""
    wanted = RequestFilter.of_query(post.text("query"))
    name = " ".join(post.text("name").split())[:MOST_NAME]
    query = wanted.but(status=wanted.scope).query_string()
    if not name:
        return _to_the_list(query, ViewProblem.NAMELESS)
    staff_id = post.login.staff.id
    async with transaction() as session:
        count = await session.scalar(
            select(func.count())
            .select_from(SavedView)
            .where(SavedView.staff_id == staff_id, SavedView.name != name)
        )
        if (count or 0) >= MOST_VIEWS:
            return _to_the_list(query, ViewProblem.TOO_MANY)
        row = insert(SavedView).values(staff_id=staff_id, name=name, query=query)
        await session.execute(
            row.on_conflict_do_update(index_elements=["staff_id", "name"], set_={"query": row.excluded.query})
        )
    return _to_the_list(query)


@router.post("/views/remove")
async def remove_view(post: Posted = Depends(posted)) -> Response:
    """One of their own is kept no longer; nobody else's is touched."""
    ids = post.numbers("view")
    async with transaction() as session:
        await session.execute(
            delete(SavedView).where(SavedView.id.in_(ids), SavedView.staff_id == post.login.staff.id)
        )
    return _to_the_list(RequestFilter.of_query(post.text("query")).query_string())


@router.post("/list-shape")
async def shape_list(post: Posted = Depends(posted)) -> Response:
    """How the list looks from now on, for whoever asks alone: what is ticked is shown."""
    shown = {value for value in post.form.getlist("show") if isinstance(value, str)}
    hidden = {shape for shape in Shape if shape is not Shape.DENSE and shape not in shown}
    dense = {Shape.DENSE} if post.text("dense") else set()
    async with transaction() as session:
        await choose_shape(session, post.login.staff.username, hidden | dense)
    return _to_the_list(RequestFilter.of_query(post.text("query")).query_string())


def _to_the_list(query: str, problem: ViewProblem | None = None) -> Response:
    told = f"view={problem}" if problem else ""
    return RedirectResponse(f"/console/requests?{'&'.join(filter(None, (query, told)))}".rstrip("?"), 303)
