"""What the clauses of a message are by themselves: "that is right. it's ten seconds altogether, then yes send it" says yes, tells
something, and says yes again.

The engine reads each clause as a reply (bot/engine/nlu/clauses.py); which of them a turn still has, its text tells: what was taken out of
it (a question, another matter) took its clauses along.
"""

from __future__ import annotations

import re

from bot.conversation.intake.naming import PLAIN
from bot.conversation.intake.turn import Clause, Turn
from bot.text.fold import fold
from bot.text.numbers import NUMBER_NAMES

SURELY = 0.85  # least chance of a reading that a clause is taken for by itself
PLAINLY = 0.9  # of a yes without a word of sending
FIRST = 0.7  # of a yes with which a message begins: "ok go. 3 days is crazy tho"
FEW_TO_BEGIN = 4  # words of it
RATHER = 0.5  # of a yes with one, and of a no that takes a yes back
FEW_WORDS = 8  # a longer clause tells something besides
# Readings of a clause that tells nothing of the matter.
_MANNERS = ("yes", "no", "thanks", "anger", "greet", "again", "language", "person", "start", "stop", "rate")
_FIGURES = NUMBER_NAMES - {"one", "un", "uno", "una"}
_SENDING = re.compile(r"\b(?:(?:send|submit|file|mand|envi)\w*|pass (?:it|this|that) (?:on|along))\b")
# A yes that waits for something, is asked about, or is put off: "before i do", "yes if it is free", "todavía no lo mande".
_WAITS = re.compile(
    r"\b(?:before|until|unless|if|once|when|wait|yet|first|antes|hasta|cuando|espere?|espera|todavia|primero|don t|dont|do not|never|not|no)\b"
)


def clauses_of(turn: Turn) -> tuple[Clause, ...]:
    """The clauses of the message that stand in the words of the turn."""
    return _standing_in(turn.text, turn)


def _standing_in(text: str, turn: Turn) -> tuple[Clause, ...]:
    words = f" {fold(text)} "  # "no" stands in "I know" by its letters only
    return tuple(clause for clause in turn.clauses if f" {fold(clause.text)} " in words)


def yes_among(turn: Turn) -> bool:
    """Whether one of several clauses says yes by itself, and none takes it back: "that is quite right. Do be good enough to pass it
    along"."""
    clauses = clauses_of(turn)
    if not clauses:  # one clause alone is the message itself
        return _begins_with_yes(Clause(turn.text, turn.replies), 0)
    no = any(max(_chance(one, "no"), _chance(one, "cancel")) >= RATHER for one in clauses)
    waits = any(_chance(one, "yes") >= RATHER and _WAITS.search(fold(one.text)) for one in clauses)
    return not no and not waits and any(_is_a_yes(number, clauses) for number in range(len(clauses)))


def _is_a_yes(number: int, clauses: tuple[Clause, ...]) -> bool:
    """Whether a clause says yes, and the next one does not turn it: "ok but what about the bags??"."""
    one = clauses[number]
    if _begins_with_yes(one, number):
        return True
    turned = number + 1 < len(clauses) and _BUT.match(fold(clauses[number + 1].text)) is not None
    begins = number == 0 and len(one.text.split()) <= FEW_TO_BEGIN
    return _chance(one, "yes") >= (FIRST if begins else PLAINLY) and "?" not in one.text and not turned


def _begins_with_yes(one: Clause, number: int) -> bool:
    """Whether a message begins with a yes and goes on: "yes and i was late to work cuz of it". One that waits, asks or puts something
    right is none: "yes and wait till i add a photo"."""
    words = fold(one.text)
    against = max(_chance(one, reading) for reading in ("no", "cancel", "correct", "ask"))
    if number != 0 or against >= RATHER or "?" in one.text:
        return False
    return _YES_AND.match(words) is not None and _PUTS_OFF.search(words) is None


_YES_AND = re.compile(
    r"(?:yes|yeah|yep|yup|si|ok|okay|sure|claro|dale)(?: (?:please|pls|thanks|por favor|porfa|gracias))* (?:and|y|plus|also|tambien)\b(?! (?:no|not|then|luego)\b)"
)
_PUTS_OFF = re.compile(
    r"\b(?:before|until|till|unless|wait|hold|yet|first|later|change|antes|hasta|espere?|espera|todavia|primero|luego|despues|cambi\w+)\b"
)
_BUT = re.compile(r"(?:but|pero)\b")


def sends_among(turn: Turn) -> bool:
    """Whether one of several clauses asks for it to be sent, whatever the others are about: "not the sidewalk, the water. then yes send"."""
    return any(
        _chance(one, "yes") >= RATHER
        and _SENDING.search(fold(one.text))
        and not _WAITS.search(fold(one.text))
        and "?" not in one.text
        for one in clauses_of(turn)
    )


def is_manners(clause: Clause) -> bool:
    """Whether a clause answers, thanks or scolds, and tells nothing of the matter."""
    if any(letter.isdigit() for letter in clause.text) or set(fold(clause.text).split()) & _FIGURES:
        return False  # "you wait four full minutes" sounds of anger, and tells
    if _chance(clause, "yes") >= RATHER and _SENDING.search(fold(clause.text)):
        return True
    return (
        len(clause.text.split()) <= FEW_WORDS
        and sum(_chance(clause, reading) for reading in _MANNERS) >= SURELY
    )


def without_manners(turn: Turn) -> str:
    """The words of the message without the clauses that only answer, thank or scold; all of them where nothing else is told."""
    clauses = _standing_in(turn.written, turn)
    told = [clause.text for clause in clauses if not is_manners(clause)]
    is_all = fold(" ".join(clause.text for clause in clauses)) == fold(turn.written)
    return " ".join(told) if told and len(told) < len(clauses) and is_all else turn.written


def beyond(turn: Turn, *said: str) -> str:
    """The clauses of the turn that tell something beyond what is `said` (places, mostly) and their manners: "es la 17 no la 16, suena cada 2
    seg, a las 3am" beyond "Pico Blvd & 17th St". "" where none does."""
    known = {word for text in said for word in fold(text).split()}
    return " ".join(
        clause.text for clause in clauses_of(turn) if not is_manners(clause) and _tells_of(clause, known)
    )


LEAST_TOLD = 2  # words of a clause that are neither known nor plain


def _tells_of(clause: Clause, known: set[str]) -> bool:
    """Whether a clause has words of its own; of "17th" and "17" one is enough to be known."""
    if (beside := _BESIDE_WHAT.search(fold(clause.text))) is not None:
        return not set(beside["what"].split()) <= known  # "del lado de la escuela", "next to the blue gate"
    known = {_bare(word) for word in known}
    words = {_bare(word) for word in fold(clause.text).split()} - known - PLAIN - _OF_PLACES
    return len({word for word in words if len(word) > 2 or word[0].isdigit()}) >= LEAST_TOLD


# What a place is by: the crew looks for it.
_BESIDE_WHAT = re.compile(
    r"\b(?:next to|in front of|behind|across from|by the|near the|on the|facing|outside(?: of)?|(?:del |de este |de aquel )?lado (?:de la|del|de los|de las|de)|junto a(?:l| la)?|enfrente de(?:l| la)?|frente a(?:l| la)?|"
    r"atras de(?:l| la)?|detras de(?:l| la)?|cerca de(?:l| la)?|pegad[oa] a(?:l| la)?) (?:the |a |la |el |los |las )?(?P<what>\w{4,})"
)


def _bare(word: str) -> str:
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word)


# Words of who says where, or that it was wrong.
_OF_PLACES = frozenset({
    "not", "isnt", "actually", "wrong", "sorry", "meant", "mean", "said", "told", "wait", "oops", "dear", "perdon", "digo", "quise", "decir", "equivoque",
    "disculpe", "mija", "mijo", "joven", "once", "really", "correct", "correction", "cross", "drive", "place", "way", "by", "at", "on", "fue", "sino",
})  # fmt: skip


_VERDICTS = ("yes", "no", "thanks", "fixed", "not_fixed", "rate")


def likeliest_answer(turn: Turn) -> str | None:
    """What the clauses of the turn mostly are, where that is an answer to a question of ours; None for anything else."""
    clauses = clauses_of(turn)
    if not clauses:
        return None
    pooled = {reading: max(_chance(one, reading) for one in clauses) for reading in _VERDICTS}
    best = max(pooled, key=lambda reading: pooled[reading])
    return best if pooled[best] >= SURELY else None


def _chance(clause: Clause, reading: str) -> float:
    return clause.replies.get(reading, 0.0)
