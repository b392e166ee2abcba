"""Which of the places that a message names is the one meant: not home, not whom they called, not what it is near."""

from __future__ import annotations

from collections.abc import Sequence

from bot.city.evidence import CLOSE_CALL, GOOD, Evidence
from bot.city.geometry import distance
from bot.city.location import LocationKind
from bot.city.words import Token
from bot.text.tables import word_set

HOME_WORDS = word_set(
    "live lives living vivo vivimos vive walking coming driving saliendo viniendo caminando "
    "work works teach teaches study student studying nurse teacher trabajo trabajamos trabaja estudio estudia estudiante enfermera maestra maestro"
)
_SPOKEN_TO = word_set(
    "called call calling told tell asked ask emailed email contacted contact texted wrote phoned notified thank thanks "
    "llame llamar llamo hable hablar dije avise pregunte escribi contacte gracias dear hi hello hey hola"
)
_NEARNESS = word_set("near by cerca close off")
AT_THE_CORNER = 300.0  # metres from the middle of a park to its corner
FAR_ENOUGH = 150.0  # metres: equally good readings this far apart are two places


def away_from_home(readings: Sequence[Evidence], words: Sequence[Token]) -> Sequence[Evidence]:
    """Without where the resident lives, works or comes from, if another place is named as well: "I live at 825 Montana
    but the broken swing is at Clover Park". A place that only says what is near home does not count as another."""
    homes = [r for r in readings if _after(r, words, HOME_WORDS, 5)]
    others = [
        r
        for r in readings
        if r.score >= GOOD
        and all(r.end <= home.start or home.end <= r.start for home in homes)
        and not _after(r, words, _NEARNESS, 3)
    ]
    return [r for r in readings if r not in homes] if homes and others else readings


def named_itself(readings: Sequence[Evidence], words: Sequence[Token]) -> Sequence[Evidence]:
    """Without places that only say what another is near: "chess park by the pier"."""
    places = [r for r in readings if r.kind is LocationKind.PLACE]
    beside = [r for r in places if _after(r, words, _NEARNESS, 2)]
    others = any(r.end <= b.start or b.end <= r.start for b in beside for r in places if r not in beside)
    return [r for r in readings if r not in beside] if others else readings


# "Reed Park, the one at ...", "el parque Reed, el de ...", "el que está en ...": between a place and the corner that tells which it is.
_THE_ONE = word_set("one el la")
_THE_ONE_AT = _THE_ONE | word_set("the at on by de que q esta en por ,")


def which_of_the_name(readings: Sequence[Evidence], words: Sequence[Token]) -> Sequence[Evidence]:
    """Without the corner that only says which place of a name is meant: "Reed Park, the one at Wilshire and Lincoln"."""

    def tells_which(corner: Evidence, place: Evidence) -> bool:
        gap = [word.word for word in words[place.end : corner.start]]
        said = bool(_THE_ONE.intersection(gap)) and _THE_ONE_AT.issuperset(gap) and len(gap) > 1
        return said and min(distance(a.xy, b.xy) for a in corner.spots for b in place.spots) <= AT_THE_CORNER

    places = [r for r in readings if r.kind is LocationKind.PLACE]
    return [
        r
        for r in readings
        if r.kind is not LocationKind.INTERSECTION or not any(tells_which(r, place) for place in places)
    ]


def _after(reading: Evidence, words: Sequence[Token], these: frozenset[str], reach: int) -> bool:
    before = words[max(0, reading.start - reach) : reading.start]
    last_stop = max((i for i, word in enumerate(before, 1) if word.word in ".!?;\n"), default=0)
    return any(word.word in these for word in before[last_stop:])


def equally_good(readings: Sequence[Evidence]) -> list[Evidence]:
    """The best reading, and any other as good that means somewhere else."""
    if not readings:
        return []
    first = readings[0]
    equal = [first]
    for other in readings[1:]:
        if first.score - other.score > CLOSE_CALL or other.kind is not first.kind:
            continue
        apart = min(distance(a.xy, b.xy) for a in other.spots for b in first.spots) > FAR_ENOUGH
        overlapping = other.start < first.end and first.start < other.end
        if apart and (not overlapping or first.kind is LocationKind.PLACE):
            equal.append(other)
    return equal


def is_spoken_to(words: Sequence[Token], start: int) -> bool:
    """ "I called city hall" says whom, not where."""
    before = [word.word for word in words[max(0, start - 3) : start]]
    while before and before[-1] in ("the", "el", "la", "al", "a", "con", "to", "with", "un", "una"):
        before.pop()
    return bool(before) and before[-1] in _SPOKEN_TO
