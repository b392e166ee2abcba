"""A place by its kind alone, where a street is known: "near the library", asked where on 17th St.

Of some kinds a city's data lists every one: where one of them lies by that street it is meant. Of the others there may
be more than it lists, so that the one we know is offered, as are two or three.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.city.evidence import Spot
from bot.city.geometry import XY, distance
from bot.city.knowledge import Knowledge
from bot.city.location import LocationKind, Resolution, ResolutionOutcome
from bot.city.phrases import phrase
from bot.city.places import KIND_WORDS, ONE_PLACE
from bot.city.sentence import MAX_CANDIDATES
from bot.city.streets import Street
from bot.city.words import Token
from bot.text.tables import word_set

BY_THE_STREET = 150.0  # metres: how far aside a place may lie that says where on a street something is
SURE = 0.8
# What a kind is called, to the words that end the names of such places.
_LISTED = {
    "library": "library", "biblioteca": "library", "park": "park", "parque": "park", "hospital": "hospital", "pier": "pier",
    "muelle": "pier", "cemetery": "cemetery", "cementerio": "cemetery", "panteon": "cemetery", "airport": "airport",
    "aeropuerto": "airport", "courthouse": "courthouse", "college": "college",
}  # fmt: skip
_SOME = {
    "school": "school elementary middle", "escuela": "school elementary middle", "elementary": "elementary", "primaria": "elementary",
    "church": "church", "iglesia": "church", "museum": "museum", "museo": "museum", "theater": "theatre theater", "theatre": "theatre theater",
    "teatro": "theatre theater", "hotel": "hotel",
}  # fmt: skip
_BEFORE = word_set(
    "by near nearby at close to next beside behind across front from outside opposite around past before after "
    "cerca junto por en frente enfrente atras detras lado casi pasando antes despues x"
)


def landmark_on(city: Knowledge, name: str, text: str, language: str) -> Resolution | None:
    """The place by the street `name` whose kind some words tell; None where there is none, or a crowd of them."""
    street = city.streets.streets.get(name)
    words = city.words(text)
    told = [at for at, word in enumerate(words) if word.word in _LISTED or word.word in _SOME]
    if street is None or len(told) != 1 or not _is_placed(words, told[0]):
        return None
    kind = words[told[0]].word
    near = _near(city, street, (_LISTED.get(kind) or _SOME[kind]).split())
    spots = [
        Spot(city.streets.onto(street, xy), phrase(language, "along", street=name, a=place), name)
        for place, xy in near
    ]
    locations = tuple(city.location(spot, LocationKind.PLACE, SURE) for spot in spots)
    inside = tuple(location for location in locations if location.inside)
    if not 1 <= len(inside) <= MAX_CANDIDATES:
        return None
    sure = len(inside) == 1 and kind in _LISTED
    return Resolution(ResolutionOutcome.RESOLVED if sure else ResolutionOutcome.AMBIGUOUS, inside, text)


def _is_placed(words: Sequence[Token], at: int) -> bool:
    """Whether something is said to be by it; "the library parking lot" is another place."""
    before = {word.word for word in words[max(0, at - 4) : at]}
    after = words[at + 1].word if at + 1 < len(words) else ""
    return bool(before & _BEFORE) and after not in KIND_WORDS and after != "parking"


def _near(city: Knowledge, street: Street, endings: Sequence[str]) -> list[tuple[str, XY]]:
    """The places whose names end so, by the street; two names of one place count once."""
    found: list[tuple[str, XY]] = []
    for place in city.places.places.values():
        words = place.name.lower().partition(" at ")[0].split()
        if not words or words[-1] not in endings:
            continue
        for xy in place.points:
            beside = distance(city.streets.onto(street, xy), xy) <= BY_THE_STREET
            if beside and all(distance(xy, other) > ONE_PLACE for _, other in found):
                found.append((place.name, xy))
    return found
