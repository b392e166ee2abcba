"""What is wrong or odd with a city pack, told by file and line so that somebody can mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.city.areas import Areas
from bot.city.catalogue import LANGUAGES, load_catalogue
from bot.city.errors import PackError
from bot.city.facts import City, load_city
from bot.city.gazetteer import Gazetteer, load_gazetteer
from bot.city.geometry import Projection, length, middle
from bot.city.known_names import KnownNames, load_names
from bot.city.location import Point, ResolutionOutcome
from bot.city.pack import (
    AREAS_FILE,
    PLACES_FILE,
    STREETS_FILE,
    AreaKind,
    PackFacts,
    SegmentRow,
    StreetKind,
    read_facts,
)
from bot.city.questions import load_questions
from bot.city.ready_words import load_ready_words
from bot.city.streets import Street, StreetIndex

LONGEST_BLOCK = 3_000.0  # metres: a longer segment is rather two that were joined by mistake
MOST_NUMBERS = 2_000  # house numbers on one segment
NUMBERED = (StreetKind.STREET, StreetKind.ALLEY)


class Level(StrEnum):
    ERROR = "error"  # residents would get wrong answers
    NOTICE = "notice"  # open data is like that; worth a look


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    where: str  # file, and line or entry
    message: str


def check_pack(pack: Path) -> list[Finding]:
    """Load and examine a pack; an unreadable file ends the examination of what depends on it."""
    findings: list[Finding] = []
    loaded = []
    for load in (read_facts, load_city, load_names, load_catalogue, load_questions, load_ready_words):
        try:
            loaded.append(load(pack))
        except PackError as error:
            findings += [_from_message(problem) for problem in error.problems]
    if findings:
        return findings
    facts, city, names, catalogue = read_facts(pack), load_city(pack), load_names(pack), load_catalogue(pack)
    for service in catalogue.services.values():
        if service.department not in city.departments:
            findings.append(
                Finding(
                    Level.ERROR,
                    "services.yml: " + service.code,
                    f"goes to {service.department!r}, no department of city.yml",
                )
            )
    findings += _check_departments(city)
    findings += _check_streets(pack, facts)
    findings += _check_areas(pack, facts)
    findings += _check_names(city, names, facts)
    return sorted(findings, key=lambda finding: finding.level)


def _check_departments(city: City) -> Iterator[Finding]:
    for name, called in city.department_names.items():
        for language in city.languages:
            if language != LANGUAGES[0] and language not in called:
                message = f"has no name in {language!r}: residents read this one in the middle of a sentence"
                yield Finding(Level.NOTICE, f"city.yml: departments: {name}", message)


def _from_message(problem: str) -> Finding:
    where, _, message = problem.partition(": ")
    return Finding(Level.ERROR, where, message.rstrip("."))


def _lines(path: Path) -> list[int]:
    """The line number of every row of a table."""
    rows = [
        n
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if line and not line.startswith("#")
    ]
    return rows[1:]


def _check_streets(pack: Path, facts: PackFacts) -> Iterator[Finding]:
    lines = _lines(pack / STREETS_FILE)
    streets_at: dict[int, set[str]] = defaultdict(set)
    for row in facts.segments:
        streets_at[row.from_node].add(row.name)
        streets_at[row.to_node].add(row.name)
    connected = {name for names in streets_at.values() if len(names) > 1 for name in names}
    told: set[str] = set()
    boundary = [
        point
        for area in facts.areas
        if area.kind is AreaKind.BOUNDARY
        for ring in area.rings
        for point in ring
    ]
    projection = Projection(Point(*middle(boundary or [facts.segments[0].line[0]])))
    for line, row in zip(lines, facts.segments, strict=True):
        where = f"{STREETS_FILE} line {line} ({row.name})"
        if row.kind is StreetKind.STREET and row.name not in connected and row.name not in told:
            told.add(row.name)
            yield Finding(Level.NOTICE, where, "meets no other street, so no corner of it can be named")
        yield from _check_ranges(where, row)
        metres = length([projection.to_metres(*point) for point in row.line])
        if metres > LONGEST_BLOCK and row.kind is StreetKind.STREET:
            yield Finding(Level.NOTICE, where, f"is {metres:.0f} m long without a crossing")


def _check_ranges(where: str, row: SegmentRow) -> Iterator[Finding]:
    for side, (first, last) in (("left", row.left), ("right", row.right)):
        if min(first, last) < 0:
            yield Finding(Level.ERROR, where, f"the {side} house numbers {first} to {last} are below zero")
        elif bool(first) != bool(last):
            yield Finding(
                Level.NOTICE, where, f"the {side} house numbers {first} to {last} have one end only"
            )
        elif abs(last - first) > MOST_NUMBERS:
            yield Finding(
                Level.ERROR, where, f"the {side} house numbers {first} to {last} are too many for one block"
            )
        elif first % 2 != last % 2 and row.kind in NUMBERED:
            yield Finding(Level.NOTICE, where, f"the {side} house numbers {first} to {last} mix odd and even")
    if row.kind not in NUMBERED or not (row.left[1] and row.right[1]):
        return
    if row.left[0] % 2 == row.right[0] % 2 and row.left[0] % 2 == row.left[1] % 2 == row.right[1] % 2:
        yield Finding(Level.NOTICE, where, "has odd or even numbers on both sides")


def _check_areas(pack: Path, facts: PackFacts) -> Iterator[Finding]:
    if not any(area.kind is AreaKind.BOUNDARY for area in facts.areas):
        yield Finding(Level.ERROR, AREAS_FILE, "has no boundary")
        return
    boundary = [
        point
        for area in facts.areas
        if area.kind is AreaKind.BOUNDARY
        for ring in area.rings
        for point in ring
    ]
    projection = Projection(Point(*middle(boundary)))
    areas = Areas(facts.areas, projection)
    if not any(areas.standing(projection.to_metres(*row.line[0])).inside for row in facts.segments):
        yield Finding(
            Level.ERROR, AREAS_FILE, "the boundary holds no street: are latitude and longitude swapped?"
        )
    for line, place in zip(_lines(pack / PLACES_FILE), facts.places, strict=True):
        if areas.away(projection.to_metres(*place.point)) > 1_000:
            yield Finding(
                Level.NOTICE,
                f"{PLACES_FILE} line {line} ({place.name})",
                "lies over 1 km outside the boundary",
            )


def _check_names(city: City, names: KnownNames, facts: PackFacts) -> Iterator[Finding]:
    streets = {row.name for row in facts.segments}
    places = {place.name for place in facts.places}
    neighbors = {neighbor.code for neighbor in city.neighbors}
    for name in (
        *names.streets,
        *names.leaving,
        *names.ours,
        *(place.along for place in names.places if place.along),
        *(known.street for known in names.outside_numbers),
    ):
        if name not in streets:
            yield Finding(Level.ERROR, f"names.yml: {name}", "is no street of streets.tsv")
    for code in (*names.outside_streets, *(known.neighbor for known in names.outside_numbers)):
        if code not in neighbors:
            yield Finding(Level.ERROR, f"names.yml: {code}", "is no neighbor of city.yml")
    gazetteer = Gazetteer(facts, city, names)
    for place in names.places:
        if place.near and place.near not in places:
            yield Finding(
                Level.ERROR, f"names.yml: {place.name}", f"lies near {place.near!r}, no place of places.tsv"
            )
        for at in place.at:
            if gazetteer.locate(at).outcome is not ResolutionOutcome.RESOLVED:
                yield Finding(Level.ERROR, f"names.yml: {place.name}", f"lies at {at!r}, which is not found")


@dataclass(frozen=True, slots=True)
class ClippedNames:
    """The short forms a street is understood by, worked out from its name, and those that it shares with another."""

    street: str
    understood: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]  # form to the other streets that meet a same cross street


def clipped_names(pack: Path) -> list[ClippedNames]:
    """What clipped names a pack's streets have, and which are asked about; raises `PackError` for an unreadable pack.

    A form of several streets is no trouble while they meet different ones: "clover and pico" can be one corner only.
    """
    gazetteer = load_gazetteer(pack)
    understood: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for form, streets in gazetteer.clippings.items():
        for street in streets:
            others = tuple(
                other.name
                for other in streets
                if other is not street and _meet_the_same(gazetteer.streets, street, other)
            )
            if others:
                asked[street.name][form] = others
            else:
                understood[street.name].append(form)
    return [
        ClippedNames(name, tuple(understood[name]), asked[name]) for name in sorted({*understood, *asked})
    ]


def _meet_the_same(index: StreetIndex, street: Street, other: Street) -> bool:
    """Whether some street crosses both, so that a clipped name beside it leaves open which is meant."""
    crossing = {crossed.name for crossed in index.cross_streets(street)}
    return any(crossed.name in crossing for crossed in index.cross_streets(other))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """Those that should stop a pack from being used."""
    return [finding for finding in findings if finding.level is Level.ERROR]
