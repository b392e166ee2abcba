"""Freeway ramps by the street they touch: "Lincoln exit", "on ramp at Cloverfield"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.city.evidence import Evidence, Score, Spot
from bot.city.geometry import XY, clusters, distance
from bot.city.location import LocationKind
from bot.city.mentions import SHORT_MESSAGE, Mention
from bot.city.pack import StreetKind
from bot.city.phrases import phrase
from bot.city.streets import Street, StreetIndex
from bot.city.words import Token
from bot.text.tables import word_set

RAMP_REACH = 150.0  # metres: a ramp that ends this close to a street is said to be its exit
ONE_RAMP = 200.0  # metres: ends of ramps this close are one place to a driver

_RAMP = word_set("ramp ramps onramp offramp exit rampa salida")
_FREEWAY = word_set("freeway fwy autopista onramp offramp 10 i salida interstate")
_ON = word_set("onramp entrance entrada")
_OFF = word_set("offramp exit salida")


def ramp_reading(
    index: StreetIndex, words: Sequence[Token], mentions: Sequence[Mention], language: str
) -> Evidence | None:
    """The ramps that touch a street mentioned, where a message speaks of freeway ramps; one spot per ramp."""
    said = {word.word for word in words}
    pairs = {(a.word, b.word) for a, b in pairwise(words)}
    on = bool(said & _ON) or ("on", "ramp") in pairs
    off = bool(said & _OFF) or ("off", "ramp") in pairs
    named = len(words) <= SHORT_MESSAGE and words[-1].word == "exit"  # "4th Street exit"
    if not said & _RAMP or not (
        named or said & _FREEWAY or ("on", "ramp") in pairs or ("off", "ramp") in pairs
    ):
        return None
    for mention in mentions:
        for street in mention.streets[:2]:
            if mention.bare_number or street.kind is not StreetKind.STREET or street.outside:
                continue
            points = _ramp_ends(index, street, on=on or not off, off=off or not on)
            if points:
                name = phrase(language, "exit", street=street.name)
                spots = tuple(Spot(group[0], name, street.name) for group in clusters(points, ONE_RAMP))
                return Evidence(LocationKind.PLACE, spots, Score.RAMP, mention.start, mention.end, (mention,))
    return None


def _ramp_ends(index: StreetIndex, street: Street, *, on: bool, off: bool) -> list[XY]:
    """The ends of ramps that touch a street, or else lie near it."""
    points: list[XY] = []
    for name, ramp in index.streets.items():
        if (
            ramp.kind is StreetKind.RAMP
            and not any(name.startswith(f"{ordinary} ") for ordinary in index.plain_names)
            and not (not on and "On-" in name)
            and not (not off and "Off-" in name)
        ):
            ends = [index.node_xy[node] for node in sorted(ramp.nodes)]
            touching = [index.node_xy[node] for node in sorted(ramp.nodes & street.nodes)]
            points += touching or [xy for xy in ends if distance(xy, index.onto(street, xy)) <= RAMP_REACH]
    return points
