"""Amounts that are counted in steps: how each step is called, and in which one half of them are."""

from __future__ import annotations

from collections.abc import Mapping

from bot.db.tables import REQUEST_COUNTS
from bot.web.console.insight.chart import Cell
from bot.web.language import say, say_counted


def steps(name: str) -> tuple[str, ...]:
    """The counts of an amount (turns, minutes, word, end), the smallest first."""
    return tuple(one for one in REQUEST_COUNTS if one.startswith(f"{name}_"))


def step_name(count: str) -> str:
    """A step as it is read: `within 2 h`, `3 turns`, `later`."""
    name, _, limit = count.rpartition("_")
    if limit == "later":
        return say("more") if name == "turns" else say("later")
    if name == "turns":
        return say_counted("%(num)s turn", "%(num)s turns", int(limit))
    return say("within %(time)s", time=_of(count))


def half(counts: Mapping[str, int], name: str) -> Cell:
    """The step within which half of them are: `within 2 h`, and of how many where they are few."""
    of = [(count, counts[count]) for count in steps(name)]
    all_of_them = sum(many for _, many in of)
    if not all_of_them:
        return Cell("", None)
    passed = 0
    for rank, (count, many) in enumerate(of):
        passed += many
        if 2 * passed >= all_of_them:
            few = " " + say("(of %(all)s)", all=all_of_them) if all_of_them < 10 else ""
            shown = (
                say("after %(time)s", time=_of(of[rank - 1][0]))
                if count.endswith("later") and name != "turns"
                else step_name(count)
            )
            return Cell(f"{shown}{few}", None)
    raise AssertionError("half of them are somewhere")


def _of(count: str) -> str:
    """The limit of a step of time: minutes of `minutes`, hours of all others."""
    name, _, limit = count.rpartition("_")
    minutes = int(limit) if name == "minutes" else int(limit) * 60
    if minutes < 60:
        return say("%(n)s min", n=minutes)
    if minutes < 48 * 60:
        return say("%(n)s h", n=minutes // 60)
    return say_counted("%(num)s day", "%(num)s days", minutes // (24 * 60))
