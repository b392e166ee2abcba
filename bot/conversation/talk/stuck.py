"""A conversation that goes round in circles: what was asked twice in the same words is not asked a third time alone."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from bot.conversation.intake.turn import Say
from bot.conversation.talk.progress import Progress

# The third time in a row a person is offered, and a way on.
OFTEN = 3


def with_a_way_out(progress: Progress) -> Progress:
    """The progress that remembers what it asks, and offers a person when that comes for the third time running."""
    memory = progress.memory
    if not progress.says:
        return progress
    # A digest: the slot need not hold what was said, and a resident's words, a second time.
    asked = sha256(" | ".join(map(_key, progress.says)).encode("utf-8", "replace")).hexdigest()[:16]
    times = memory.times_asked + 1 if asked == memory.asked_last else 1
    says = progress.says
    if times >= OFTEN:
        says, times = (Say("utter_stuck", alone=True), *says), 0
    return replace(progress, memory=replace(memory, asked_last=asked, times_asked=times), says=says)


def _key(say: Say) -> str:
    """What makes two of our sentences the same to who reads them."""
    return " ".join(
        (say.response, *(option.payload for option in say.options), *map(str, say.values.values()))
    )
