"""The form that changes a request: as it was filled in, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from bot.cases.assignment import Assignment
from bot.cases.status import Resolution, Status
from bot.cases.updates import MAX_PUBLIC_TEXT
from bot.city.current import city
from bot.web.uploads import RefusedFile


class Problem(StrEnum):
    """What keeps a change from being saved; the templates have a kind sentence for each."""

    NOTHING = "nothing"  # no new status, no words, no photo
    CHANGED_MEANWHILE = "changed_meanwhile"  # somebody else was faster
    JOINED = "joined"  # it goes with the request it was joined with
    TOO_LONG = "too_long"
    REASON_NEEDED = "reason_needed"  # closed without work, or on hold, and without a word why
    QUESTION_NEEDED = "question_needed"  # waits for the resident, who is asked nothing
    WHOSE_NEEDED = "whose_needed"  # not ours, and no word whose
    PHOTO_NEEDED = "photo_needed"  # of the work, which the service demands
    RESOLVE_INSTEAD = "resolve_instead"  # closed as done, and nobody was asked whether it is
    JOIN_INSTEAD = "join_instead"  # a duplicate, and not of what
    NO_DAY = "no_day"  # what was entered as the day is none, or is over
    PHOTOS_REFUSED = "photos_refused"
    TOO_MANY_PHOTOS = "too_many_photos"
    NOBODY_THERE = "nobody_there"  # the department or account that is to have it exists no more
    CREW_TOO_LONG = "crew_too_long"


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """What a clerk entered. Files cannot be put back into a form: those kept already are named by id."""

    status: Status | None = None
    public_text: str = ""
    internal_note: str = ""
    kept_photos: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    resolution: Resolution | None = None
    referred_to: str = ""
    due_on: str = ""  # as entered
    urgent: bool = False
    assignment: Assignment | None = None  # who is to have it, where the clerk changed that
    act: str = "status"  # which of the page's forms it was: `bot.web.console.acts.Act`

    @property
    def day(self) -> date | None:
        """The day that was entered; None for none, and for what is no day."""
        try:
            return date.fromisoformat(self.due_on)
        except ValueError:
            return None

    @property
    def is_past(self) -> bool:
        """Whether the day that was entered is over in the city."""
        return self.day is not None and self.day < datetime.now(UTC).astimezone(city().time_zone).date()

    @property
    def max_public_text(self) -> int:
        return MAX_PUBLIC_TEXT
