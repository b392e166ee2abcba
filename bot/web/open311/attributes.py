"""The answers to a service's questions, as `attribute[code]=value` or `attribute[code][]=value`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from bot.city.catalogue import Question, QuestionKind, Service
from bot.conversation.intake.details import MAX_ANSWER
from bot.web.open311.errors import ProtocolError
from bot.web.open311.params import Params

_FIELD = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\d*\])?")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,6})?")

Problem = tuple[str, Mapping[str, str]]


def answers_of(params: Params, service: Service) -> dict[str, str]:
    """Code → answer, as the dialogue keeps them. Raises 400 with all that is wrong: unknown, missing, or no such answer."""
    given = _given(params)
    known = {question.code: question for question in service.questions}
    problems: list[Problem] = [("unknown_attribute", {"code": code}) for code in given if code not in known]
    answers: dict[str, str] = {}
    for code, values in given.items():
        if code in known:
            read = _read(known[code], values)
            if isinstance(read, str):
                answers[code] = read
            else:
                problems.append(read)
    wrong = {fields["code"] for _, fields in problems}
    missing = (code for code in _still_required(service, answers) if code not in wrong)
    problems += [("missing_attribute", {"code": code}) for code in missing]
    if problems:
        raise ProtocolError(400, *problems)
    return answers


def _given(params: Params) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for name, _ in params.pairs):
        if found := _FIELD.fullmatch(name):
            values = params.texts(name, 4 * MAX_ANSWER)
            if values:
                given.setdefault(found[1], []).extend(values)
    return given


def _still_required(service: Service, answers: Mapping[str, str]) -> list[str]:
    """Codes of the questions without which the department cannot act; none where a choice settles them all."""
    chosen = [
        choice
        for question in service.questions
        for choice in question.choices
        if answers.get(question.code) == choice.code
    ]
    if any(choice.settles for choice in chosen):
        return []
    return [one.code for one in service.questions if one.required and one.code not in answers]


def _read(question: Question, values: list[str]) -> str | Problem:
    """The answer, or what is wrong with it."""
    value = values[0]
    fields = {"code": question.code}
    if len(values) > 1:
        return "one_value", fields
    match question.kind:
        case QuestionKind.CHOICE:
            keys = [choice.code for choice in question.choices]
            return value if value in keys else ("no_choice", fields | {"keys": ", ".join(keys)})
        case QuestionKind.NUMBER:
            return value if value.isascii() and _NUMBER.fullmatch(value) else ("no_number_of", fields)
        case QuestionKind.DATE:
            day = _day(value)
            return day.isoformat() if day else ("no_day", fields)
        case QuestionKind.TEXT:
            return value if len(value) <= MAX_ANSWER else ("long_answer", fields | {"most": str(MAX_ANSWER)})


def _day(value: str) -> date | None:
    """The day of a date or of a moment, as it was written there."""
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None
