"""The place said last: "pico and 4th, no wait, 6th", "1820 pearl, i mean 1822", "Ocean not Main".

What is taken back is worked out from the place before it: of a corner the street of the same kind is replaced (a
numbered one by a numbered one), of an address the number or the street. Where the corrected corner does not exist the
street that was not taken back is asked about; where two are possible both are offered. Nothing that was taken back is
ever settled on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.city.location import Location, LocationKind, Resolution, ResolutionOutcome
from bot.city.vocabulary import AFTER_PLACES, CORNER_WORDS, PLACE_PREPOSITIONS, TYPES
from bot.city.words import Token, tokens
from bot.text.fold import fold_in_place
from bot.text.numbers import bare_figure
from bot.text.tables import word_set

Read = Callable[[str], Resolution]  # the place of some words, English names

_SURE = (
    "no wait|wait no|no sorry|sorry no|no no|i mean|i meant|meant|make that|make it|scratch that|correction|or rather|my bad|"
    "my mistake|i misspoke|not that|mejor dicho|quise decir|quiero decir|digo|no espera|espera no|no perdon|perdon no|"
    "me equivoque|correccion"
)
_PLAIN = (
    r"no(?!\.\s*\d+(?!\w)|\s+\d{1,2}(?!\w))|nope|wait|sorry|actually|oops|perdon|espera|disculpa|en realidad"
)
_ITS = r"it'?s|its|it is|it should be|should be|is|es|era|debe ser|deberia ser"
# "no. 5" and "no 5" are the number of a flat or a house. A plain word takes something back only with a pause beside it or together with another such word.
_TAKEN_BACK = re.compile(
    rf"(?:\b(?:{_SURE})\b|(?<=[,.;:!?\n-])\s*\b(?:{_PLAIN})\b|\b(?:{_PLAIN})\b(?=\s*[,.;:!-]|\s+(?:{_SURE}|{_PLAIN}|{_ITS})\b))"
    rf"(?:[\s,.:;!-]*\b(?:{_SURE}|{_PLAIN}|i said|que)\b)*[\s,.:;!-]*(?:(?:{_ITS})\b\s*)*"
)
_LEAD_IN = re.compile(rf"^[\s,.!-]*(?:(?:{_SURE}|{_PLAIN}|{_ITS}|i said|yes|si)\b[\s,.:;!-]*)+")
_MEANT = re.compile(
    r"\b(?:i mean|i meant|meant|quise decir|quiero decir|digo|mejor dicho|make that|correction)\b"
)
_CLAUSE_END = re.compile(r"[.;!?\n](?=\s|$)")
_FILLING = (
    PLACE_PREPOSITIONS | CORNER_WORDS | frozenset(TYPES) | word_set("its it's is es era not i think creo")
)
# "no wait its not 17th its 19th, my bad" / "no espera no es la 17 es la 19 me equivoque": in one breath, whatever stands around it.
_NOT_BUT = re.compile(
    rf"^[\s,.!-]*(?:(?:{_SURE}|{_PLAIN}|{_ITS}|yes|si)\b[\s,.:;!-]*)*\b(?:not|isn'?t|wasn'?t|no(?:\s+(?:es|era))?)\s+(?!(?:{_SURE}|{_PLAIN})\b)"
    rf"(?:(?:on|at|in|en)\s+)?(?P<wrong>[^,.;]+?)(?:\s*[,.;]\s*(?:(?:but|sino|rather|{_ITS})\b)?|\s+(?:but|sino|rather|{_ITS})\b)\s*"
    rf"(?:(?:on|at|in|en|que)\s+)?(?P<right>[^,.;!]+?)(?:\s+(?:me equivoque|my bad|my mistake|sorry|perdon|lo siento|instead|mejor))*\s*(?:[,.;!].*)?$"
)
MOST_TAKEN_BACK = 6  # times in one message: each is read, so many would take long
_MOST = 60  # characters of a correction: a place and no story
_FOUND = (ResolutionOutcome.RESOLVED, ResolutionOutcome.AMBIGUOUS)
_EXACT = (LocationKind.INTERSECTION, LocationKind.ADDRESS, LocationKind.ALLEY, LocationKind.PLACE)

# "no, Ocean not Main" / "Ocean, no Main": what is meant and what was wrong; and the other way round.
_INSTEAD = re.compile(
    r"^(?:(?:no|sorry|perdon)\b)?[,.\s]*(?:(?:it'?s|its|it is|i meant?|es|era|quise decir)\b)?\s*(?:(?:on|at|en)\b)?\s*"
    r"(?P<right>.+?)[,\s]+(?:not|no|instead of|en vez de)\s+(?:on\s+|at\s+|en\s+)?(?P<wrong>[^,.]+)[.!]*$"
)
_NOT_FIRST = re.compile(
    r"^(?:it'?s\s+|es\s+)?(?:not|no)\s+(?:on\s+|at\s+|en\s+)?(?P<wrong>[^,.]+?)\s*[,.]\s*(?:but\s+|sino\s+|it'?s\s+|es\s+)?"
    r"(?:on\s+|at\s+|en\s+)?(?P<right>.+?)[.!]*$"
)


def last_said(read: Read, text: str) -> Resolution | None:
    """The place of a message that takes a place back and says another; None if it takes none back."""
    marks = list(_TAKEN_BACK.finditer(fold_in_place(text)))[-MOST_TAKEN_BACK:]
    if not marks:
        return None
    said: Resolution | None = None
    start, upto = 0, marks[0].start()
    for at, mark in enumerate(marks):
        piece_end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        clause = _place_clause(read, text[mark.end() : piece_end])
        before = said or (read(text[:upto]) if clause else None)
        if clause is None or before is None or not _is_place(before):
            upto = piece_end
            continue
        if said is None:
            start = max(text.find(before.used), 0)
        end = mark.end() + text[mark.end() :].index(clause) + len(clause)
        said = replace(_replaced(read, before, clause), used=text[start:end])
    return said


def corrected(read: Read, before: str, text: str) -> Resolution:
    """What a correction means, `before` being the place it corrects, by its words or its name."""
    folded = fold_in_place(text)
    said = _NOT_BUT.match(folded) or _INSTEAD.match(folded) or _NOT_FIRST.match(folded)
    if said is not None:
        right, wrong = (text[said.start(group) : said.end(group)].strip() for group in ("right", "wrong"))
        readings = [read(attempt) for attempt in _instead(read, before, right, wrong)]
        readings.append(read(right))
        found = next((r for outcome in _FOUND for r in readings if r.outcome is outcome), readings[-1])
        if _is_place(found):
            return found
    known = read(before)
    for piece in (text[_lead_in(folded) :], _last_piece(text)):
        clause = _place_clause(read, piece)
        if clause is not None and _is_place(known):
            return _replaced(read, known, clause)
    whole = read(text)
    return whole if _is_place(whole) else read(text[_lead_in(folded) :])


def answered(read: Read, street: str, text: str) -> Resolution:
    """An answer to "which cross street or number on `street`?": one of these, or another place that is meant instead."""
    folded = fold_in_place(text)
    bare = text[_lead_in(folded) :].strip() or text
    own = read(text)
    if own.location is not None and own.location.kind in _EXACT:
        return own
    if _NOT_BUT.match(folded) or _INSTEAD.match(folded) or _NOT_FIRST.match(folded):
        return corrected(read, street, text)
    alone = read(bare).street if bare != text else None
    taken_back = bool(_MEANT.search(folded[: _lead_in(folded)])) or (
        alone is not None and _is_numbered(alone) == _is_numbered(street)
    )
    number = next(
        (n for piece in (bare, _last_piece(text)) if (n := _number(piece)) is not None), bare_figure(bare)
    )
    joined = [f"{street} & {bare}", f"{street} {bare}"]
    if number is not None:
        joined = [f"{street} & {number}", f"{number} {street}"][:: 1 if number < 100 else -1]
    for attempt in () if taken_back else joined:
        found = read(attempt)
        if found.outcome in _FOUND and all(street in place.name for place in found.candidates):
            return found
    return own if _is_place(own) or bare == text else read(bare)


def _last_piece(text: str) -> str:
    """What follows the last comma, its "its" left out: "12th" of "wrong street, its 12th"."""
    piece = text.rpartition(",")[2].strip()
    return piece[_lead_in(fold_in_place(piece)) :]


def _lead_in(folded: str) -> int:
    """Where the words after "no", "wait", "i mean" and the like begin."""
    match = _LEAD_IN.match(folded)
    return match.end() if match else 0


def _place_clause(read: Read, piece: str) -> str | None:
    """The place at the beginning of what follows "no wait", if nothing else stands before it."""
    ends = _CLAUSE_END.search(piece)
    sentence = piece[: ends.start() if ends else len(piece)][:_MOST]
    for clause in dict.fromkeys((sentence, sentence.split(",")[0], _before_more(sentence))):
        clause = clause.strip(" ,-")
        if clause and _is_place_only(read, clause):
            return clause
    return None


def _before_more(sentence: str) -> str:
    """The words up to one that goes on with the story: "9th" of "9th theres glass everywhere"."""
    for word in tokens(sentence)[1:]:
        if word.word in AFTER_PLACES and word.word not in CORNER_WORDS:
            return sentence[: word.start]
    return sentence


def _is_place_only(read: Read, clause: str) -> bool:
    words = [word for word in tokens(clause) if not word.is_mark]
    rest = [word for word in words if word.word not in _FILLING]
    if len(rest) == 1 and (rest[0].number is not None or rest[0].ordinal is not None):
        return True
    found = read(clause)
    if not _is_place(found):
        return False
    at = clause.find(found.used)
    outside = [word for word in words if word.end <= at or word.start >= at + len(found.used)]
    return all(word.word in _FILLING for word in outside)


def _replaced(read: Read, before: Resolution, clause: str) -> Resolution:
    """The place before with the part of it replaced that the clause says."""
    alone = read(clause)
    if alone.outcome is ResolutionOutcome.AMBIGUOUS or (
        alone.location is not None and alone.location.kind in _EXACT
    ):
        return alone
    if alone.outcome is ResolutionOutcome.OUTSIDE:
        return alone
    places = [location for location in before.candidates if location.inside]
    for location in places[:1]:
        found = _swapped(read, location, clause)
        if found is not None:
            return found
    if before.street and (number := _number(clause)) is not None:
        found = read(f"{number} {before.street}")
        if found.outcome in _FOUND:
            return found
    if _is_place(alone):
        return alone
    return Resolution(ResolutionOutcome.UNKNOWN, used=clause)


def _swapped(read: Read, location: Location, clause: str) -> Resolution | None:
    """An address or a corner with one part replaced; None where the place has no such parts."""
    if location.kind is LocationKind.ADDRESS:
        number, _, street = location.name.partition(" ")
        new = _number(clause)
        if new is not None and (new >= 100 or not _is_numbered(street)):
            return read(f"{new} {street}")
        found = read(f"{number} {_street(clause)}")
        return found if found.outcome in _FOUND else None
    streets = location.name.split(" & ")
    if location.kind is not LocationKind.INTERSECTION or len(streets) != 2:
        return None
    first, second = streets
    new = _number(clause)
    if new is not None and new >= 100:
        return _either(read, (f"{new} {first}", f"{new} {second}"))
    numbered = [_is_numbered(street) for street in streets]
    said = _street(clause)
    attempts = (f"{first} & {said}", f"{said} & {second}")  # the last one said is the likelier slip
    if numbered[0] != numbered[1]:
        own = numbered.index(_is_numbered(said))
        kept = streets[1 - own]
        for attempt in (attempts[1 - own], attempts[own]):
            found = read(attempt)
            if found.outcome in _FOUND:
                return found
        # "pico and 4th, no, 5th" where they do not meet: ask about Pico.
        asked = read(f"on {kept}")
        return replace(asked, outcome=ResolutionOutcome.STREET_ONLY, candidates=(), street=kept)
    return _either(read, attempts)


def _either(read: Read, attempts: tuple[str, str]) -> Resolution | None:
    """The one of two readings that exists; both to choose from if both do."""
    found = [reading for attempt in attempts if (reading := read(attempt)).location is not None]
    if len(found) > 1:
        both = tuple(reading.location for reading in found if reading.location is not None)
        return Resolution(ResolutionOutcome.AMBIGUOUS, both, found[0].used)
    return found[0] if found else None


def _instead(read: Read, before: str, right: str, wrong: str) -> list[str]:
    """Readings of "right, not wrong", the most literal first."""
    attempts = []
    known = read(before)
    name = known.location.name if known.location else ""
    for words in (before, name):
        at = words.casefold().find(wrong.casefold()) if wrong else -1
        if at >= 0:
            attempts.append(words[:at] + right + words[at + len(wrong) :])
    streets = name.split(" & ")
    if len(streets) == 2:
        taken_back = read(wrong).street or _street(wrong)
        kept = streets[1] if taken_back.casefold() in streets[0].casefold() else streets[0]
        attempts.append(f"{_street(right)} & {kept}")
    return attempts


def _is_place(found: Resolution) -> bool:
    return found.outcome is not ResolutionOutcome.UNKNOWN


def _said(clause: str) -> list[Token]:
    return [
        word for word in tokens(clause) if not word.is_mark and word.word not in _FILLING - frozenset(TYPES)
    ]


def _number(clause: str) -> int | None:
    """The plain number that a clause is, apart from filling words."""
    said = [word for word in tokens(clause) if not word.is_mark and word.word not in _FILLING]
    plain = len(said) == 1 and said[0].ordinal is None
    return said[0].number if plain else None


def _street(clause: str) -> str:
    """A clause as a street: a bare number up to 50 is a numbered one ("la 11")."""
    number = _number(clause)
    said = _said(clause)
    if number is not None:
        return _ordinal(number)
    return clause[said[0].start : said[-1].end] if said else clause


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _is_numbered(street: str) -> bool:
    words = tokens(street)
    return bool(words) and (words[0].ordinal is not None or words[0].number is not None)
