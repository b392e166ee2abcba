"""The place said last: "pico and 4th, no wait, 6th", "1820 pearl, i mean 1822", "Ocean not Main".

What is taken back is worked out from the place before it: of a corner the street of the same kind is replaced (a
numbered one by a numbered one), of an address the number or the street. Where the corrected corner does not exist the
street that was not taken back is asked about; where two are possible both are offered. Nothing that was taken back is
ever settled on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.city.geometry import distance_between
from bot.city.location import Location, LocationKind, Resolution, ResolutionOutcome
from bot.city.told import LEAST_HOUSE, StreetTold, house_numbers
from bot.city.vocabulary import AFTER_PLACES, BETWEEN_WORDS, CORNER_WORDS, PLACE_PREPOSITIONS, TYPES
from bot.city.words import Token, tokens
from bot.text.fold import fold_in_place
from bot.text.tables import word_set

Read = Callable[[str], Resolution]  # the place of some words, English names
StreetsTold = Callable[[str], Sequence[StreetTold]]  # the streets that some words tell

_SURE = (
    "no wait|wait no|no sorry|sorry no|no no|i mean|i meant|meant|make that|make it|scratch that|correction|or rather|my bad|"
    "my mistake|i misspoke|not that|mejor dicho|quise decir|quiero decir|digo|no espere?a?|espere?a? no|no perdone?|perdone? no|"
    "me equivoque|correccion"
)
_PLAIN = r"no(?!\.\s*\d+(?!\w)|\s+\d{1,2}(?!\w))|nope|wait|sorry|actually|oops|perdone?|espera|espere|disculp[ae]|en realidad"
_ITS = r"it'?s|its|it is|it should be|should be|is|es|era|debe ser|deberia ser"
# "no. 5" and "no 5" are the number of a flat or a house. A plain word takes something back only with a pause beside it or together with another such word.
_TAKEN_BACK = re.compile(
    rf"(?:\b(?:{_SURE})\b|(?<=[,.;:!?\n-])\s*\b(?:{_PLAIN})\b|\b(?:{_PLAIN})\b(?=\s*[,.;:!-]|\s+(?:{_SURE}|{_PLAIN}|{_ITS})\b))"
    rf"(?:[\s,.:;!-]*\b(?:{_SURE}|{_PLAIN}|i said|que)\b)*[\s,.:;!-]*(?:(?:{_ITS})\b\s*)*"
)
_LEAD_IN = re.compile(rf"^[\s,.!-]*(?:(?:{_SURE}|{_PLAIN}|{_ITS}|i said|yes|si)\b[\s,.:;!-]*)+")
MEANT = re.compile(
    r"\b(?:i mean|i meant|meant|quise decir|quiero decir|digo|mejor dicho|make that|correction)\b"
)
_BEGINS_BACK = re.compile(rf"^\W*(?:{_SURE}|{_PLAIN}|not|isn'?t)\b")
_INSISTS = re.compile(
    r"\b(?:i said|i told you|(?:le|te|les) dije|ya (?:le|te|les) dije|wrong|mal|equivocad[oa])\b"
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
# "17th St between Arizona Ave & Santa Monica Blvd", as `phrase` tells a stretch in English.
_STRETCH = re.compile(r"(?P<main>.+) between (?P<first>.+) & (?P<second>.+)")
_BLOCK = re.compile(r"\d+ block of (?P<street>.+)")
BESIDE = 300.0  # metres: a house told at a corner is one of those by it, two or three blocks off at most
MOST_TAKEN_BACK = 6  # times in one message: each is read, so many would take long
_MOST = 60  # characters of a correction: a place and no story
FOUND = (ResolutionOutcome.RESOLVED, ResolutionOutcome.AMBIGUOUS)
EXACT = (LocationKind.INTERSECTION, LocationKind.ADDRESS, LocationKind.ALLEY, LocationKind.PLACE)

# "in front of 1437 11th St": the street of an address, whatever stands before its number.
_OF_A_HOUSE = re.compile(r"(?:^|\s)(?P<number>\d+)(?: 1/2)? (?P<street>.+)$")
# What a stretch is: between two streets, or at the one of them that its street meets.
_OF_STRETCHES = (LocationKind.BLOCK, LocationKind.INTERSECTION)

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
        if clause is None or before is None or not is_place(before):
            upto = piece_end
            continue
        if said is None:
            start = max(text.find(before.used), 0)
        end = mark.end() + text[mark.end() :].index(clause) + len(clause)
        said = replace(_replaced(read, before, clause), used=text[start:end])
    return said


_SENTENCES = re.compile(r"[.!?;:\n]+\s*")


def corrected(read: Read, told: StreetsTold, before: str, text: str) -> Resolution:
    """What a correction means, `before` being the place it corrects, by its words or its name."""
    said = said_instead(read, text)
    if said is None:
        # "I got it wrong: it's 1437, not 1427. I live at 1427 but ...": one sentence says it, the rest tells why.
        parts = (part for part in _SENTENCES.split(text) if len(part) < len(text))
        text = next((part for part in parts if said_instead(read, part) is not None), text)
        said = said_instead(read, text)
    folded = fold_in_place(text)
    if said is not None:
        right, wrong = (text[said.start(group) : said.end(group)].strip() for group in ("right", "wrong"))
        readings = [read(attempt) for attempt in _instead(read, before, right, wrong)]
        readings.append(read(right))
        found = next((r for outcome in FOUND for r in readings if r.outcome is outcome), readings[-1])
        if is_place(found):
            return found
    known = read(before)
    stretch = _stretch_told(read, known, text[lead_in(folded) :])
    if stretch is not None:
        return stretch
    for piece in (text[lead_in(folded) :], last_piece(text)):
        clause = _place_clause(read, piece)
        if clause is not None and is_place(known):
            return _replaced(read, known, clause)
    whole = read(text)
    if not (whole.location is not None and whole.location.kind in EXACT):
        beside = _told_beside(read, told, known, text)
        if beside is not None:
            return beside
    return whole if is_place(whole) else read(text[lead_in(folded) :])


def said_instead(read: Read, text: str) -> re.Match[str] | None:
    """What is right and what was wrong, where both are said; "not sure, close to ocean park" says no place is wrong."""
    folded = fold_in_place(text)
    said = _NOT_BUT.match(folded) or _INSTEAD.match(folded) or _NOT_FIRST.match(folded)
    if said is None or _LEAD_IN.match(folded[said.start("wrong") :]):
        return None  # "2015 no disculpe 2013" takes back what stands before
    wrong = text[said.start("wrong") : said.end("wrong")].strip()
    figures = any(word.number is not None or word.ordinal is not None for word in tokens(wrong))
    return said if figures or is_place(read(wrong)) else None


def is_taken_back(folded: str) -> bool:
    """Whether words begin by taking back what was told, or say that they do."""
    return bool(_BEGINS_BACK.match(folded) or _TAKEN_BACK.search(folded) or _INSISTS.search(folded))


def _told_beside(read: Read, told: StreetsTold, known: Resolution, text: str) -> Resolution | None:
    """A house by the place that is known, or the street it is nearer to: "not at the corner, 825 i think", "no, mas
    cerca de la Arizona le dije". None where the words tell neither, or nothing that exists there."""
    location = next((place for place in known.candidates if place.inside), None)
    streets = streets_of(location)
    if location is None or not streets:
        return None
    for number in reversed(house_numbers(text)):
        attempts = [f"{number} {street}" for street in streets[: 1 if len(streets) != 2 else 2]]
        found = _nearest(_addresses(read, attempts), location)
        if found is not None:
            return found
    said = told(text)
    own = streets[: 1 if len(streets) == 3 else 2]  # the ends of a stretch are nearer or farther
    other = [street for street in said if read(f"on {street.words}").street not in own]
    if said and not other:
        return known  # "it's on 14th, closer to pico" of Pico & 14th
    if not is_taken_back(fold_in_place(text)):
        return None
    for street in other:
        found = (
            _nearer(read, streets, street.words) if street.near else _swapped(read, location, street.words)
        )
        if found is not None and found.outcome in FOUND:
            return found
    if not any(street.near for street in other):
        return None
    # It is near a street that does not meet this one: where on this one is asked.
    asked = read(f"on {streets[0]}")
    return replace(asked, outcome=ResolutionOutcome.STREET_ONLY, candidates=(), street=streets[0])


def _stretch_told(read: Read, known: Resolution, text: str) -> Resolution | None:
    """Another stretch of the street that is known: "no, between arizona and wilshire"."""
    if not any(word.word in BETWEEN_WORDS for word in tokens(text)):
        return None
    streets = streets_of(next((place for place in known.candidates if place.inside), None))
    for street in streets[: 2 if len(streets) == 2 else 1]:
        found = read(f"{street} {text}")
        location = found.location
        on_it = location is not None and location.name.startswith(street)
        if location is not None and on_it and location.kind in _OF_STRETCHES:
            return found
    return None


def streets_of(location: Location | None) -> tuple[str, ...]:
    """The streets of an address, a corner or a stretch: of a stretch the one it is on comes first."""
    if location is None:
        return ()
    if location.kind is LocationKind.ADDRESS:
        house = _OF_A_HOUSE.search(location.name)
        return (house["street"],) if house else (location.name.partition(" ")[2],)
    if location.kind is LocationKind.INTERSECTION:
        return tuple(location.name.split(" & "))
    block = _BLOCK.fullmatch(location.name)
    if block:
        return (block["street"],)
    stretch = _STRETCH.fullmatch(location.name)
    return (stretch["main"], stretch["first"], stretch["second"]) if stretch else ()


def _nearer(read: Read, streets: Sequence[str], said: str) -> Resolution | None:
    """The corner with the street that is near: of a corner or stretch one street stays, of an address its own."""
    kept = list(streets if len(streets) == 2 else streets[:1])
    alike = read(f"on {said}").street or said
    if len(kept) == 2 and is_numbered(kept[0]) != is_numbered(kept[1]):
        kept.sort(key=lambda street: is_numbered(street) == is_numbered(alike))
    for street in kept:
        found = read(f"{street} & {said}")
        if found.location is not None and street in found.location.name:
            return found
    return None


def _addresses(read: Read, attempts: Sequence[str]) -> list[Resolution]:
    found = [read(attempt) for attempt in attempts]
    return [one for one in found if one.location is not None and one.location.kind is LocationKind.ADDRESS]


def _nearest(found: Sequence[Resolution], location: Location) -> Resolution | None:
    """The one address that is by a place."""
    by = [
        one
        for one in found
        if one.location is not None and distance_between(one.location.point, location.point) <= BESIDE
    ]
    return by[0] if len(by) == 1 else None


def last_piece(text: str) -> str:
    """What follows the last comma, its "its" left out: "12th" of "wrong street, its 12th"."""
    piece = text.rpartition(",")[2].strip()
    return piece[lead_in(fold_in_place(piece)) :]


def lead_in(folded: str) -> int:
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
    if not is_place(found):
        return False
    at = clause.find(found.used)
    outside = [word for word in words if word.end <= at or word.start >= at + len(found.used)]
    return all(word.word in _FILLING for word in outside)


def _replaced(read: Read, before: Resolution, clause: str) -> Resolution:
    """The place before with the part of it replaced that the clause says."""
    alone = read(clause)
    if alone.outcome is ResolutionOutcome.AMBIGUOUS or (
        alone.location is not None and alone.location.kind in EXACT
    ):
        return alone
    if alone.outcome is ResolutionOutcome.OUTSIDE:
        return alone
    places = [location for location in before.candidates if location.inside]
    for location in places[:1]:
        found = _swapped(read, location, clause)
        if found is not None:
            return found
    if before.street and (number := plain_number(clause)) is not None:
        found = read(f"{number} {before.street}")
        if found.outcome in FOUND:
            return found
    if is_place(alone):
        return alone
    return Resolution(ResolutionOutcome.UNKNOWN, used=clause)


def _swapped(read: Read, location: Location, clause: str) -> Resolution | None:
    """An address or a corner with one part replaced; None where the place has no such parts."""
    if location.kind is LocationKind.ADDRESS:
        house = _OF_A_HOUSE.search(location.name)
        number, street = (house["number"], house["street"]) if house else ("", location.name)
        new = plain_number(clause)
        if new is not None and (new >= 100 or not is_numbered(street)):
            return read(f"{new} {street}")
        found = read(f"{number} {_street(clause)}")
        return found if found.outcome in FOUND else None
    streets = list(streets_of(location))
    if len(streets) == 3:
        return _swapped_of_stretch(read, streets, clause)
    if len(streets) != 2:
        return None
    first, second = streets
    new = plain_number(clause)
    if new is not None and new >= LEAST_HOUSE:
        attempts = (f"{new} {first}", f"{new} {second}")
        return _nearest(_addresses(read, attempts), location) or _either(read, attempts)
    numbered = [is_numbered(street) for street in streets]
    said = _street(clause)
    attempts = (f"{first} & {said}", f"{said} & {second}")  # the last one said is the likelier slip
    if numbered[0] != numbered[1]:
        own = numbered.index(is_numbered(said))
        kept = streets[1 - own]
        for attempt in (attempts[1 - own], attempts[own]):
            found = read(attempt)
            if found.outcome in FOUND:
                return found
        # "pico and 4th, no, 5th" where they do not meet: ask about Pico.
        asked = read(f"on {kept}")
        return replace(asked, outcome=ResolutionOutcome.STREET_ONLY, candidates=(), street=kept)
    return _either(read, attempts)


def _swapped_of_stretch(read: Read, streets: Sequence[str], clause: str) -> Resolution | None:
    """A stretch with its street replaced by one of the same kind; another street makes a corner with it."""
    main, first, second = streets
    new = plain_number(clause)
    if new is not None and new >= LEAST_HOUSE:
        return read(f"{new} {main}")
    said = _street(clause)
    attempts = [f"{said} between {first} & {second}", f"{main} & {said}"]
    found = (read(attempt) for attempt in attempts[:: 1 if is_numbered(said) == is_numbered(main) else -1])
    return next((reading for reading in found if reading.outcome in FOUND), None)


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
    streets = list(streets_of(known.location))
    taken_back = read(wrong).street or _street(wrong)
    if len(streets) == 3:
        wrong_at = [at for at, street in enumerate(streets) if taken_back.casefold() in street.casefold()]
        streets[wrong_at[0] if wrong_at else 0] = _street(right)
        attempts.insert(0, f"{streets[0]} between {streets[1]} & {streets[2]}")
    if len(streets) == 2:
        kept = streets[1] if taken_back.casefold() in streets[0].casefold() else streets[0]
        attempts.append(f"{_street(right)} & {kept}")
    return attempts


def is_place(found: Resolution) -> bool:
    return found.outcome is not ResolutionOutcome.UNKNOWN


def _said(clause: str) -> list[Token]:
    return [
        word for word in tokens(clause) if not word.is_mark and word.word not in _FILLING - frozenset(TYPES)
    ]


def plain_number(clause: str) -> int | None:
    """The plain number that a clause is, apart from filling words."""
    said = [word for word in tokens(clause) if not word.is_mark and word.word not in _FILLING]
    plain = len(said) == 1 and said[0].ordinal is None
    return said[0].number if plain else None


def _street(clause: str) -> str:
    """A clause as a street: a bare number up to 50 is a numbered one ("la 11")."""
    number = plain_number(clause)
    said = _said(clause)
    if number is not None:
        return _ordinal(number)
    return clause[said[0].start : said[-1].end] if said else clause


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def is_numbered(street: str) -> bool:
    words = tokens(street)
    return bool(words) and (words[0].ordinal is not None or words[0].number is not None)
