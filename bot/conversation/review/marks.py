"""What a conversation came to, and why it may be worth reading: pure functions over what is stored of its turns.

A *mark* is something that staff can search for. Some are written as "kind:value" ("channel:sms", "service:pothole", "tag:tone"), the others
are the members of `Mark`. The weights say how likely a mark is a failure of ours; they order a queue and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# A report that is begun and not sent, and of which nothing was heard for so long, was given up.
GIVEN_UP_AFTER = timedelta(hours=24)
UNSURE = 0.6  # a reading that is less likely won narrowly: `bot.conversation.hearing.meant.SURE`
# Questions that stand again and again while something is told: only the others are asked in vain.
_STANDING = frozenset({"summary", "change", "filed", "updates_wanted", "helpful_detail", "rating"})
_NEGATIVE = frozenset({"abuse", "complain_service"})
_NOT_FOLLOWED = frozenset(
    {"utter_not_followed", "utter_not_followed_talking", "utter_not_followed_filed", "utter_out_of_scope"}
)
LOW_RATING = 2


class Outcome(StrEnum):
    """What a conversation came to since it was reviewed last; of several the one that staff should know first."""

    OPTED_OUT = "opted_out"
    HANDED_OVER = "handed_over"
    OUT_OF_CITY = "out_of_city"
    GIVEN_UP = "given_up"
    UNFINISHED = "unfinished"  # a report is begun, and they may go on
    FILED = "filed"
    NO_REPORT = "no_report"


class Mark(StrEnum):
    DANGER = "danger"
    PARKED = "parked"  # the bot could not deal with a message
    LOOPED = "looped"  # it got nowhere, and fell silent
    CORRECTED = "corrected"  # staff put right what a report of it is, or where
    NEGATIVE = "negative"
    ASKED_PERSON = "asked_person"
    TOOK_OVER = "took_over"
    NOT_FOLLOWED = "not_followed"
    ASKED_TWICE = "asked_twice"
    LOW_CONFIDENCE = "low_confidence"
    NOT_FIXED = "not_fixed"
    LOW_RATING = "low_rating"
    FLAGGED = "flagged"
    REVIEWED = "reviewed"


WEIGHTS: Mapping[str, int] = {
    Mark.FLAGGED: 60,
    Mark.DANGER: 40,
    Mark.PARKED: 40,
    Mark.LOOPED: 40,
    Mark.CORRECTED: 35,
    f"outcome:{Outcome.GIVEN_UP}": 30,
    f"outcome:{Outcome.OPTED_OUT}": 25,
    Mark.LOW_RATING: 25,
    Mark.NEGATIVE: 20,
    Mark.ASKED_PERSON: 20,
    Mark.ASKED_TWICE: 15,
    Mark.NOT_FOLLOWED: 15,
    Mark.NOT_FIXED: 10,
    Mark.LOW_CONFIDENCE: 10,
    f"outcome:{Outcome.OUT_OF_CITY}": 5,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is stored of a conversation since it was reviewed last."""

    channel: str
    language: str | None
    last_at: datetime  # when the resident wrote last
    turns: Sequence[Mapping[str, Any]] = ()  # what they were understood as, oldest first
    services: Sequence[str] = ()  # of the requests filed in it
    ratings: Sequence[int] = ()
    not_fixed: bool = False
    corrected: bool = False
    opted_out: bool = False
    staff_wrote: bool = False
    danger: bool = False
    parked: bool = False
    looped: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    outcome: Outcome
    question: str | None
    service: str | None
    marks: tuple[str, ...]
    score: int
    look_again_at: datetime | None


def judge(stretch: Stretch, now: datetime, *, flagged: bool = False, tags: Iterable[str] = ()) -> Judged:
    """What a stretch came to. `now` is aware: silence gives a report up."""
    turns = stretch.turns
    last = turns[-1] if turns else {}
    silent = now - stretch.last_at >= GIVEN_UP_AFTER
    found = [mark for mark, holds in _marks(stretch, flagged=flagged) if holds]
    outcomes = _outcomes(stretch, Mark.ASKED_PERSON in found, last, silent=silent)
    stopped = Outcome.GIVEN_UP in outcomes or Outcome.UNFINISHED in outcomes
    question = _question(last) if stopped else None
    service = stretch.services[-1] if stretch.services else last.get("service")
    marks = [
        f"channel:{stretch.channel}",
        *([f"language:{stretch.language}"] if stretch.language else []),
        *(f"outcome:{outcome}" for outcome in outcomes),
        *([f"at:{question}"] if question else []),
        *(f"service:{code}" for code in sorted({*stretch.services, *([service] if service else [])})),
        *(f"rating:{stars}" for stars in sorted(set(stretch.ratings))),
        *(f"tag:{tag}" for tag in sorted(set(tags))),
        *map(str, found),
    ]
    again = stretch.last_at + GIVEN_UP_AFTER if Outcome.UNFINISHED in outcomes else None
    return Judged(outcomes[0], question, service, tuple(marks), worth(marks), again)


def worth(marks: Iterable[str]) -> int:
    """How much a conversation with these marks is worth reading; 0: nothing speaks for it."""
    return sum(WEIGHTS.get(mark, 0) for mark in marks)


def reasons(marks: Iterable[str]) -> list[str]:
    """The marks that speak for reading it, the heaviest first."""
    return sorted((mark for mark in marks if mark in WEIGHTS), key=lambda mark: -WEIGHTS[mark])


def _marks(stretch: Stretch, *, flagged: bool) -> Iterable[tuple[Mark, bool]]:
    turns = stretch.turns
    return (
        (Mark.FLAGGED, flagged),
        (Mark.DANGER, stretch.danger),
        (Mark.PARKED, stretch.parked),
        (Mark.LOOPED, stretch.looped),
        (Mark.CORRECTED, stretch.corrected),
        (Mark.LOW_RATING, any(stars <= LOW_RATING for stars in stretch.ratings)),
        (Mark.NEGATIVE, any(map(_is_negative, turns))),
        (Mark.ASKED_PERSON, any(turn.get("person") for turn in turns)),
        (Mark.TOOK_OVER, stretch.staff_wrote),
        (Mark.ASKED_TWICE, any(map(_asked_in_vain, turns))),
        (Mark.NOT_FOLLOWED, any(_NOT_FOLLOWED & set(turn.get("said") or ()) for turn in turns)),
        (Mark.NOT_FIXED, stretch.not_fixed),
        (Mark.LOW_CONFIDENCE, any(map(is_unsure, turns))),
    )


def is_unsure(turn: Mapping[str, Any]) -> bool:
    """Whether a turn was a guess: a narrow winner at the question, or words too vague to choose by."""
    readings = turn.get("readings")
    return bool(turn.get("vague")) or bool(readings and readings[0][1] < UNSURE)


def _is_negative(turn: Mapping[str, Any]) -> bool:
    readings = turn.get("readings")
    angry = bool(readings and readings[0][0] == "anger")
    return angry or (turn.get("meant") or turn.get("intent")) in _NEGATIVE


def _asked_in_vain(turn: Mapping[str, Any]) -> bool:
    before = turn.get("before")
    return before is not None and before == turn.get("after") and before not in _STANDING


def _question(last: Mapping[str, Any]) -> str | None:
    return last.get("before") if last.get("end") == "dropped" else last.get("after")


def _outcomes(
    stretch: Stretch, asked_person: bool, last: Mapping[str, Any], *, silent: bool
) -> list[Outcome]:
    """All that hold, in the order of `Outcome`."""
    filed = bool(stretch.services) or any(turn.get("end") == "confirmed" for turn in stretch.turns)
    outside = "utter_outside_end" in (last.get("said") or ())
    is_open = bool(last.get("open"))
    holds = {
        Outcome.OPTED_OUT: stretch.opted_out,
        Outcome.HANDED_OVER: asked_person or stretch.staff_wrote,
        Outcome.OUT_OF_CITY: outside,
        Outcome.GIVEN_UP: (is_open and silent) or (last.get("end") == "dropped" and not outside),
        Outcome.UNFINISHED: is_open and not silent,
        Outcome.FILED: filed,
    }
    return [outcome for outcome, held in holds.items() if held] or [Outcome.NO_REPORT]
