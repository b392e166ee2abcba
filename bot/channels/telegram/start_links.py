"""Links that open a chat with our bot and say something there once Start is pressed: `t.me/<bot>?start=<payload>`.

Telegram sends us "/start <payload>", of at most 64 letters, digits, _ and -. So the payload only names which of our sentences
it is, in which language and about which request, and is read as that sentence: whoever came by the link says what an SMS
link has them send. See https://core.telegram.org/bots/features#deep-linking.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.channels.telegram.texts import button_words

_PAYLOAD = re.compile(r"(?P<saying>[a-z]+)_(?P<language>[a-z]{2})_(?P<reference>[A-Z]{1,12}-[0-9A-Z]{4,12})")


class Saying(StrEnum):
    """What a link says; the value is part of links that are out, and never changes."""

    SEE_IT_TOO = "see"
    NOT_FIXED = "left"


_WORDS = {Saying.SEE_IT_TOO: "see_it_too", Saying.NOT_FIXED: "not_fixed"}


def chat_link(bot: str) -> str:
    """The address of a chat with the bot of that username."""
    return f"https://t.me/{bot}"


def start_link(bot: str, saying: Saying, language: str, reference: str) -> str:
    """The address that has whoever opens it say `saying` of a request."""
    return f"{chat_link(bot)}?start={saying}_{language}_{reference}"


def words_of_start(payload: str) -> str | None:
    """The sentence that a link stands for; None for a payload that is none of ours."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None or found["saying"] not in set(Saying):
        return None
    words = button_words(_WORDS[Saying(found["saying"])], found["language"])
    return words.format(reference=found["reference"])
