"""What a step is made in: the turn, the city's catalogue and its places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol

from bot.city.catalogue import Catalogue, Service
from bot.city.location import Location, Point, Resolution
from bot.city.questions import CityQuestion
from bot.conversation.intake.turn import Turn


class Places(Protocol):
    """What the intake needs of a gazetteer."""

    def locate(self, text: str, language: str = "en") -> Resolution: ...

    def corrected(self, before: str, text: str, language: str = "en") -> Resolution: ...

    def answered(self, street: str, text: str, language: str = "en") -> Resolution: ...

    def narrowed(self, place: str, text: str, language: str = "en") -> Resolution: ...

    def reverse(self, point: Point, language: str = "en") -> Location: ...

    def retold(self, name: str, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request that this conversation follows, as far as words may be about it."""

    reference: str
    service: str
    place: str  # its address, as people say it
    told: str = ""  # what the resident told of it
    finished: bool = False  # the work on it has ended, not long ago
    status: str = "open"
    reported: datetime | None = None  # aware UTC
    theirs: bool = False  # they filed it; else they follow somebody else's
    long_ended: bool = False  # too long ago to be opened again
    unanswered: bool = False  # closed since they did not answer: whatever they add opens it


@dataclass(frozen=True, slots=True)
class Setting:
    """Passed to every part of a step; nothing in it changes."""

    turn: Turn
    catalogue: Catalogue
    places: Places
    zone: tzinfo = UTC  # of the city: what "yesterday" means
    own: tuple[OwnRequest, ...] = ()  # newest first; looked up where something is filed
    questions: Mapping[str, CityQuestion] = field(default_factory=dict)  # what the city answers, by code

    @property
    def today(self) -> date:
        """The day of the turn where the city is."""
        return self.turn.at.astimezone(self.zone).date()

    @property
    def finished(self) -> tuple[OwnRequest, ...]:
        """Those of their requests on which the work has ended, newest first."""
        return tuple(one for one in self.own if one.finished)

    @property
    def language(self) -> str:
        return self.turn.language

    def service(self, code: str | None) -> Service | None:
        """None also for a code that the catalogue does not know (any more)."""
        return self.catalogue.services.get(code) if code else None

    def own_request(self, reference: str) -> OwnRequest | None:
        """One of their requests, however its number is written."""
        bare = reference.replace("-", "").upper()
        return next((one for one in self.own if one.reference.replace("-", "") == bare), None)

    def noun(self, code: str | None) -> str:
        """What a service is called inside a sentence; "" for one that is not (or no longer) known."""
        service = self.service(code)
        return self.words(service.noun) if service else ""

    def words(self, texts: Mapping[str, str]) -> str:
        """A text of the catalogue in the conversation's language."""
        return texts.get(self.language) or texts["en"]
