"""Which options a resident reads below a question: those made for it, then the ones its response brings along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.channels.messages import Option
from bot.conversation.intake.turn import Say
from bot.conversation.responses import language_of, responses


def options_below(say: Say, language: str) -> tuple[Option, ...]:
    """The options in the order in which they are numbered."""
    return (*say.options, *_of_responses().get((say.response, language), ()))


@lru_cache(maxsize=1)
def _of_responses() -> Mapping[tuple[str, str], tuple[Option, ...]]:
    """Response and language -> its own buttons, from domain.yml."""
    return {
        (name, language): tuple(Option(button["title"], button["payload"]) for button in variant["buttons"])
        for name, variants in responses().items()
        for variant in variants
        if variant.get("buttons") and (language := language_of(variant)) is not None
    }
