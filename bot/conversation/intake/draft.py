"""The draft of a report: everything the resident told us so far and what we asked last.

It lives in one slot of the tracker as JSON: see `stored`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.city.location import Location
from bot.conversation.intake.turn import Say, Turn

MAX_PHOTOS = 10
KEPT_FOR = timedelta(hours=48)
# A pause after which "hi" or a new report may mean something else: ask before going on.
RESUME_AFTER = timedelta(hours=2)
MAX_DESCRIPTION = 2000  # characters


class Asking(StrEnum):
    """The question that is open."""

    WHAT = "what"  # in the resident's own words
    WHICH_SERVICE = "which_service"  # one of the best guesses
    GROUP = "group"
    SERVICE = "service"  # of the group in `group`
    WHERE = "where"
    WHICH_PLACE = "which_place"  # one of `places`
    CROSS_STREET = "cross_street"  # of the street in `street`
    PHOTO_PLACE = "photo_place"  # whether it is in `spot`, where the photo was taken
    SIMILAR = "similar"  # whether it is the matter of `similar`, which is open already
    DETAIL = "detail"  # the follow-up question in `detail`
    CONFIRM = "confirm"
    CHANGE = "change"  # what to change
    RESUME = "resume"  # go on with this draft after a pause, or begin anew


class End(StrEnum):
    """How a draft ended."""

    CONFIRMED = "confirmed"  # to be filed
    DROPPED = "dropped"  # the resident gave it up
    FOLLOWED = "followed"  # an open request about the same matter is followed instead


@dataclass(frozen=True, slots=True)
class Similar:
    """An open request nearby that may be about the same matter; nothing in it is another resident's."""

    reference: str
    status: str
    place: str
    reported: datetime  # aware UTC
    metres: int
    own: bool  # the resident filed or follows it


@dataclass(frozen=True, slots=True)
class Draft:
    """One report in the making."""

    id: int  # id of the message that began it: with `part` the idempotency key of its filing
    touched: datetime  # aware UTC
    part: int = 0  # of a message with several problems: which one this is
    asking: Asking = Asking.WHAT
    service: str | None = None
    location: Location | None = None
    place_text: str = ""  # the resident's words for where
    description: str = ""  # the resident's words for what, a line a message
    photos: tuple[int, ...] = ()
    guesses: tuple[str, ...] = ()  # WHICH_SERVICE: codes on offer
    group: str | None = None  # SERVICE: the group opened
    places: tuple[Location, ...] = ()  # WHICH_PLACE: candidates on offer
    street: str | None = None  # CROSS_STREET
    example: str = ""  # CROSS_STREET: a real place on that street, to show what to answer
    placeless: bool = False  # the resident skipped the place where that is allowed
    misses: int = 0  # answers to "where?" that we could not place
    unclear: int = 0  # answers to "what?" that we did not understand
    held: Turn | None = None  # RESUME: what the resident wrote after the pause
    later: tuple[Turn, ...] = ()  # other problems of the same message, reported after this one
    spot: Location | None = None  # where the photo was taken, when that may be the place
    spot_declined: bool = False
    similar: Similar | None = None  # SIMILAR: the request on offer
    compared: str = ""  # the what and where that were compared with open requests last
    answers: tuple[tuple[str, str], ...] = ()  # (question, answer) of follow-up questions
    detail: str | None = None  # DETAIL: the question's code
    office_told: str = ""  # the service of which we said whom to contact
    unclear_detail: bool = False  # its answer was not understood once
    passed: tuple[str, ...] = ()  # questions the resident cannot or does not want to answer

    def expired(self, now: datetime) -> bool:
        return now - self.touched > KEPT_FOR


@dataclass(frozen=True, slots=True)
class Step:
    """What one turn did to the draft, and what to say."""

    draft: Draft | None
    says: tuple[Say, ...] = ()
    end: End | None = None
