"""Known outages and works: giving one out after a look at whom it reaches, and ending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.alerts import RADII, AlertError, AlreadyGivenError, NewAlert, active_alerts
from bot.city.current import catalogue, city, gazetteer
from bot.city.location import Location, ResolutionOutcome
from bot.db.session import transaction
from bot.db.tables import Alert
from bot.delivery.alerting import Reached, close_alert, give_alert, preview
from bot.web.access import Posted, RowId, changing, signed_in
from bot.web.console.people import staff_names
from bot.web.language import say
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console", include_in_schema=False)

PAST = 20  # alerts that are over, on the page
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class AlertForm:
    """An alert as staff entered it, and what is wrong with it."""

    where: str = ""
    radius: str = "300"
    until: str = ""  # as `datetime-local` writes it, in the city's time
    words: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    urgent: bool = False
    problem: str = ""
    missing: str = ""  # the field that the problem is about
    ending: int | None = None  # the alert that could not be ended with these words
    ending_words: Mapping[str, str] = field(default_factory=dict)
    ending_urgent: bool = False

    @classmethod
    def read(cls, post: Posted) -> AlertForm:
        known = catalogue().services
        chosen = post.form.getlist("service")
        return cls(
            post.text("where"),
            post.text("radius"),
            post.text("until"),
            {language: post.text(f"words_{language}") for language in LANGUAGES},
            tuple(code for code in chosen if isinstance(code, str) and code in known),
            post.text("urgent") == "yes",
        )


@router.get("/alerts", dependencies=[Depends(signed_in)])
async def alert_list(
    request: Request, given: int | None = None, told: int | None = None, again: int | None = None
) -> Response:
    return await _page(request, AlertForm(), given=given, told=told, again=again)


@router.post("/alerts")
async def post_alert(request: Request, post: Posted = Depends(changing)) -> Response:
    """A look at whom it reaches; with the second button it is given out."""
    form = AlertForm.read(post)
    now = datetime.now(UTC)
    try:
        new = _new_alert(form, post.login.staff.author)
        async with transaction() as session:
            if post.text("act") != "give":
                reached = await preview(session, new, now)
                return await _page(request, form, new=new, reached=reached)
            alert, reached = await give_alert(session, new, now)
    except AlertError as error:
        wrong = replace(form, problem=str(error), missing=error.missing)
        return await _page(request, wrong, status=422)
    except AlreadyGivenError as error:
        return RedirectResponse(f"/console/alerts?again={error.alert_id}", 303)
    return RedirectResponse(f"/console/alerts?given={alert.id}&told={reached.told}", 303)


@router.post("/alerts/{alert_id}/end")
async def post_end(request: Request, alert_id: RowId, post: Posted = Depends(changing)) -> Response:
    """End it; with words in both languages those who were told of it are told that, too."""
    words = {language: post.text(f"words_{language}") for language in LANGUAGES}
    urgent = post.text("urgent") == "yes"
    author = post.login.staff.author
    try:
        async with transaction() as session:
            closed = await close_alert(session, alert_id, words, author, datetime.now(UTC), urgent=urgent)
    except AlertError as error:
        form = AlertForm(
            ending=alert_id,
            ending_words=words,
            ending_urgent=urgent,
            problem=str(error),
            missing="ending",
        )
        return await _page(request, form, status=422)
    if closed is None:
        raise HTTPException(404)
    return RedirectResponse("/console/alerts", 303)


async def _page(
    request: Request,
    form: AlertForm,
    *,
    new: NewAlert | None = None,
    reached: Reached | None = None,
    given: int | None = None,
    told: int | None = None,
    again: int | None = None,
    status: int = 200,
) -> Response:
    now = datetime.now(UTC)
    async with transaction() as session:
        over = await session.scalars(
            select(Alert).where(Alert.until <= now).order_by(Alert.until.desc()).limit(PAST)
        )
        context = {
            "active": await active_alerts(session, now),
            "over": list(over),
            "names": await staff_names(session),
        }
    groups = [(in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups]
    more = {"form": form, "new": new, "reached": reached, "groups": groups, "radii": RADII}
    done = {"given": given, "told": told, "again": again}
    return render(request, "alerts/list.html", {**context, **more, **done}, status=status)


def _new_alert(form: AlertForm, author: str) -> NewAlert:
    """What was entered. Raises `AlertError` for a place that is none here, and for a time that is none."""
    try:
        until = datetime.fromisoformat(form.until).replace(tzinfo=city().time_zone).astimezone(UTC)
    except ValueError:
        raise AlertError("until", say("Say until when it lasts.")) from None
    radius = int(form.radius) if form.radius.isascii() and form.radius.isdigit() else None
    middle = _middle(form.where) if form.where else None
    reach = radius if middle else None
    return NewAlert(form.words, until, author, form.services, middle, reach, form.urgent)


def _middle(where: str) -> Location:
    found = gazetteer().locate(where)
    if found.outcome is not ResolutionOutcome.RESOLVED or found.location is None:
        raise AlertError("where", say("This place was not found. Name a corner, an address or a park."))
    return found.location
