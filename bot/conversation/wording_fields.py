"""What words of staff may name of a request beside the fields that are always there, and an update told in those words.

A request has not all of it: a place, a day, a reason. Words that name what it has not are not said of it; those behind them are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.city.calendar_words import said
from bot.city.current import city
from bot.conversation.intake.turn import Say
from bot.conversation.worded import OF_THE_CITY, fields_of

WORDING = (
    "wording"  # of a say's values: the text to fill instead of the response's own (bot.engine.responses)
)
# Response → the field of words that say the same, so that it is not said behind them again.
SAID_BY: Mapping[str, str] = {"utter_public_text": "reason", "utter_promise_now": "due"}

_WHERE_AND_WHO = frozenset({"place", "department"})
_UNDER_WAY = _WHERE_AND_WHO | {"due"}
_WITH_REASON = _WHERE_AND_WHO | {"reason"}
# Key → what its words may name besides. A day is promised only of what goes on, and only what stops or ends has a reason.
MAY_NAME: Mapping[str, frozenset[str]] = {
    "open": _UNDER_WAY,
    "in_progress": _UNDER_WAY,
    "on_hold": _UNDER_WAY | _WITH_REASON,
    "waiting": _UNDER_WAY,
    "late": _UNDER_WAY,
    "note": _UNDER_WAY,
    "promise": _WHERE_AND_WHO,
    "resolved": _WHERE_AND_WHO,
    "closed": _WITH_REASON,
    "nothing_found": _WITH_REASON,
    "not_ours": _WITH_REASON,
    "not_ours_named": _WITH_REASON,
    "will_not_do": _WITH_REASON,
    "no_answer": _WHERE_AND_WHO,
    "withdrawn": frozenset({"place"}),
    "withdrawn_by_another": frozenset({"place"}),
    "joined": frozenset({"place"}),
    "own": frozenset({"place"}),
    "known": _WHERE_AND_WHO,
}


def values_of(event: Mapping[str, Any], place: str, language: str, today: date) -> Mapping[str, str]:
    """The values of `worded.OF_A_REQUEST` for an update; "" for what its request has not. `place` is in the language already."""
    due, department = str(event.get("promised") or ""), str(event.get("department") or "")
    return {
        "place": place,
        "due": said(date.fromisoformat(due), language, today) if due else "",
        "department": city().department_called(department, language) if department else "",
    }


def in_words_of_staff(
    says: Sequence[Say], edited: Mapping[str, Sequence[str]], values: Mapping[str, str]
) -> list[Say]:
    """The says of an update in the words of staff, where there are any that can be said of its request.

    `edited`: response → words, those to be preferred first. What they name already, the reason or the day, is not said behind them again.
    """
    written = (say.values["note"] for say in says if SAID_BY.get(say.response) == "reason")
    reason = " ".join(" ".join(written).split())
    known = {**values, "reason": reason}
    told: list[Say] = []
    named_already: set[str] = set()
    for say in says:
        if told and SAID_BY.get(say.response) in named_already:
            told[-1] = replace(told[-1], custom={**told[-1].custom, **say.custom})  # photos hang on it
            continue
        filled = {**{name: value for name, value in known.items() if value}, **say.values}
        words = _first_that_can_be_said(edited.get(say.response, ()), filled)
        if words is None:
            told.append(say)
            continue
        named = {name: filled[name] for name in fields_of(words) if name in filled}
        told.append(replace(say, values={**say.values, **named, WORDING: words}))
        named_already |= set(named)
    return told


def _first_that_can_be_said(texts: Iterable[str], values: Mapping[str, str]) -> str | None:
    return next(
        (one for one in texts if all(name in values or name in OF_THE_CITY for name in fields_of(one))), None
    )
