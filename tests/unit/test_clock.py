"""The clock is passed in and handed on: nothing that was told the hour looks at another clock.

Read from the source, so that it holds for functions that are yet to be written. What belongs to the history of a request is
written by `bot/cases` and the way out; only the edges (a page, a command, a worker's task) look at the real clock.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from bot.settings import ROOT

HOURS = frozenset({"now", "at"})  # what a parameter or a field that says the hour is called
HISTORY = ("bot.cases", "bot.delivery.push", "bot.delivery.notices", "bot.delivery.reminders")
REAL = frozenset({"datetime.now", "datetime.utcnow", "func.now", "date.today", "time.time"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def _sources() -> dict[str, ast.Module]:
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]
    named = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    # The engine has an environment of its own below it, and no history.
    return {
        name: ast.parse(file.read_text()) for name, file in named.items() if not name.startswith("bot.engine")
    }


def test_whoever_can_be_told_the_hour_is_told_it() -> None:
    told = {
        (module, one.name): hour
        for module, tree in _sources().items()
        if module.startswith(HISTORY)
        for one in tree.body
        if isinstance(one, Definition) and (hour := _optional_hour(one)) is not None
    }
    assert ("bot.cases.moves", "move") in told
    assert ("bot.cases.added", "Said") in told
    forgotten = [
        f"{module}:{call.lineno} {call.func.id}"
        for module, tree in _sources().items()
        for call, of in _calls(module, tree)
        if of in told and not _is_given(call, *told[of])
    ]
    assert forgotten == []


def test_who_was_told_the_hour_reads_no_other_clock() -> None:
    past = [
        f"{module}:{call.lineno}"
        for module, tree in _sources().items()
        if module != "bot.worker.clocks"  # when a run ended is measured, not told
        for call in _real_hours(tree if module.startswith(HISTORY) else _those_that_are_told(tree))
    ]
    assert past == []


def _optional_hour(one: Definition) -> tuple[str, int | None] | None:
    """The parameter, or the field, that says the hour and may be left out, and its place; no place: by name alone."""
    if isinstance(one, ast.ClassDef):
        fields = [
            line for line in one.body if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        ]
        for place, line in enumerate(fields):
            if line.target.id in HOURS and line.value is not None:  # type: ignore[union-attr]
                return line.target.id, place  # type: ignore[union-attr]
        return None
    arguments = [*one.args.posonlyargs, *one.args.args]
    optional = arguments[len(arguments) - len(one.args.defaults) :]
    for argument in optional:
        if argument.arg in HOURS:
            return argument.arg, arguments.index(argument)
    named = zip(one.args.kwonlyargs, one.args.kw_defaults, strict=True)
    return next(
        ((argument.arg, None) for argument, default in named if default and argument.arg in HOURS), None
    )


def _calls(module: str, tree: ast.Module) -> Iterator[tuple[ast.Call, tuple[str, str]]]:
    """Calls by a plain name, and where that is defined."""
    names = {one.name: (module, one.name) for one in tree.body if isinstance(one, Definition)}
    for line in ast.walk(tree):
        if isinstance(line, ast.ImportFrom) and line.module:
            names |= {(one.asname or one.name): (line.module, one.name) for one in line.names}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
            yield call, names[call.func.id]


def _is_given(call: ast.Call, name: str, place: int | None) -> bool:
    by_name = any(keyword.arg in (name, None) for keyword in call.keywords)
    return by_name or (place is not None and len(call.args) > place)


def _those_that_are_told(tree: ast.Module) -> ast.Module:
    told = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and HOURS & {argument.arg for argument in (*one.args.args, *one.args.kwonlyargs)}
    ]
    return ast.Module(told, [])


def _real_hours(tree: ast.Module) -> Iterator[ast.Call]:
    """Looks at the real clock, but for those in place of an hour that was not told: `now or datetime.now(UTC)`."""
    in_place = {
        id(one.values[-1])
        for one in ast.walk(tree)
        if isinstance(one, ast.BoolOp) and ast.unparse(one.values[-2]).rpartition(".")[2] in HOURS
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in REAL and id(call) not in in_place:
            yield call
