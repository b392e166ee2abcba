"""Places as people text them, made from a city pack's own streets and places: words, and where they truly are.

Every case is drawn with a seed, so that two runs and two resolvers see the same. The truth is taken from the facts
(a point on the segment, a node, a place's point), never from the resolver.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.city.pack import LatLon, PackFacts, SegmentRow, StreetKind, read_facts

SUFFIXES = {
    "St": ("st", "street", "St.", "ST", "str"),
    "Ave": ("ave", "avenue", "Ave.", "av", "AVE"),
    "Blvd": ("blvd", "boulevard", "Blvd.", "BLVD", "bl"),
    "Dr": ("dr", "drive"),
    "Ct": ("ct", "court"),
    "Pl": ("pl", "place"),
    "Way": ("way", "Way"),
    "Rd": ("rd", "road"),
    "Ter": ("ter", "terrace"),
    "Lane": ("ln", "lane"),
}
ORDINALS = dict(
    enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
)
BEFORE = (
    "", "", "", "pothole at ", "There's graffiti at ", "couch dumped in front of ", "streetlight out by ", "tree down @ ",
    "Hi, I want to report a broken sidewalk near ", "hay un bache en ", "basura tirada en ", "se fue la luz en ",
    "abandoned car, silver honda, at ", "for 3 days now 2 guys have been blasting music at ",
)  # fmt: skip
AFTER = (
    "",
    "",
    "",
    ", Santa Monica",
    " please fix",
    " since last week",
    ", it's been 4 days",
    " por favor",
    ". thanks!",
    " 90401",
)


@dataclass(frozen=True, slots=True)
class Case:
    group: str
    text: str
    truths: tuple[LatLon, ...]  # any of these is right


def cases(pack: Path, seed: int = 311, each: int = 300) -> list[Case]:
    """`each` cases of every group: plain and noisy addresses, corners, blocks, stretches and places."""
    facts = read_facts(pack)
    draw = random.Random(seed)
    makers: dict[str, Callable[[PackFacts, random.Random], Iterator[tuple[str, tuple[LatLon, ...]]]]] = {
        "address": _addresses,
        "corner": _corners,
        "block": _blocks,
        "between": _betweens,
        "place": _places,
    }
    made = []
    for group, maker in makers.items():
        found = maker(facts, draw)
        for number in range(each):
            text, truths = next(found)
            noisy = number % 2 == 1
            if noisy:
                text = _misspell(text, draw) if draw.random() < 0.4 else text
                text = draw.choice((str.lower, str.upper, str.lower, str))(text)
                text = draw.choice(BEFORE) + text + draw.choice(AFTER)
            made.append(Case(f"{group}, noisy" if noisy else group, text, truths))
    return made


def _named(facts: PackFacts) -> list[SegmentRow]:
    return [s for s in facts.segments if s.kind is StreetKind.STREET]


def _addresses(facts: PackFacts, draw: random.Random) -> Iterator[tuple[str, tuple[LatLon, ...]]]:
    numbered = [s for s in _named(facts) if any((*s.left, *s.right))]
    while True:
        segment = draw.choice(numbered)
        first, last = draw.choice([side for side in (segment.left, segment.right) if any(side)])
        if min(first, last) < 1:
            continue
        number = draw.randrange(min(first, last), max(first, last) + 1, 2)
        share = (number - first) / (last - first) if last != first else 0.5
        yield f"{number} {say(segment.name, draw)}", (point_along(segment.line, share),)


def _corners(facts: PackFacts, draw: random.Random) -> Iterator[tuple[str, tuple[LatLon, ...]]]:
    nodes = crossings(facts)
    pairs = sorted(nodes)
    while True:
        a, b = draw.sample(draw.choice(pairs), 2)
        join = draw.choice((" & ", " and ", "/", " at ", " @ ", " y ", " and ", " con "))
        before = draw.choice(("", "", "", "corner of ", "esquina de ", "intersection of "))
        yield f"{before}{say(a, draw)}{join}{say(b, draw)}", tuple(nodes[tuple(sorted((a, b)))])


def crossings(facts: PackFacts) -> dict[tuple[str, str], list[LatLon]]:
    """Where two streets (no alleys, no ramps) share a node."""
    names: dict[int, set[str]] = defaultdict(set)
    where: dict[int, LatLon] = {}
    for segment in _named(facts):
        for node, point in ((segment.from_node, segment.line[0]), (segment.to_node, segment.line[-1])):
            names[node].add(segment.name)
            where[node] = point
    found: dict[tuple[str, str], list[LatLon]] = defaultdict(list)
    for node, listed in names.items():
        for a in listed:
            for b in listed:
                if a < b:
                    found[(a, b)].append(where[node])
    return found


def _blocks(facts: PackFacts, draw: random.Random) -> Iterator[tuple[str, tuple[LatLon, ...]]]:
    segments = [s for s in _named(facts) if s.left[0] // 100 == s.left[1] // 100 and s.left[0] >= 100]
    while True:
        segment = draw.choice(segments)
        hundred = segment.left[0] // 100 * 100
        truths = [
            point_along(s.line, 0.5)
            for s in segments
            if s.name == segment.name and s.left[0] // 100 == hundred // 100
        ]
        if len(truths) > 1:
            continue  # a block of several segments has no one middle
        form = draw.choice(("{n} block of {s}", "the {n} block of {s}", "{n} blk {s}", "cuadra {n} de {s}"))
        yield form.format(n=hundred, s=say(segment.name, draw)), tuple(truths)


def _betweens(facts: PackFacts, draw: random.Random) -> Iterator[tuple[str, tuple[LatLon, ...]]]:
    nodes: dict[int, set[str]] = defaultdict(set)
    segments = _named(facts)
    for segment in segments:
        nodes[segment.from_node].add(segment.name)
        nodes[segment.to_node].add(segment.name)
    while True:
        segment = draw.choice(segments)
        ends = [sorted(nodes[node] - {segment.name}) for node in (segment.from_node, segment.to_node)]
        if not all(ends) or ends[0] == ends[1]:
            continue
        a, b = draw.choice(ends[0]), draw.choice(ends[1])
        if a == b:
            continue
        form = draw.choice(
            (
                "{s} between {a} and {b}",
                "{s} entre {a} y {b}",
                "{s} from {a} to {b}",
                "between {a} and {b} on {s}",
            )
        )
        yield (
            form.format(s=say(segment.name, draw), a=say(a, draw), b=say(b, draw)),
            (point_along(segment.line, 0.5),),
        )


def _places(facts: PackFacts, draw: random.Random) -> Iterator[tuple[str, tuple[LatLon, ...]]]:
    where: dict[str, list[LatLon]] = defaultdict(list)
    for place in facts.places:
        where[re.sub(r"\s*\(.*?\)", "", place.name)].append(place.point)
    names = sorted(name for name in where if len(name.split()) > 1 or name in ("SMURRF", "SMASH"))
    while True:
        name = draw.choice(names)
        yield name, tuple(where[name])


def say(name: str, draw: random.Random) -> str:
    """A street's name as somebody might write it: another form of its suffix or none, an ordinal in another form."""
    words = name.split()
    if words[-1] in SUFFIXES and len(words) > 1:
        suffix = draw.choice((words[-1], words[-1], *SUFFIXES[words[-1]], ""))
        words = [*words[:-1], suffix] if suffix else words[:-1]
    ordinal = re.fullmatch(r"(\d+)(st|nd|rd|th)", words[0])
    if ordinal:
        number = int(ordinal[1])
        forms = [words[0], words[0], ordinal[1] + " " + ordinal[2], ORDINALS.get(number, words[0])]
        words[0] = draw.choice(forms) if len(words) > 1 else draw.choice(forms[:2])
    return " ".join(words)


def _misspell(text: str, draw: random.Random) -> str:
    """One slip in one longer word: a letter dropped, doubled, exchanged with the next, or hit beside its key."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if word.isalpha() and len(word) >= 5]
    if not long:
        return text
    index = draw.choice(long)
    word = words[index]
    at = draw.randrange(1, len(word) - 1)
    words[index] = draw.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + draw.choice("aeiourstln") + word[at + 1 :],
        )
    )
    return " ".join(words)


def point_along(line: tuple[LatLon, ...], share: float) -> LatLon:
    """The point a share (0 to 1) along a line of positions."""
    lengths = [((a[0] - b[0]) ** 2 + (0.83 * (a[1] - b[1])) ** 2) ** 0.5 for a, b in itertools.pairwise(line)]
    left = sum(lengths) * share
    for (a, b), step in zip(itertools.pairwise(line), lengths, strict=True):
        if left <= step and step > 0:
            t = left / step
            return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
        left -= step
    return line[-1]
