"""What every question of the dialogue is: its own small state, how it is asked, what an answer does.

Each question is one file of `bot/conversation/questions/`: a frozen dataclass whose fields are its state, so that it can be
kept between turns (`stored`). One that is open in a report derives from `ReportQuestion`, one about a request that is filed
from `FiledQuestion`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from bot.conversation.intake.turn import Say

if TYPE_CHECKING:
    from bot.conversation.intake.draft import Draft
    from bot.conversation.intake.effects import Effect
    from bot.conversation.intake.memory import Memory
    from bot.conversation.intake.setting import Setting
    from bot.conversation.intake.turn import Turn


class End(StrEnum):
    """How a draft ended."""

    CONFIRMED = "confirmed"  # to be filed
    DROPPED = "dropped"  # the resident gave it up
    FOLLOWED = "followed"  # an open request about the same matter is followed instead


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer did to the draft, and what to say.

    A draft without an open question is asked what it lacks next; with one, that one, `again` in its short form.
    """

    draft: Draft | None
    says: tuple[Say, ...] = ()
    end: End | None = None
    again: bool = False
    digressed: bool = False  # something else was said: answer it, then ask again
    quiet: bool = False  # nothing is asked now


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer about a filed request does: what to remember, to say and to do."""

    memory: Memory
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    goes_on: Turn | None = (
        None  # what else was said, to be heard by itself: "4. oh and there is graffiti on 7th"
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its state; kept under `name`."""

    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class ReportQuestion(Question):
    """A question of a report in the making."""

    slot: ClassVar[str] = "service"  # of the form: what is missing while it is open
    asks_place: ClassVar[bool] = False
    number_answers: ClassVar[bool] = False  # a bare number may be the answer, not a wrong option
    closes: ClassVar[bool] = True  # an edited message may hold its answer
    choices: ClassVar[str] = ""  # kind of the options that are answers to nothing but this

    def takes_figure(self, figure: int) -> bool:
        """Whether a bare number may be the answer, and not an option that is not on offer."""
        return self.number_answers

    def ask(self, draft: Draft, setting: Setting, *, again: bool = False) -> Say:
        """The question in words; `again` in short, after something else was answered."""
        raise NotImplementedError

    def beside(self, draft: Draft, setting: Setting) -> tuple[Say, ...]:
        """What is said with it the first time."""
        return ()

    def answer(self, draft: Draft, setting: Setting) -> Step:
        """What the turn does, heard with this question in mind."""
        raise NotImplementedError

    def back(self, draft: Draft) -> Draft:
        """One question back, nothing lost that need not be asked again."""
        return draft


@dataclass(frozen=True, slots=True)
class FiledQuestion(Question):
    """A question about a request that is filed, open until `lasts` after `at`."""

    topic: ClassVar[str]  # of which one question is open at a time
    lasts: ClassVar[timedelta]

    reference: str
    service: str
    at: datetime  # aware UTC

    def is_open(self, now: datetime) -> bool:
        return now - self.at <= self.lasts

    @property
    def settles(self) -> bool:
        """Whether the next words may be its answer, so that they begin no report until that is clear."""
        return False

    @property
    def is_asked(self) -> bool:
        """Whether it was asked already, and does not wait behind another one."""
        return True

    def ask(self, setting: Setting) -> Say:
        """The question in words."""
        raise NotImplementedError

    def answer(self, memory: Memory, setting: Setting) -> Told | None:
        """The turn as its answer; None when it is about something else."""
        raise NotImplementedError
