"""Drafts, memories and questions as JSON for the tracker's slots, and back: `as_json` and `from_json` are inverse.

Any frozen dataclass of the dialogue is written field by field, only what differs from its default; a question carries its name.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.conversation.intake.question import Question
from bot.conversation.questions import QUESTIONS

_NAME = "question"
_T = TypeVar("_T")


def as_json(value: Any) -> dict[str, Any]:
    """A dataclass with all it holds, only what is set, so that the slot stays small."""
    kinds = _kinds(type(value))
    data: dict[str, Any] = {_NAME: value.name} if isinstance(value, Question) else {}
    for one in fields(value):
        held = getattr(value, one.name)
        if not _is_default(one, held):
            data[one.name] = _dump(held, kinds[one.name])
    return data


def from_json(kind: type[_T], data: Mapping[str, Any]) -> _T:
    """Raises `KeyError`, `ValueError` or `TypeError` when the slot holds something else."""
    if not isinstance(data, Mapping):
        raise TypeError(type(data))
    if issubclass(kind, Question):
        kind = _question(kind, data[_NAME])
    kinds = _kinds(kind)
    return kind(**{name: _load(held, kinds[name]) for name, held in data.items() if name != _NAME})


def _question(kind: type[_T], name: Any) -> type[_T]:
    """The question of a name, where it is of the kind that is kept there."""
    named = QUESTIONS[name]
    if not issubclass(named, kind):
        raise ValueError(name)
    return named


def _dump(value: Any, kind: Any) -> Any:
    if is_dataclass(value):
        return as_json(value)
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [as_json(one) for one in value]
    return _adapter(kind).dump_python(value, mode="json")


def _load(data: Any, kind: Any) -> Any:
    inner = next((one for one in _options(kind) if is_dataclass(one)), None)
    if inner is not None and isinstance(data, Mapping):
        return from_json(typing.cast("type[Any]", inner), data)
    items = [one for one in typing.get_args(kind) if is_dataclass(one)]
    if typing.get_origin(kind) is tuple and items:
        return tuple(from_json(typing.cast("type[Any]", items[0]), one) for one in data)
    return _adapter(kind).validate_python(data)


def _options(kind: Any) -> tuple[Any, ...]:
    """The kinds of an optional field."""
    return (
        (kind,) if is_dataclass(kind) else () if typing.get_origin(kind) is tuple else typing.get_args(kind)
    )


def _is_default(one: Field[Any], value: Any) -> bool:
    if one.default is not MISSING:
        return bool(value == one.default)
    return one.default_factory is not MISSING and value == one.default_factory()


_kinds: Callable[[Any], dict[str, Any]] = cache(typing.get_type_hints)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
