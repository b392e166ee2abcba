"""Which side's value goes to the other: a comparison of both with what they agreed on last. Pure.

Who wins is written down in docs/decisions/0029: what residents said is only ever pushed; of what is done about it, what changed
on one side alone goes to the other, and what changed on both is as the city's own system says. Each side is compared with
*itself* as it was when both agreed, so that two words of theirs for one of ours, and a word we have no equal for, are no change;
and what we were about to write is known as ours when it is found there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Facts = Mapping[str, Any]  # name of a fact ("standing", "department", "due") → its value, as JSON has it


@dataclass(frozen=True, slots=True)
class Agreed:
    """How both sides stood when they were last equal, each in its own words, and what we have begun to write since."""

    ours: Facts = field(default_factory=dict)
    theirs: Facts = field(default_factory=dict)
    writing_ours: Facts = field(default_factory=dict)
    writing_theirs: Facts = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: dict(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Agreed:
        return cls(**{name: dict(kept.get(name) or {}) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Decision:
    """What goes where. A fact is in one of the two, or in none."""

    take: frozenset[str]  # from them
    give: frozenset[str]  # to them
    agreed: (
        Agreed  # as it is before anything is taken or given: what we had begun to write and is there counts
    )


def reconcile(agreed: Agreed, ours: Facts, theirs: Facts) -> Decision:
    """Compare. A fact that `theirs` does not have cannot be told there, and goes nowhere."""
    known = _with_what_arrived(agreed, theirs)
    take: set[str] = set()
    give: set[str] = set()
    for name in theirs:
        if name not in known.theirs:  # never compared before: what we filed is what both start from
            give.add(name)
        elif theirs[name] != known.theirs[name]:
            take.add(name)
        elif ours.get(name) != known.ours.get(name):
            give.add(name)
    return Decision(frozenset(take), frozenset(give), known)


def _with_what_arrived(agreed: Agreed, theirs: Facts) -> Agreed:
    """The agreement, with what a write of ours that never heard its answer has changed over there."""
    arrived = [
        name
        for name, value in agreed.writing_theirs.items()
        if theirs.get(name) == value and name in agreed.writing_ours
    ]
    return Agreed(
        {**agreed.ours, **{name: agreed.writing_ours[name] for name in arrived}},
        {**agreed.theirs, **{name: theirs[name] for name in arrived}},
    )


def unsettled(agreed: Agreed, theirs: Facts, names: Iterable[str]) -> Agreed:
    """The agreement where the facts in `names` could not be written: they are to be given still, as soon as they can be."""
    left = {name: theirs.get(name) for name in names}
    return replace(agreed, ours={**agreed.ours, **dict.fromkeys(left)}, theirs={**agreed.theirs, **left})


def settled(agreed: Agreed, ours: Facts, theirs: Facts, names: frozenset[str]) -> Agreed:
    """The agreement once the facts in `names` stand so on both sides."""
    return Agreed(
        {**agreed.ours, **{name: ours.get(name) for name in names}},
        {**agreed.theirs, **{name: theirs.get(name) for name in names}},
    )
