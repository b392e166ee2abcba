"""The words in which residents are told how their requests go, where staff want others than the built-in ones.

The built-in words are responses of `domain.yml`. What staff write instead is checked (`bot.conversation.worded`) and kept with
all that was there before; the newest counts. It is read where an update is told (`actions.saying`), so an edit is heard
at once by all processes. Words of one service come before those of all, and those before the built-in ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.city.current import catalogue
from bot.conversation.worded import Problem, built_in, problems_of, tidied
from bot.conversation.wording_fields import MAY_NAME
from bot.db.tables import Wording

# Key → response of domain.yml: what is told without being asked. Questions are not among them: what they ask is heard by their words.
RESPONSES: Mapping[str, str] = {
    "open": "utter_update_open",
    "in_progress": "utter_update_in_progress",
    "on_hold": "utter_update_on_hold",
    "resolved": "utter_update_resolved",
    "closed": "utter_update_closed",
    "nothing_found": "utter_update_nothing_found",
    "not_ours": "utter_update_not_ours",
    "not_ours_named": "utter_update_not_ours_named",
    "will_not_do": "utter_update_will_not_do",
    "withdrawn": "utter_update_withdrawn",
    "withdrawn_by_another": "utter_update_withdrawn_by_another",
    "no_answer": "utter_update_no_answer",
    "joined": "utter_update_joined",
    "own": "utter_update_own",
    "corrected": "utter_update_corrected",
    "corrected_place": "utter_update_corrected_place",
    "corrected_placeless": "utter_update_corrected_placeless",
    "corrected_both_placeless": "utter_update_corrected_both_placeless",
    "late": "utter_update_late",
    "promise": "utter_promise_now",
    "note": "utter_update_note",
    "known": "utter_update_known",
    "waiting": "utter_update_waiting",
}
KEY_OF_RESPONSE = {response: key for key, response in RESPONSES.items()}


class UnknownWordsError(LookupError):
    """There are no words of this key and language that can be edited."""


class UnknownServiceError(LookupError):
    """The city pack has no such service."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The city pack has no service {code!r}. It has: {', '.join(catalogue().services)}.")


class WordsRefusedError(ValueError):
    """Words cannot be said to residents as they are; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one key in one language, of requests of one service or of all."""

    key: str
    language: str
    text: str
    service: str = ""  # its code; "": all that have no words of their own
    edited_by: str | None = None  # "staff:<username>" or "cli"; None: these are the built-in words
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the past. `text` is None for the way back to the built-in words."""

    language: str
    text: str | None
    edited_by: str
    edited_at: datetime


async def all_words(session: AsyncSession, languages: Collection[str]) -> list[Words]:
    """What is said of every key in every language, in the order of `RESPONSES`."""
    edited = await _newest(session, Wording.service_code == "")
    return [
        _words(key, language, edited.get((key, language, ""))) for key in RESPONSES for language in languages
    ]


async def words_of_services(session: AsyncSession, key: str = "") -> list[Words]:
    """The words that staff gave to single services, of one key or of all, in the order of `RESPONSES` and of the pack."""
    asked = Wording.service_code != ""
    edited = await _newest(session, *((asked, Wording.key == key) if key else (asked,)))
    services, keys = list(catalogue().services), list(RESPONSES)
    found = [
        Words(row.key, row.language, row.text, row.service_code, row.edited_by, row.edited_at)
        for row in edited.values()
        if row.text is not None and row.service_code in catalogue().services and row.key in RESPONSES
    ]
    return sorted(found, key=lambda one: (keys.index(one.key), services.index(one.service), one.language))


async def words_said(session: AsyncSession, key: str, language: str, service: str = "") -> Words:
    """What is said of a key, of requests of a service or of all that have no words of their own.

    `service` of what is given tells whose words they are. Raises `UnknownWordsError` or `UnknownServiceError`.
    """
    words_built_in(key, language)
    _check_service(service)
    edited = await _newest(
        session, Wording.key == key, Wording.language == language, Wording.service_code.in_(("", service))
    )
    own = edited.get((key, language, service))
    if own is None or own.text is None:
        own = edited.get((key, language, ""))
    return _words(key, language, own)


async def edited_words(
    session: AsyncSession, responses: Collection[str], language: str, service: str = ""
) -> Mapping[str, tuple[str, ...]]:
    """Response → the words of staff for it, where there are any in this language: those of the service before those of all."""
    keys = [KEY_OF_RESPONSE[response] for response in responses]
    edited = await _newest(
        session,
        Wording.key.in_(keys),
        Wording.language == language,
        Wording.service_code.in_(("", service)),
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(edited.values(), key=lambda row: not row.service_code):
        if row.text is not None:
            response = RESPONSES[row.key]
            found[response] = (*found.get(response, ()), row.text)
    return found


async def set_words(
    session: AsyncSession, key: str, language: str, words: str, author: str, service: str = ""
) -> bool:
    """Say these words from now on, of a service or of all; gives whether anything changed.

    What is said without them, entered again, is the way back to it. Raises `UnknownWordsError`, `UnknownServiceError` or `WordsRefusedError`.
    """
    built = words_built_in(key, language)
    _check_service(service)
    words = tidied(words)
    if problems := problems_of(built, words, language, MAY_NAME.get(key, ()), service):
        raise WordsRefusedError(problems)
    without = (await words_said(session, key, language)).text if service else built
    return await _edit(session, key, language, service, None if words == without else words, author)


async def reset_words(session: AsyncSession, key: str, language: str, author: str, service: str = "") -> bool:
    """Go back to the built-in words, or from those of a service to those of all; gives whether anything changed.

    Raises `UnknownWordsError` or `UnknownServiceError`.
    """
    words_built_in(key, language)
    _check_service(service)
    return await _edit(session, key, language, service, None, author)


async def edits_of(session: AsyncSession, key: str, service: str = "", limit: int = 50) -> list[Edit]:
    """The edits of a key in all languages, of a service or of all, newest first."""
    rows = await session.scalars(
        select(Wording)
        .where(Wording.key == key, Wording.service_code == service)
        .order_by(Wording.id.desc())
        .limit(limit)
    )
    return [Edit(row.language, row.text, row.edited_by, row.edited_at) for row in rows]


def words_built_in(key: str, language: str) -> str:
    """The words that come with the product. Raises `UnknownWordsError`."""
    found = built_in(RESPONSES[key], language) if key in RESPONSES else None
    if found is None:
        raise UnknownWordsError(f"There are no words {key!r} in {language!r} that can be edited.")
    return found


def _check_service(code: str) -> None:
    if code and code not in catalogue().services:
        raise UnknownServiceError(code)


async def _newest(
    session: AsyncSession, *which: ColumnElement[bool]
) -> Mapping[tuple[str, str, str], Wording]:
    """The newest row of each key, language and service."""
    newest = (
        select(func.max(Wording.id))
        .where(*which)
        .group_by(Wording.key, Wording.language, Wording.service_code)
    )
    rows = await session.scalars(select(Wording).where(Wording.id.in_(newest)))
    return {(row.key, row.language, row.service_code): row for row in rows}


async def _edit(
    session: AsyncSession, key: str, language: str, service: str, words: str | None, author: str
) -> bool:
    name = "/".join(filter(None, (key, language, service)))
    # Two who save at once go one after the other, and the second sees what the first one did.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('wording:' || :name, 0))"), {"name": name}
    )
    edited = await _newest(
        session, Wording.key == key, Wording.language == language, Wording.service_code == service
    )
    newest = edited.get((key, language, service))
    if (newest.text if newest else None) == words:
        return False
    session.add(Wording(key=key, language=language, service_code=service, text=words, edited_by=author))
    action = "wording.changed" if words is not None else "wording.reset"
    record(session, author, action, "wording", name)
    return True


def _words(key: str, language: str, row: Wording | None) -> Words:
    if row is None or row.text is None:
        return Words(key, language, words_built_in(key, language))
    return Words(key, language, row.text, row.service_code, row.edited_by, row.edited_at)
