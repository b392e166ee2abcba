"""The form that changes several requests: as it was filled in, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bot.cases.assignment import MOST_CREW
from bot.cases.status import Resolution, Status
from bot.cases.updates import MAX_PUBLIC_TEXT
from bot.city.catalogue import LANGUAGES
from bot.city.current import city, ready_words
from bot.delivery.batches import Wish
from bot.web.access import Posted

MOST_WHOSE = 120  # characters of whose it is
MOST_NOTE = 4_000  # characters

AS_IT_IS = "="  # of a choice that changes nothing
_HANDS = ("department", "crew", "person")


class ManyProblem(StrEnum):
    """What keeps the form from being looked at."""

    NOTHING = "nothing"
    TOO_LONG = "too_long"
    NOBODY_THERE = "nobody_there"
    CREW_TOO_LONG = "crew_too_long"


@dataclass(frozen=True, slots=True)
class ManyForm:
    """What a clerk entered."""

    wish: Wish = field(default_factory=Wish)
    problems: tuple[ManyProblem, ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(LANGUAGES, ""))  # as entered

    def hand(self, name: str) -> str:
        """What was chosen for a department, a crew or a person."""
        return (self.wish.hands or {}).get(name, AS_IT_IS)


def read_many(post: Posted) -> ManyForm:
    """From what was posted; a status or an end that does not exist is none."""
    status = _one(Status, post.text("status"))
    words = {language: post.text(f"words_{language}") for language in LANGUAGES}
    ready = post.numbers("ready")[:1]
    if ready and ready[0] < len(ready_words()) and not any(words.values()):
        words = {language: ready_words()[ready[0]].texts[language] for language in LANGUAGES}
    hands = {name: post.text(name) for name in _HANDS if post.text(name) not in ("", AS_IT_IS)}
    # Nobody's is a choice of its own: an empty field of a form says nothing.
    hands = {name: "" if value == "-" else value for name, value in hands.items()}
    wish = Wish(
        status,
        _one(Resolution, post.text("resolution")) if status is Status.CLOSED else None,
        post.text("referred_to")[:MOST_WHOSE] if status is Status.CLOSED else "",
        words if any(words.values()) else None,
        post.text("internal_note")[:MOST_NOTE],
        hands or None,
    )
    return ManyForm(wish, tuple(_problems(wish)), words)


_Choice = TypeVar("_Choice", bound=StrEnum)


def _one(of: type[_Choice], value: str) -> _Choice | None:
    try:
        return of(value)
    except ValueError:
        return None


def _problems(wish: Wish) -> list[ManyProblem]:
    found = []
    if not (wish.status or wish.words or wish.internal_note or wish.hands):
        found.append(ManyProblem.NOTHING)
    if any(len(words) > MAX_PUBLIC_TEXT for words in (wish.words or {}).values()):
        found.append(ManyProblem.TOO_LONG)
    hands = wish.hands or {}
    if hands.get("department") and hands["department"] not in city().departments:
        found.append(ManyProblem.NOBODY_THERE)
    if len(hands.get("crew", "")) > MOST_CREW:
        found.append(ManyProblem.CREW_TOO_LONG)
    return found
