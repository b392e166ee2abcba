"""One thing that a form asks for: how it is shown there, and how what was entered is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.city.edits import found_at
from bot.city.holiday_rules import WEEKDAYS, read_rule
from bot.mail.address import MailAddressError, mail_address
from bot.settings import ARE_HOURS

MOST_NUMBER = 100_000


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    ONE_OF = "one_of"
    DAY = "day"
    TIME = "time"
    WEEKDAYS = "weekdays"
    MAILBOX = "mailbox"
    RULE = "rule"  # of a holiday: bot.city.holiday_rules
    HOURS = "hours"  # "21:00-08:00", or "none"


class Fault(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_NUMBER = "no_number"
    NO_DAY = "no_day"
    NO_TIME = "no_time"
    NO_CHOICE = "no_choice"
    NO_MAILBOX = "no_mailbox"
    NO_RULE = "no_rule"
    NO_HOURS = "no_hours"


class FieldError(ValueError):
    """What was entered cannot be taken; says why, and never what it was."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Field:
    """`name`: its path in the entry, with dots ("names.en"). `most`: characters, or the largest number."""

    name: str
    kind: FieldKind = FieldKind.LINE
    most: int = 200
    needed: bool = True
    options: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))

    @property
    def language(self) -> str:
        """Of the words that are entered; "" where they are of none."""
        return self.path[-1] if len(self.path[-1]) == 2 else ""

    def value_in(self, entry: Mapping[str, Any]) -> Any:
        """What an entry has there, in the shape that `read` gives; None where it has nothing."""
        value = found_at(entry, self.path)
        if self.kind is FieldKind.FLAG:
            return bool(value)
        if isinstance(value, date):
            return value.isoformat()
        # One plain text for all languages.
        if value is None and self.language and isinstance(plain := found_at(entry, self.path[:-1]), str):
            return plain
        return value

    def shown(self, value: Any) -> str:
        """As a form has it."""
        if self.kind is FieldKind.WEEKDAYS:
            return " ".join(value or ())
        if self.kind is FieldKind.FLAG:
            return "yes" if value else ""
        return "" if value is None else str(value)

    def read(self, entered: str) -> Any:
        """The value as a pack's file would have it; None where nothing was entered and need not be. Raises `FieldError`."""
        words = " ".join(entered.split())
        if self.kind is FieldKind.FLAG:
            return words == "yes"
        if not words:
            if self.needed:
                raise FieldError(Fault.EMPTY)
            return None
        return _READERS[self.kind](self, words)


def entered_in(fields: Sequence[Field], entry: Mapping[str, Any]) -> dict[str, str]:
    """Field → what its form shows of an entry."""
    return {field.name: field.shown(field.value_in(entry)) for field in fields}


def _words(field: Field, words: str) -> str:
    if len(words) > field.most:
        raise FieldError(Fault.TOO_LONG)
    return words


def _number(field: Field, words: str) -> int:
    if (
        not words.isascii()
        or not words.isdecimal()
        or len(words) > 6
        or int(words) > min(field.most, MOST_NUMBER)
    ):
        raise FieldError(Fault.NO_NUMBER)
    return int(words)


def _one_of(field: Field, words: str) -> str:
    if words not in field.options:
        raise FieldError(Fault.NO_CHOICE)
    return words


def _day(_: Field, words: str) -> str:
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise FieldError(Fault.NO_DAY) from None


def _time(_: Field, words: str) -> str:
    hours, colon, minutes = words.partition(":")
    if not (colon and len(minutes) == 2 and hours.isdecimal() and minutes.isdecimal()):
        raise FieldError(Fault.NO_TIME)
    if int(hours) > 23 or int(minutes) > 59:
        raise FieldError(Fault.NO_TIME)
    return f"{int(hours):02}:{minutes}"


def _weekdays(_: Field, words: str) -> list[str]:
    chosen = words.split()
    if not set(chosen) <= set(WEEKDAYS):
        raise FieldError(Fault.NO_CHOICE)
    return [day for day in WEEKDAYS if day in chosen]


def _mailbox(field: Field, words: str) -> str:
    try:
        return mail_address(_words(field, words))
    except MailAddressError:
        raise FieldError(Fault.NO_MAILBOX) from None


def _rule(field: Field, words: str) -> str:
    # "day after" another holiday: whether there is that one, the pack's own check knows.
    if re.fullmatch(r"(?:the )?day (?:before|after) [\w ]+", words.lower()):
        return _words(field, words)
    try:
        read_rule(words, {})
    except ValueError:
        raise FieldError(Fault.NO_RULE) from None
    return words


def _hours(_: Field, words: str) -> str:
    if not ARE_HOURS.fullmatch(words.replace(" ", "")):
        raise FieldError(Fault.NO_HOURS)
    return words.replace(" ", "")


_READERS = {
    FieldKind.LINE: _words,
    FieldKind.TEXT: _words,
    FieldKind.NUMBER: _number,
    FieldKind.ONE_OF: _one_of,
    FieldKind.DAY: _day,
    FieldKind.TIME: _time,
    FieldKind.WEEKDAYS: _weekdays,
    FieldKind.MAILBOX: _mailbox,
    FieldKind.RULE: _rule,
    FieldKind.HOURS: _hours,
}
