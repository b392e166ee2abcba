"""Asking how a request stands: which one is meant."""

from __future__ import annotations

import re

from bot.conversation.intake.effects import TellStatus
from bot.conversation.intake.turn import Turn
from bot.text.digits import has_digit

# Two letters and six characters, as references are written; the records tell whether there is such a one.
_REFERENCE = re.compile(r"\b([A-Za-z]{2,4})[\s-]?([0-9A-Za-z]{6})\b")


def status_effect(turn: Turn) -> TellStatus:
    """The request a message names, else the newest ones."""
    named = next((match for match in _REFERENCE.finditer(turn.text) if _is_code(match[2])), None)
    return TellStatus(f"{named[1]}-{named[2]}".upper() if named else None)


def _is_code(letters: str) -> bool:
    return has_digit(letters)
