"""What a password of staff must not be: short, used by very many, or made of words that anybody would try here first."""

from __future__ import annotations

import string
from functools import lru_cache

from bot.cases.roles import Role
from bot.city.current import city
from bot.text.fold import fold

MIN_PASSWORD = 10  # characters; length is what counts (NIST SP 800-63B), so no rules about digits and signs
MAX_PASSWORD = 256  # nobody gets to make us hash a book

# Who guesses here begins with these, with the username and with the name of the city. The list is told in docs/security.md.
FIRST_GUESSES = ("cityline", "cityhall", "city311", "311", "password", *(str(role) for role in Role))

_TAILS = string.digits + string.punctuation + " "


def problem_of(username: str, password: str) -> str:
    """What is wrong with a password, as a sentence that does not repeat it; "" where nothing is."""
    if len(password) < MIN_PASSWORD:
        return f"A password has at least {MIN_PASSWORD} characters."
    if len(password) > MAX_PASSWORD:
        return f"A password has at most {MAX_PASSWORD} characters."
    folded = password.casefold()
    rest = _without(_first_guesses(username), folded)
    if rest != folded and len(rest) < MIN_PASSWORD:
        return "A password is more than the username, the city's name or the like and a few characters."
    if len(set(password)) < 4:
        return "A password has at least four different characters."
    if _is_common(folded):
        return "Very many people have this password, so it is tried first."
    return ""


def _first_guesses(username: str) -> tuple[str, ...]:
    names = {fold(name) for name in city().names.values()}
    return (username, *FIRST_GUESSES, *names, *(name.replace(" ", "") for name in names))


def _without(words: tuple[str, ...], text: str) -> str:
    for word in sorted(words, key=len, reverse=True):  # the longer one first: of "city311" nothing stays
        text = text.replace(word, "")
    return text


def _is_common(folded: str) -> bool:
    """As it is, or with digits and signs behind it."""
    return any(each in _common() for each in (folded, folded.rstrip(_TAILS)))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The 30,000 that most people have, in small letters. A tenth of a second to load, so not before somebody chooses one."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
