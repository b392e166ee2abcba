"""Reading a rating: 1 to 5 in an option or in words ("5", "four stars", "4/5")."""

from __future__ import annotations

from bot.conversation.intake.turn import Turn
from bot.text.digits import whole_number
from bot.text.fold import fold_in_place
from bot.text.numbers import CARDINALS

MOST_STARS = 5
MOST_FIGURES = 4  # of one who tells days and minutes beside the stars; more are a telephone number


def stars_in(turn: Turn) -> int | None:
    """The one rating that a turn gives; None for none or several."""
    if turn.rating is not None and turn.intent == "rate":
        return turn.rating
    words = fold_in_place(turn.text).replace("/5", " ").replace("out of 5", " ").replace("de 5", " ").split()
    found = [_number(word.strip(".,!*")) for word in words]
    if len([word for word in words if word[0].isdigit() or word in CARDINALS]) > MOST_FIGURES:
        return None
    stars = [number for number in found if 1 <= number <= MOST_STARS]
    return stars[0] if len(stars) == 1 else None


def _number(word: str) -> int:
    number = whole_number(word)
    return CARDINALS.get(word, 0) if number is None else number
