"""What a conversation remembers between reports: facts, and the agenda of what was asked about filed requests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.conversation.intake.draft import KEPT_FOR, Draft
from bot.conversation.intake.question import FiledQuestion
from bot.conversation.intake.turn import Turn

# Photos and words without a report of their own belong to the request just filed for so long.
ADDITIONS_FOR = timedelta(hours=24)
# A conversation goes on for so long: "ok I'll call them" then says something to us, and "tell me a joke" does so, too.
TALK_FOR = timedelta(hours=2)

_Q = TypeVar("_Q", bound=FiledQuestion)


@dataclass(frozen=True, slots=True)
class Filed:
    """The request filed last."""

    reference: str
    service: str
    at: datetime  # aware UTC
    waits: bool = False  # its work waits, so that words about it are wanted


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that outlives a report."""

    met: bool = False  # we said who we are
    filed: Filed | None = None
    talked: datetime | None = field(default=None, compare=False)  # when they last wrote to us; aware UTC
    updates: bool | None = None  # whether the resident wants update texts; None: never asked
    calmed: bool = False  # abuse was answered; once is enough
    asked_last: str = ""  # a digest of what we said last, and how often running
    times_asked: int = 0
    agenda: tuple[FiledQuestion, ...] = ()  # what was asked, the newest last; one of a kind
    given_up: Draft | None = None  # the last report the resident did not send, until the next begins
    only_asked: datetime | None = None  # when they said that they report nothing; aware UTC
    in_danger: Turn | None = field(
        default=None, compare=False
    )  # what was answered with 911 alone, until it is told to be no emergency

    not_followed: Turn | None = field(
        default=None, compare=False
    )  # what we said we cannot help with: the words before a report belong to it

    def filed_lately(self, now: datetime) -> Filed | None:
        return self.filed if self.filed and now - self.filed.at <= ADDITIONS_FOR else None

    def goes_on(self, now: datetime) -> bool:
        """Whether words go on with what was talked of, filed or not."""
        return self.talked is not None and now - self.talked <= TALK_FOR

    def only_asks(self, now: datetime) -> bool:
        """Whether they said lately that they report nothing: then what may be a question is one."""
        return self.only_asked is not None and now - self.only_asked <= TALK_FOR

    def given_up_lately(self, now: datetime) -> Draft | None:
        return self.given_up if self.given_up and now - self.given_up.touched <= KEPT_FOR else None

    def in_danger_lately(self, now: datetime) -> Turn | None:
        return self.in_danger if self.in_danger and now - self.in_danger.at <= TALK_FOR else None

    def asking(self, kind: type[_Q], now: datetime) -> _Q | None:
        """The open question of a kind."""
        return next((one for one in self.agenda if isinstance(one, kind) and one.is_open(now)), None)

    def open_questions(self, now: datetime) -> tuple[FiledQuestion, ...]:
        """What may be answered, the newest first."""
        open_ones = [one for one in reversed(self.agenda) if one.is_open(now)]
        return tuple(sorted(open_ones, key=lambda one: one.at, reverse=True))

    def with_question(self, question: FiledQuestion) -> Memory:
        """The agenda with one more question, in the place of the one of its topic."""
        others = tuple(one for one in self.agenda if one.topic != question.topic)
        return replace(self, agenda=(*others, question))

    def without(self, *topics: str) -> Memory:
        return replace(self, agenda=tuple(one for one in self.agenda if one.topic not in topics))

    @property
    def answer_is_open(self) -> bool:
        """Whether the next words may be an answer, so that they are no report until that is settled."""
        return any(one.settles for one in self.agenda)
