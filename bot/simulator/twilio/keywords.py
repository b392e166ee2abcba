"""Words Twilio answers itself on long codes: https://help.twilio.com/articles/223134027"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), Keyword.STOP
    ),
    **dict.fromkeys(("start", "yes", "unstop"), Keyword.START),
    **dict.fromkeys(("help", "info"), Keyword.HELP),
}


def keyword_of(text: str) -> Keyword | None:
    """The reserved word a text consists of, in any case, or None."""
    return _WORDS.get(text.strip().lower())


@cache
def _replies() -> dict[str, str]:
    source = files("bot.simulator").joinpath("network_replies.yml").read_text(encoding="utf-8")
    replies: dict[str, str] = yaml.safe_load(source)
    return replies


def network_reply(keyword: Keyword) -> str:
    """What the network itself answers."""
    return _replies()[keyword]
