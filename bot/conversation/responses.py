"""The words of domain.yml, for whoever needs them outside of the engine: the console shows what a resident will read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from bot.conversation.intake.turn import Say
from bot.settings import ROOT

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1)
def responses() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Name of a response -> its variants, as they stand in domain.yml."""
    domain = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found: Mapping[str, Sequence[Mapping[str, Any]]] = domain["responses"]
    return found


def language_of(variant: Mapping[str, Any]) -> str | None:
    """The language that a variant is for."""
    conditions = variant.get("condition") or ()
    return next((one["value"] for one in conditions if one.get("name") == "language"), None)


def spoken(say: Say, language: str, channel: str) -> str:
    """A say in words, as the engine would put them (`bot.engine.responses`): the channel's own variant before that of all.

    Words of staff in its values are said instead (`bot.conversation.wording_fields`).
    """
    variants = [one for one in responses().get(say.response, ()) if language_of(one) == language]
    own = next((one for one in variants if one.get("channel") == channel), None)
    of_all = next((one for one in variants if not one.get("channel")), None)
    text = say.values.get("wording") or str((own or of_all or {}).get("text", ""))
    return _PLACEHOLDER.sub(lambda found: str(say.values.get(found[1], found[0])), text)
