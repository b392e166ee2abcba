"""Reading a rating: 1 to 5 in an option or in words ("5", "four stars", "4/5")."""

from __future__ import annotations

import re

from bot.conversation.intake.turn import Turn
from bot.text.digits import whole_number
from bot.text.fold import fold, fold_in_place
from bot.text.numbers import CARDINALS

MOST_STARS = 5
SAYS_WHY = 3  # words beside the stars
_STARS = frozenset({"star", "stars", "estrella", "estrellas", "punto", "puntos"})
MOST_FIGURES = 4  # of one who tells days and minutes beside the stars; more are a telephone number


def stars_in(turn: Turn) -> int | None:
    """The one rating that a turn gives; None for none or several."""
    if turn.rating is not None and turn.intent == "rate":
        return turn.rating
    words = _words(turn)
    found = [_number(word.strip(".,!*")) for word in words]
    if len([word for word in words if word[0].isdigit() or word in CARDINALS]) > MOST_FIGURES:
        return None
    stars = [number for number in found if 1 <= number <= MOST_STARS]
    return stars[0] if len(stars) == 1 else None


def tells_beside(turn: Turn) -> bool:
    """Whether something is said beside the stars: "2 because it took you months", and not "2 out of 5"."""
    words = [
        word for word in fold(" ".join(_words(turn))).split() if word not in _STARS and not _number(word)
    ]
    return len(words) >= SAYS_WHY


_NAMED = re.compile(
    r"\b(?P<figure>[1-5]|one|two|three|four|five|un|una|dos|tres|cuatro|cinco) (?:stars?|estrellas?|estreyas?)\b"
)


def stars_named(text: str) -> int | None:
    """The stars that words name as such: "5 stars", "cinco estrellas"; None for none, or for several."""
    found = {match["figure"] for match in _NAMED.finditer(fold(text))}
    return _number(found.pop()) or None if len(found) == 1 else None


_CLAUSES = re.compile(r"[.!;,\n]+\s*|\s+(?=(?:and|but|also|y|pero|tambien|también|oh)\s)", re.IGNORECASE)


def behind_stars(text: str) -> str:
    """What is said after the clause that holds the stars: "3. does recycling come the same day" -> "does recycling …"."""
    found = _CLAUSES.search(text)
    return text[found.end() :].strip() if found else ""


def _words(turn: Turn) -> list[str]:
    return fold_in_place(turn.text).replace("/5", " ").replace("out of 5", " ").replace("de 5", " ").split()


def _number(word: str) -> int:
    number = whole_number(word)
    return CARDINALS.get(word, 0) if number is None else number
