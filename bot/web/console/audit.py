"""The page "Audit": who of staff did what, and who looked at whom."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.trail import LOOKED, TrailFilter, read_trail
from bot.db.session import transaction
from bot.settings import settings
from bot.web.access import admin
from bot.web.console.people import staff_names
from bot.web.language import mark
from bot.web.templating import render

router = APIRouter(prefix="/console", include_in_schema=False)

MOST_CHARACTERS = 80  # of each field of the form
# What can be picked; the command takes the beginning of any action.
KINDS = {
    "": mark("Everything"),
    LOOKED: mark("Looks at records"),
    "changed": mark("Changes"),
    "staff.": mark("Accounts and logins"),
    "request.": mark("Requests"),
    "conversation.": mark("Conversations"),
    "contact.": mark("Exports and erasing"),
}


@dataclass(frozen=True, slots=True)
class TrailForm:
    """The form as it was filled in; what cannot be read is passed over."""

    who: str = ""
    about: str = ""
    what: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, request: Request) -> TrailForm:
        given = {one.name: request.query_params.get(one.name, "") for one in fields(cls)}
        tidied = {name: value.replace("\x00", "").strip()[:MOST_CHARACTERS] for name, value in given.items()}
        return cls(**{**tidied, "what": tidied["what"] if tidied["what"] in KINDS else ""})

    @property
    def wanted(self) -> TrailFilter:
        return TrailFilter(self.who, self.about, self.what, _day(self.since), _day(self.until))

    def query_string(self, cursor: str) -> str:
        parts = {one.name: getattr(self, one.name) for one in fields(self)} | {"after": cursor}
        return urlencode({name: value for name, value in parts.items() if value})


@router.get("/audit", dependencies=[Depends(admin)])
async def audit_page(request: Request, after: str = "") -> Response:
    """A page of the trail, the newest first."""
    form = TrailForm.read(request)
    async with transaction() as session:
        context = {
            "form": form,
            "kinds": KINDS,
            "page": await read_trail(session, form.wanted, after),
            "continued": bool(after),
            "kept_days": settings().keep_audit_days,
            "names": await staff_names(session),
        }
    return render(request, "audit/page.html", context)


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2999, 1, 1) else None
