"""Words that carriers and providers reserve: settled before any language understanding.

Source: Twilio's default opt-out keywords. On Telegram only the words that cannot mean anything else in a
conversation count ("cancel" there just means cancel). Wishes to stop in other words: `bot.text.stop_wishes`.
"""

from __future__ import annotations

from enum import StrEnum

from bot.channels.messages import Channel


class ReservedWord(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"  # a START for who had stopped; a plain yes for everyone else


_CARRIER_STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
_CLEAR_STOP = {"stop", "stopall", "unsubscribe", "optout"}
_START = {"start", "unstop"}
_HELP = {"help", "info"}


def reserved_word(channel: Channel, text: str) -> ReservedWord | None:
    """The reserved word that the whole text is, or None. Case, a slash in front and a full stop do not matter."""
    word = text.strip().lstrip("/").rstrip(".!").casefold()
    if word in (_CARRIER_STOP | _CLEAR_STOP if channel is Channel.SMS else _CLEAR_STOP):
        return ReservedWord.STOP
    if word in _START:
        return ReservedWord.START
    if word in _HELP or (word in {"ayuda"} and text.strip().startswith("/")):
        return ReservedWord.HELP
    if word == "yes" and channel is Channel.SMS:
        return ReservedWord.YES
    return None


def carrier_stops(text: str) -> bool:
    """Whether the carrier itself blocks the number for this text, and tells the sender so."""
    return text.strip().casefold() in _CARRIER_STOP
