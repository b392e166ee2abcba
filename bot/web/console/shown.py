"""The part of a request's page about what the public sees: what is shown now, and the form that changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cases.public_links import public_url
from bot.cases.showing import MAX_SUMMARY
from bot.db.tables import ServiceRequest


class ShowingProblem(StrEnum):
    """Why a summary is not shown; the template has a sentence for each."""

    TOO_LONG = "too_long"
    PERSONAL = "personal"  # a telephone number or an e-mail address is in it


@dataclass(frozen=True, slots=True)
class ShowingForm:
    """A summary as it was entered, and what is wrong with it. None: nothing was entered."""

    summary: str | None = None
    problem: ShowingProblem | None = None


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A resident's photo, and whether everybody may see it."""

    photo_id: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Showing:
    """What the public sees of a request."""

    url: str  # of the public page; whoever has it may see that page
    photos: tuple[ShownPhoto, ...]  # of residents; those of the work are shown anyway
    summary: str  # "": nothing is said
    listed_at: datetime | None  # on the city's page since then

    @property
    def max_summary(self) -> int:
        return MAX_SUMMARY


def showing_of(request: ServiceRequest) -> Showing:
    """What is shown of a request that was loaded with its photos."""
    of_residents = (photo for photo in request.photos if photo.kind == "report")
    photos = tuple(ShownPhoto(photo.photo_id, photo.cleared) for photo in of_residents)
    return Showing(public_url(request.id), photos, request.public_summary, request.listed_at)
