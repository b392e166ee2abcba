"""A request on which the work has ended, and what may be said of it long after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bot.city.location import ResolutionOutcome
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.setting import Setting

FINISHED = "finished"  # topic of the questions about it: fixed, how good, what is still wrong
# "Is it fixed?" stays open for so long.
FEEDBACK_FOR = timedelta(days=14)
# A photo or a report answers it for so long; days later they are as likely about something new.
ANSWERS_FOR = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class AboutFinished(FiledQuestion):
    """A question about work that has ended: one of them is open at a time, and the next words may be its answer."""

    topic: ClassVar[str] = FINISHED
    lasts: ClassVar[timedelta] = FEEDBACK_FOR

    @property
    def settles(self) -> bool:
        return True


def is_stale(asked: datetime, setting: Setting) -> bool:
    """Whether the question is so old that a photo, or a report, need not be its answer."""
    return setting.turn.at - asked > ANSWERS_FOR


def may_be_new(setting: Setting) -> bool:
    """Whether the turn, long after the question, may be about another matter: no words, or a place of its own."""
    turn = setting.turn
    if not turn.text:
        return True
    found = setting.places.locate(turn.text, setting.language)
    return found.outcome is not ResolutionOutcome.UNKNOWN


def called(what: str, where: str) -> str:
    """What a request is called in a sentence: "pothole, Pico Blvd & 4th St"; without a place only what."""
    return ", ".join(filter(None, (what, where)))
