"""A pack's hand-kept names: read from `names.yml` (which may be absent or leave anything out)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.city.entries import Entries, Entry


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place beyond the city's data.

    `at` are addresses or corners, several for a name with several branches; `near` is the name of a place of the
    data. A park or beach that runs `along` a street is found where a cross street named with it meets that one. A
    station goes by its `stops` and the names of the `lines`: "17th metro station", "expo stop at 17th".
    """

    name: str
    also: tuple[str, ...]
    at: tuple[str, ...] = ()
    near: str = ""
    along: str = ""
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberRange:
    """House numbers of a street that lie in a neighbor's territory."""

    street: str
    first: int
    last: int
    neighbor: str


@dataclass(frozen=True, slots=True)
class KnownNames:
    streets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # street to its other names
    places: tuple[NamedPlace, ...] = ()
    not_places: tuple[str, ...] = ()
    city_words: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    outside_streets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # neighbor code to streets
    outside_numbers: tuple[NumberRange, ...] = ()
    leaving: tuple[str, ...] = ()
    plain_streets: tuple[str, ...] = ()  # names of streets that are people's or things' names as well
    not_clipped: tuple[str, ...] = ()  # words that are no street's clipped name here
    lines: tuple[str, ...] = ()  # what the trains are called that stop at stations
    state: tuple[str, ...] = ()  # how the city's state is written after an address
    ours: tuple[str, ...] = ()  # streets of the city that reach over its border


def load_names(pack: Path) -> KnownNames:
    """Read and check `names.yml`; raises `PackError` listing every mistake with file and key."""
    path = pack / "names.yml"
    if not path.exists():
        return KnownNames()
    entries = Entries(path)
    root = entries.root
    names = KnownNames(
        streets=_lists(root, "streets"),
        places=tuple(_place(entry) for entry in root.children("places")),
        not_places=root.texts("not_places"),
        city_words=root.texts("city_words"),
        areas=root.texts("areas"),
        outside_streets=_lists(root, "outside_streets"),
        outside_numbers=tuple(_range(entry) for entry in root.children("outside_numbers")),
        leaving=root.texts("leaving"),
        ours=root.texts("ours"),
        plain_streets=root.texts("plain_streets"),
        not_clipped=root.texts("not_clipped"),
        state=root.texts("state"),
        lines=root.texts("lines"),
    )
    entries.done()
    return names


def _lists(root: Entry, key: str) -> Mapping[str, tuple[str, ...]]:
    below = root.child(key)
    return {} if below is None else {str(name): below.texts(name) for name in below.values}


def _place(entry: Entry) -> NamedPlace:
    several = isinstance(entry.values.get("at"), list)
    at = entry.texts("at") if several else (entry.text("at", default="-"),)
    at = at if several or entry.values.get("at") else ()
    near = str(entry.values.get("near", ""))
    if bool(at) == bool(near):
        entry.problem(
            "at",
            "a place should have either at (an address or corner, or a list of them) or near (a place of places.tsv)",
        )
    along = str(entry.values.get("along", ""))
    return NamedPlace(entry.text("name"), entry.texts("also"), at, near, along, entry.texts("stops"))


def _range(entry: Entry) -> NumberRange:
    return NumberRange(
        entry.text("street"), entry.number("from") or 0, entry.number("to") or 0, entry.text("neighbor")
    )
