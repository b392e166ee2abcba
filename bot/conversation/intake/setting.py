"""What a step is made in: the turn, the city's catalogue and its places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.city.catalogue import Catalogue, Service
from bot.city.location import Location, Point, Resolution
from bot.conversation.intake.turn import Turn


class Places(Protocol):
    """What the intake needs of a gazetteer."""

    def locate(self, text: str, language: str = "en") -> Resolution: ...

    def reverse(self, point: Point, language: str = "en") -> Location: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """Passed to every part of a step; nothing in it changes."""

    turn: Turn
    catalogue: Catalogue
    places: Places

    @property
    def language(self) -> str:
        return self.turn.language

    def service(self, code: str | None) -> Service | None:
        """None also for a code that the catalogue does not know (any more)."""
        return self.catalogue.services.get(code) if code else None

    def words(self, texts: Mapping[str, str]) -> str:
        """A text of the catalogue in the conversation's language."""
        return texts.get(self.language) or texts["en"]
