"""Reading a rating: 1 to 5 in an option or in words ("5", "four stars", "4/5")."""

from __future__ import annotations

import re

from bot.conversation.intake.turn import Turn
from bot.text.digits import whole_number
from bot.text.fold import fold, fold_in_place
from bot.text.numbers import CARDINALS

MOST_STARS = 5
STARS = frozenset({"star", "stars", "estrella", "estrellas", "punto", "puntos"})
MOST_FIGURES = 4  # of one who tells days and minutes beside the stars; more are a telephone number


def stars_in(turn: Turn) -> int | None:
    """The one rating that a turn gives; of several figures the one that stands first and apart; None for none."""
    if turn.rating is not None and turn.intent == "rate":
        return turn.rating
    words = _words(turn)
    found = [_number(word.strip(".,!*")) for word in words]
    if len([word for word in words if word[0].isdigit() or word in CARDINALS]) > MOST_FIGURES:
        return None
    stars = [number for number in found if 1 <= number <= MOST_STARS]
    first = _FIRST.match(turn.text)
    return stars[0] if len(stars) == 1 else int(first["figure"]) if first is not None else None


# "2 because it took you three months": what stands first is the rating, whatever else is counted.
_FIRST = re.compile(
    r"\W*(?P<figure>[1-5])(?:\s*[,;:!.-]+\s+(?!\d)|\s+(?:stars?|estrellas?|because|cause|cuz|since|porque|pues|and|but|y|pero)\b(?!\s+(?:a half|medi[oa])))",
    re.IGNORECASE,
)
# "5", "4/5", "3 out of 5", "cinco estrellas" in front; a number in words counts with the stars it is of.
_IN_FRONT = re.compile(
    r"^\W*(?:[1-5](?:\s*/\s*5|\s+out of 5|\s+de 5)?(?![\w/])|(?:one|two|three|four|five|una?|dos|tres|cuatro|cinco)(?=\s+(?:stars?|estrellas?)))"
    r"(?:\s+(?:stars?|estrellas?|puntos?)\b)?[\s.,;:!-]*",
    re.IGNORECASE,
)


def without_stars(text: str) -> str:
    """The words behind stars in front of them: "5 stars! so fast" -> "so fast". Reads any text, never raises."""
    return _IN_FRONT.sub("", text, count=1).strip()


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
