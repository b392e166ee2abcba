"""The pages of insight, and their charts as files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.staff_sessions import Login
from bot.db.session import transaction
from bot.insight.days import Days, today
from bot.insight.reading import MOST_LIVE, Reader, reader
from bot.web.access import Before, signed_in
from bot.web.console.insight.asked import GROUPS, Choice, choice_of, shortcuts
from bot.web.console.insight.chart import as_csv, defined
from bot.web.console.insight.offered import offered
from bot.web.console.insight.overview import overview
from bot.web.console.insight.page import Page
from bot.web.console.insight.places import cells_as_csv, places, scale, shades
from bot.web.console.insight.ratings import COMMENTS, comments, ratings
from bot.web.console.insight.reports import reports
from bot.web.console.insight.texts import texts
from bot.web.console.insight.work import work
from bot.web.language import ENGLISH, mark, say, speaking
from bot.web.map_svg import city_wide_map
from bot.web.templating import render

router = APIRouter(prefix="/console/insight", include_in_schema=False)

Load = Callable[[Reader, Choice], Awaitable[Page]]
# Address → how it is called, how it is made, and which filters it knows.
PAGES: Mapping[str, tuple[str, Load, tuple[str, ...]]] = {
    "": (mark("Overview"), overview, ("service", "neighborhood", "department", "channel", "language")),
    "reports": (mark("Reports"), reports, ("channel", "language")),
    "work": (mark("Work"), work, ("service", "neighborhood", "department", "channel", "language")),
    "places": (mark("Places"), places, ("service",)),
    "texts": (mark("Texts"), texts, ("channel", "language")),
    "ratings": (mark("Ratings"), ratings, ("service", "neighborhood", "department", "channel", "language")),
}


@router.get("")
async def first_page(request: Request, _: Login = Depends(signed_in)) -> Response:
    """The overview."""
    return await _answer(request, "")


@router.get("/{name}")
async def page(
    request: Request, name: str, login: Login = Depends(signed_in), before: Before = None
) -> Response:
    """One of the other pages. 404 where there is none."""
    if not name or name not in PAGES:
        raise HTTPException(404)
    return await _answer(request, name, login, before)


@router.get("/{name}/{chart}.csv", dependencies=[Depends(signed_in)])
async def table(request: Request, name: str, chart: str) -> Response:
    """The table of a chart as a file. 404 where there is none."""
    name = "" if name == "overview" else name
    if name not in PAGES:
        raise HTTPException(404)
    now = datetime.now(UTC)
    choice = _known(choice_of(request.query_params, now), name)
    # A file goes from hand to hand: it is the same whoever takes it.
    with speaking(ENGLISH):
        content = await _file(name, chart, choice, now)
    file = f"{chart}-{choice.period.first}-{choice.period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    # With a mark, or spreadsheets take it for another encoding.
    return Response("\ufeff" + content, media_type="text/csv; charset=utf-8", headers=headers)


async def _file(name: str, chart: str, choice: Choice, now: datetime) -> str:
    async with transaction() as session:
        read = await reader(session, choice.asked, now)
        if (name, chart) == ("places", "cells"):
            return cells_as_csv(await read.places(choice.period))
        made = await PAGES[name][1](read, choice)
    found = next((one for one in made.charts if one.name == chart), None)
    if found is None:
        raise HTTPException(404)
    return as_csv(found)


async def _answer(
    request: Request, name: str, login: Login | None = None, before: int | None = None
) -> Response:
    now = datetime.now(UTC)
    choice = _known(choice_of(request.query_params, now), name)
    async with transaction() as session:
        read = await reader(session, choice.asked, now)
        context = {
            "page": await PAGES[name][1](read, choice),
            **(await _more(session, name, read, choice, login, before)),
        }
    return render(
        request, "insight/page.html", {**context, **_around(name, choice, now), **_counted(read, choice)}
    )


def _known(choice: Choice, name: str) -> Choice:
    """Without what the page does not tell apart: it would count all and look as if it did not."""
    return choice.only(PAGES[name][2])


async def _more(
    session: AsyncSession, name: str, read: Reader, choice: Choice, login: Login | None, before: int | None
) -> dict[str, Any]:
    """What a page has beside its charts."""
    if name == "places":
        cells = await read.places(choice.period)
        return {"map": city_wide_map(), "shades": shades(cells), "scale": scale(cells), "cells": cells}
    if name == "ratings" and login is not None and login.staff.may_converse:
        found = await comments(session, choice, login.staff, before)
        more = found[COMMENTS - 1].id if len(found) > COMMENTS else None
        return {"comments": found[:COMMENTS], "more": more}
    return {}


def _around(name: str, choice: Choice, now: datetime) -> dict[str, Any]:
    """What stands around the charts: the other pages, and what can be chosen."""
    return {
        "name": name,
        "cells_chart": {part: defined("cells", part) for part in ("title", "means", "source")},
        "address": f"/console/insight/{name}".rstrip("/"),
        "files": f"/console/insight/{name or 'overview'}",
        "sheets": {one: say(shown) for one, (shown, _, _) in PAGES.items()},
        "choice": choice,
        "filters": PAGES[name][2],
        "groups": {group: say(shown) for group, shown in GROUPS.items()},
        "periods": {say(shown): choice.of(days) for shown, days in shortcuts(now).items()},
        "today": today(now),
        "offered": offered(),
    }


def _counted(read: Reader, choice: Choice) -> dict[str, Any]:
    """How far the figures are counted, as far as that matters for the period."""
    live = Days(choice.period.first, choice.period.last)
    if read.through is not None:
        live = Days(max(live.first, read.through), live.last)
    days = (live.last - live.first).days
    return {"through": read.through, "is_behind": days > MOST_LIVE, "is_live": 0 < days <= MOST_LIVE}
