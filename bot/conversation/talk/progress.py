"""What a turn came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import Effect
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End, Told
from bot.conversation.intake.turn import Say, Turn, Wished


@dataclass(frozen=True, slots=True)
class Progress:
    """The report and the memory after the turn, what to do, then what to say."""

    draft: Draft | None
    memory: Memory
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    end: End | None = None
    wants_person: bool = False
    wished: Wished | None = None  # of our texts themselves: the gateway obeys it
    meant: Turn | None = field(default=None, compare=False)  # the turn as it was heard
    understood: Mapping[str, Any] | None = field(
        default=None, compare=False
    )  # for those who review: `talk.understood`


def progress_of(told: Told) -> Progress:
    """What came of an answer, where no report is open."""
    return Progress(None, told.memory, told.says, told.effects)
