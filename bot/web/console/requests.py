"""Pages of service requests: the list, one request, and what both ask for to stay fresh."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.lookup import UnknownRequestError
from bot.cases.promises import count_promised
from bot.cases.resident_news import count_news
from bot.cases.staff import list_staff
from bot.cases.staff_sessions import Login
from bot.cases.status import ACTIVE
from bot.city.current import catalogue, city, neighborhoods
from bot.city.location import Point
from bot.db.session import transaction
from bot.delivery.mailbox.standing import last_department_mail
from bot.settings import settings
from bot.sync.standing import linked, system_standing
from bot.web.access import MAX_ID, Before, Reference, signed_in, watching
from bot.web.console.acts import Act, Preview, words_to_begin_with
from bot.web.console.change_form import ChangeForm
from bot.web.console.followers import JoinProblem, in_sight
from bot.web.console.joining import joined_now
from bot.web.console.list_map import ListMap, list_map
from bot.web.console.people import contact_address, contact_name, staff_names
from bot.web.console.request_filter import RequestFilter, is_in
from bot.web.console.request_list import (
    MOST_COUNTED,
    Asked,
    RequestPage,
    asked_by,
    count_scopes,
    load_page,
)
from bot.web.console.request_page import RequestView, load_request_view, without_residents
from bot.web.console.shown import ShowingForm
from bot.web.console.views import ViewProblem, own_views
from bot.web.live.here import others_here
from bot.web.map_svg import RequestMap, request_map, with_neighbors
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console", include_in_schema=False)

_NARROWING = tuple(part.name for part in fields(RequestFilter))


def read_filter(request: Request) -> RequestFilter:
    """What the address narrows the list to."""
    return RequestFilter.read(**{name: request.query_params.get(name, "") for name in _NARROWING})


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page; going back in the browser's history wants the whole."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


@router.get("/requests")
async def request_list(
    request: Request,
    login: Login = Depends(signed_in),
    wanted: RequestFilter = Depends(read_filter),
    before: Before = None,
    stood: str = Query("", max_length=20),
    view: str = "",
) -> Response:
    """The list, or by htmx only its part: a narrower list, or the next page of it."""
    async with transaction() as session:
        asked = await asked_by(session, wanted, login.staff)
        page = await load_page(session, wanted, asked, before=before, stood=stood)
        context = await _list_context(session, wanted, asked, page, login)
    if is_part(request) and before is not None:
        return render(request, "requests/_older.html", context)
    if is_part(request):
        address = f"/console/requests?{wanted.query_string()}".rstrip("?")
        return render(request, "requests/_list.html", context, headers={"HX-Push-Url": address})
    groups = [(in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups]
    return render(
        request,
        "requests/list.html",
        {
            **context,
            "groups": groups,
            "departments": city().departments,
            "neighborhoods": neighborhoods(),
            "continued": before is not None,
            "view_problem": view if view in set(ViewProblem) else "",
        },
    )


@router.get("/requests-fresh")
async def fresh_list(
    request: Request,
    down_to: int = Query(0, ge=0, le=MAX_ID),
    newest: int = Query(0, ge=0, le=MAX_ID),
    stood: str = Query("", max_length=20),
    login: Login = Depends(watching),
    wanted: RequestFilter = Depends(read_filter),
) -> Response:
    """The list's newest part again, as it is now.

    `down_to` and `newest`: ids of the last and the newest row that the page has now. `stood`: where that last row stood.
    """
    async with transaction() as session:
        asked = await asked_by(session, wanted, login.staff)
        page = await load_page(session, wanted, asked, down_to=down_to, stood=stood)
        context = await _list_context(session, wanted, asked, page, login)
    return render(request, "requests/_fresh.html", {**context, "newest": newest})


@router.get("/requests/{reference}", dependencies=[Depends(signed_in)])
async def request_page(
    request: Request,
    reference: Reference,
    saved: int | None = None,
    act: str = "",
    join: str = "",
    joined: int | None = Query(None, ge=1, le=MAX_ID),
    undone: bool = False,
    corrected: str = "",
    filed: str = "",
) -> Response:
    problem = JoinProblem(join) if join in set(JoinProblem) else None
    return await show_request(
        request,
        reference,
        ChangeForm(act=Act(act) if act in set(Act) else Act.STATUS),
        saved=saved,
        join_problem=problem,
        joined=joined,
        undone=undone,
        corrected=corrected,
        filed=filed,
    )


@router.get("/requests/{reference}/fresh", dependencies=[Depends(watching)])
async def fresh_request(
    request: Request, reference: Reference, seen: int | None = Query(None, ge=0, le=MAX_ID)
) -> Response:
    """What changes on the page of a request, as it is now.

    `seen`: the newest update when the page was opened; its forms say so where there is a newer one by now.
    """
    return await show_request(
        request, reference, ChangeForm(), seen=seen, template="requests/_fresh_request.html"
    )


async def show_request(
    request: Request,
    reference: str,
    form: ChangeForm,
    *,
    saved: int | None = None,
    join_problem: JoinProblem | None = None,
    joined: int | None = None,
    undone: bool = False,
    corrected: str = "",
    filed: str = "",
    showing_form: ShowingForm | None = None,
    looked: Preview | None = None,
    seen: int | None = None,
    status: int = 200,
    template: str = "requests/page.html",
) -> Response:
    """The page of a request with the form as it stands. 404 for an unknown reference.

    `looked`: what a form would send, where that was asked. `seen`: the newest update when the page was opened.
    """
    async with transaction() as session:
        try:
            view = await load_request_view(session, reference)
        except UnknownRequestError:
            raise HTTPException(404) from None
        who = request.state.login.staff
        view = replace(view, following=await in_sight(session, view.following, who))
        if not who.may_converse:
            view = without_residents(view)
        names = await staff_names(session)
        staff = await list_staff(session)
        elsewhere = await linked(session, view.request.id)
        mailed = await last_department_mail(session, view.request.id)
        just_joined = await joined_now(session, joined, view.request.reference)
        here = await others_here(
            session, f"r{view.request.id}", request.state.login.staff.id, datetime.now(UTC)
        )
    contact = view.conversation.contact if view.conversation else None
    context = {
        "view": view,
        "subject": f"r{view.request.id}",
        "others": here,
        "form": form,
        "saved": saved,
        "join_problem": join_problem,
        "just_joined": just_joined,
        "elsewhere": elsewhere,
        "mailed": mailed,
        "mail_configured": settings().mail_configured,
        "may_mail": view.request.department in city().mailboxes and view.request.status in ACTIVE,
        "undone": undone,
        "corrected": corrected,
        "may_correct": request.state.login.staff.may_arrange and view.request.merged_into_id is None,
        "filed": filed,
        "looked": looked,
        "seen": seen if seen is not None else view.last_update_id,
        "ready": {act: words_to_begin_with(act) for act in Act},
        "reads": view.reads,
        "today": datetime.now(UTC).astimezone(city().time_zone).date(),
        "showing_form": showing_form or ShowingForm(),
        "city_page": settings().city_page != "off",
        "public_list": settings().open311 == "listed",
        "names": names,
        "staff": [member for member in staff if not member.disabled],
        "departments": city().departments,
        "person": contact_name(contact) if contact else "",
        "person_address": contact_address(contact) if contact else "",
        "map": _map_of(view),
    }
    return render(request, template, context, status=status)


def _map_of(view: RequestView) -> RequestMap | None:
    """The place with what is unfinished near it; None for what happened nowhere."""
    request, following = view.request, view.following
    if request.lat is None or request.lon is None:
        return None
    alike = {one.reference for one in following.similar}
    near = [(one.point, "same" if one.reference in alike else "near") for one in following.neighbors]
    return with_neighbors(request_map(request.lat, request.lon), Point(request.lat, request.lon), near)


async def _list_context(
    session: AsyncSession, wanted: RequestFilter, asked: Asked, page: RequestPage, login: Login
) -> dict[str, object]:
    department = login.staff.department or ""
    return {
        # Of the department of who looks, where they have one: nobody else sees to those.
        "promised": await count_promised(session, datetime.now(UTC), department or None),
        "news": await count_news(session, department or None),
        "promised_of": department,
        "filter": wanted,
        "page": page,
        "counts": await count_scopes(session, wanted, asked),
        "most": MOST_COUNTED,
        "views": await own_views(session, login.staff.id),
        "elsewhere": await system_standing(session),
        "map": await _map_of_list(session, wanted, asked) if wanted.map else None,
    }


async def _map_of_list(session: AsyncSession, wanted: RequestFilter, asked: Asked) -> ListMap:
    narrowed = wanted.conditions(asked.username, asked.now, asked.found)
    return await list_map(session, wanted.area, (asked.sight, *is_in(wanted.scope, asked.now), *narrowed))
