"""Which options a resident reads below a question: those made for it, then the ones its response brings along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import yaml

from bot.channels.messages import Option
from bot.conversation.intake.turn import Say
from bot.settings import ROOT


def options_below(say: Say, language: str) -> tuple[Option, ...]:
    """The options in the order in which they are numbered."""
    return (*say.options, *_of_responses().get((say.response, language), ()))


@lru_cache(maxsize=1)
def _of_responses() -> Mapping[tuple[str, str], tuple[Option, ...]]:
    """Response and language -> its own buttons, from domain.yml."""
    domain = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        (name, condition["value"]): tuple(
            Option(button["title"], button["payload"]) for button in variant["buttons"]
        )
        for name, variants in domain["responses"].items()
        for variant in variants
        if variant.get("buttons")
        for condition in variant.get("condition") or ()
        if condition.get("name") == "language"
    }
