"""A kind of thing that staff can change: where it stands in the city's files, and what its form asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bot.city.current import ServedCity
from bot.city.edits import Path, called, found_at
from bot.editing.fields import Fault, Field, FieldError

Entry = Mapping[str, Any]  # as the file has it
Places = Callable[[Any], Iterator[Path]]  # of the entries in what was read of a file, in its order


@dataclass(frozen=True, slots=True)
class Said:
    """Something a resident would read of an entry; `options` are the numbered lines of a menu below it."""

    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """`code` stands in addresses. `fields`: what the form of an entry asks for, given the entry and the city in force."""

    code: str
    file: str
    fields: Callable[[Entry, ServedCity], tuple[Field, ...]]
    places: Places
    title: Callable[[Entry, Path, str], str]  # what an entry is called in a language
    new: Callable[[ServedCity], tuple[Field, ...]] | None = (
        None  # what the form of a new one asks for, if one can be added
    )
    place_of_new: Callable[[Entry, str], Path] | None = None  # given the entry and where it was asked for
    may_go: bool = False  # an entry of the pack can be taken out
    said: Callable[[Entry, str], tuple[Said, ...]] | None = None  # what residents read of it in a language
    is_one_form: bool = False


def alone_at(*path: str) -> Places:
    """The place of a kind that is one form."""

    def places(_: Any) -> Iterator[Path]:
        yield path

    return places


def each_below(*under: str) -> Places:
    """The places of a kind whose entries stand in a mapping or a list."""

    def places(root: Any) -> Iterator[Path]:
        below = found_at(root, under)
        for entry in below or ():
            yield (*under, called(entry))

    return places


def patch_of(
    fields: Sequence[Field], entered: Mapping[str, str], of_pack: Entry, before: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Fault]]:
    """What an entry as entered has otherwise than the pack, and field → what is wrong with what was entered there.

    `before`: the patch until now; what the form does not ask for stays in it. A field that was not posted at all stays, too.
    """
    patch, faults = deepcopy(dict(before)), {}
    posted = [field for field in fields if field.name in entered]
    read: dict[str, Any] = {}
    for field in posted:
        try:
            read[field.name] = field.read(entered[field.name])
        except FieldError as error:
            faults[field.name] = error.fault
    for field in posted:
        alike = (
            [one for one in posted if one.language and one.path[:-1] == field.path[:-1]]
            if field.language
            else [field]
        )
        if read.get(field.name) is None and field.path[:-1] and any(read.get(one.name) for one in alike):
            faults.setdefault(field.name, Fault.EMPTY)  # words of one language alone
        differs = [one for one in alike if read.get(one.name) != one.value_in(of_pack)]
        # Where the pack has one text for all languages, each gets its own as soon as one does.
        is_plain = isinstance(found_at(of_pack, field.path[:-1]), str)
        _forget(patch, field.path)
        if field in differs or (differs and is_plain):
            _set(patch, field.path, read.get(field.name))
    return patch, faults


def _set(patch: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        patch = patch.setdefault(step, {})
    patch[path[-1]] = value


def _forget(patch: dict[str, Any], path: Path) -> None:
    """Take what stands at a path out, and what is empty then."""
    step, *rest = path
    if step not in patch:
        return
    if rest and isinstance(patch[step], dict):
        _forget(patch[step], tuple(rest))
    if not rest or patch[step] == {}:
        del patch[step]
