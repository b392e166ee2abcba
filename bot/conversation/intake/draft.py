"""The draft of a report: everything the resident told us so far, and the question that is open.

It lives in one slot of the tracker as JSON: see `bot.conversation.stored`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.city.location import Location
from bot.conversation.intake.question import ReportQuestion
from bot.conversation.intake.turn import Guess, Turn

MAX_PHOTOS = 10
KEPT_FOR = timedelta(hours=48)
# A pause after which "hi" or a new report may mean something else: ask before going on.
RESUME_AFTER = timedelta(hours=2)
MAX_DESCRIPTION = 2000  # characters


@dataclass(frozen=True, slots=True)
class HalfService:
    """What the words leave open of what it is: these services, or one of a group."""

    codes: tuple[str, ...] = ()  # best first
    group: str | None = None


@dataclass(frozen=True, slots=True)
class HalfPlace:
    """What the words leave open of where it is: these places, where on a street, or the street of a house number."""

    places: tuple[Location, ...] = ()  # likeliest first
    street: str | None = None
    example: str = ""  # a real place on that street, to show what to answer
    number: int | None = None  # of a house whose street was not said
    misses: int = 0  # answers that did not say where on that street


@dataclass(frozen=True, slots=True)
class Draft:
    """One report in the making."""

    id: int  # id of the message that began it: with `part` the idempotency key of its filing
    touched: datetime  # aware UTC
    part: int = 0  # of a message with several problems: which one this is
    open: ReportQuestion | None = None  # None: what it lacks is asked next
    service: str | None = None
    half_service: HalfService | None = None
    heard: tuple[Guess, ...] = ()  # what all words so far point to, best first
    refused: tuple[str, ...] = ()  # services that it is said not to be: none of them is guessed again
    location: Location | None = None
    half_place: HalfPlace | None = None
    place_text: str = ""  # the resident's words for where
    placeless: bool = False  # the resident skipped the place where that is allowed
    description: str = ""  # the resident's words for what, a line a message
    photos: tuple[int, ...] = ()
    spot: Location | None = None  # where the photo was taken, when that may be the place
    spot_declined: bool = False
    answers: tuple[tuple[str, str], ...] = ()  # (question, answer) of follow-up questions
    passed: tuple[str, ...] = ()  # questions the resident cannot or does not want to answer
    misses: int = 0  # answers to "where?" that we could not place
    unclear: int = 0  # answers to "what?" that we did not understand
    compared: str = ""  # the what and where that were compared with open requests last
    warned: str = ""  # the service whose guidance was told, because the words told of just that danger
    alert: int | None = None  # the known outage or works it is due to, which was told
    alerted: str = ""  # the what and where that were compared with those last
    office_told: str = ""  # the service of which we said whom to contact
    urgent: bool = False  # its words say that it cannot wait, which was said to be marked
    in_danger: bool = False  # somebody was in danger when it was told
    later: tuple[Turn, ...] = ()  # other problems, reported after this one

    def expired(self, now: datetime) -> bool:
        return now - self.touched > KEPT_FOR
