"""Whether words of staff can be said to residents: their fields, their length, and what they cost as an SMS."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.channels.messages import Outbound
from bot.channels.twilio.gsm7 import is_gsm7, to_gsm7
from bot.channels.twilio.render import render
from bot.city.calendar_words import said
from bot.city.current import catalogue, city
from bot.conversation.responses import language_of, responses

MOST_PARTS = 2  # SMS parts at the worst (docs/voice.md)
MOST_CHARACTERS = 400
# What stands for what is needed, in words of one service: they say themselves what it is.
_STANDS_FOR = {"about": "place"}
# What every response may name, beside its own fields: see `actions.saying`.
OF_THE_CITY = frozenset({"city", "phone", "hours", "emergency"})
# What some words may name of a request: see `bot.conversation.wording_fields`.
OF_A_REQUEST = frozenset({"place", "due", "department", "reason"})

_FIELD = re.compile(r"\{([^{}]*)\}")
_LONGEST_PLACE = (
    "near Santa Monica Blvd & Princeton St, between 26"  # about as long as a place is ever called
)

_EXAMPLE_PLACE = "Pico Blvd & 4th St"
_EXAMPLE_OF_STAFF = {"en": "A part is on order.", "es": "Falta una pieza."}  # what staff may write


class Fault(StrEnum):
    """What is wrong with words; the templates have a kind sentence for each."""

    EMPTY = "empty"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    NOT_KNOWN_HERE = "not_known_here"  # a field of other words: there is no reason for work that has started
    LOOSE_BRACE = "loose_brace"
    TOO_LONG = "too_long"  # more than `MOST_PARTS` SMS with a long place


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault and the field it is about, where it is about one."""

    fault: Fault
    field: str = ""

    def __str__(self) -> str:
        return _SENTENCES[self.fault].format(field="{" + self.field + "}", parts=MOST_PARTS)


_SENTENCES = {
    Fault.EMPTY: "There are no words in it",
    Fault.UNKNOWN_FIELD: "{field} is no field of these words",
    Fault.MISSING_FIELD: "{field} is missing",
    Fault.NOT_KNOWN_HERE: "{field} makes no sense here: there is none when this is told",
    Fault.LOOSE_BRACE: "A brace stands alone: fields look like {{reference}}",
    Fault.TOO_LONG: "With a long place it takes more than {parts} SMS",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """How words read on a phone, and what they cost there."""

    text: str
    parts: int  # SMS
    most_parts: int  # with the longest place
    costly: str  # characters for which an SMS holds 70 instead of 160; "" for none


def tidied(words: str) -> str:
    """The words as one line: a blank line would make two messages of them."""
    return " ".join(words.split())


def problems_of(
    built_in: str, words: str, language: str, may_name: Collection[str] = (), service: str = ""
) -> tuple[Problem, ...]:
    """Everything that keeps these words from being said instead of the built-in ones; () where nothing does.

    `may_name`: which of `OF_A_REQUEST` they may name, too. `service`: the code of the one they are for, "" for all.
    """
    if not words:
        return (Problem(Fault.EMPTY),)
    needed, found = fields_of(built_in), fields_of(words)
    stood_for = {name for name, other in _STANDS_FOR.items() if service and other in found}
    problems = [
        Problem(Fault.MISSING_FIELD, name) for name in needed if name not in found and name not in stood_for
    ]
    known = {*needed, *OF_THE_CITY, *may_name}
    problems += [
        Problem(Fault.NOT_KNOWN_HERE if name in OF_A_REQUEST else Fault.UNKNOWN_FIELD, name)
        for name in found
        if name not in known
    ]
    if {"{", "}"} & set(_FIELD.sub("", words)):
        problems.append(Problem(Fault.LOOSE_BRACE))
    if not problems and (
        len(words) > MOST_CHARACTERS or preview(words, language, service).most_parts > MOST_PARTS
    ):
        problems.append(Problem(Fault.TOO_LONG))
    return tuple(problems)


def fields_of(words: str) -> tuple[str, ...]:
    """The fields of a text in their order, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(words)))


def preview(words: str, language: str, service: str = "") -> Preview:
    """The words with an example in their fields, of a service where one is given. Never raises: unknown fields stay as they are."""
    shown = _filled(words, _example(language, service))
    longest = _filled(words, {**_example(language, service), **_longest(language, service)})
    # Accents cost nothing: the channel drops them where that saves a part.
    costly = "".join(
        dict.fromkeys(letter for letter in to_gsm7(shown, fold_accents=True) if not is_gsm7(letter))
    )
    return Preview(shown, _parts(shown), _parts(longest), costly)


def built_in(response: str, language: str) -> str | None:
    """The words of domain.yml for a response; None where it has none in this language."""
    variants = (one for one in responses().get(response, ()) if language_of(one) == language)
    return next((str(one["text"]) for one in variants if one.get("text")), None)


def _parts(words: str) -> int:
    return render(Outbound(words), to="", message_id=0).segments


def _filled(words: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), words)


def _example(language: str, service: str) -> Mapping[str, str]:
    here, services = city(), catalogue().services
    day = date(2026, 12, 8)  # a Tuesday
    noun = services.get(service, next(iter(services.values()))).noun[language]
    return {
        "reference": f"{here.reference_prefix}-7K3R9P",
        "other": f"{here.reference_prefix}-4F8W2M",
        "about": f"{noun}, {_EXAMPLE_PLACE}",
        "corrected": f"{noun}, {_EXAMPLE_PLACE}",
        "whose": "Caltrans",
        "due": said(day, language, day.replace(day=1)),
        "note": _EXAMPLE_OF_STAFF[language],
        "place": _EXAMPLE_PLACE,
        "department": here.department_called(here.departments[0], language),
        "reason": _EXAMPLE_OF_STAFF[language],
        "city": here.names[language],
        "emergency": here.emergency_number,
        "phone": here.human_help.phone[language],
        "hours": here.human_help.hours[language],
    }


def _longest(language: str, service: str) -> Mapping[str, str]:
    """The longest of what we know beforehand; what staff write with an update is counted where they write it."""
    here, services = city(), catalogue().services
    nouns = (one.noun[language] for one in services.values())
    noun = services[service].noun[language] if service in services else max(nouns, key=len)
    about = f"{noun}, {_LONGEST_PLACE}"
    return {
        "about": about,
        "corrected": about,
        "whose": "Los Angeles County, (800) 675-4357",
        "place": _LONGEST_PLACE,
        "department": max((here.department_called(one, language) for one in here.departments), key=len),
    }
