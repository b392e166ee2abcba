"""The words in which residents are told how their requests go, where staff want others than the built-in ones.

The built-in words are responses of `domain.yml`. What staff write instead is checked (`bot.conversation.worded`) and kept with
all that was there before; the newest counts. It is read where an update is told (`actions.saying`), so an edit is heard
at once by all processes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.audit import record
from bot.conversation.worded import Problem, built_in, problems_of, tidied
from bot.db.tables import Wording

# Key → response of domain.yml: what is told without being asked. Questions are not among them: what they ask is heard by their words.
RESPONSES: Mapping[str, str] = {
    "open": "utter_update_open",
    "in_progress": "utter_update_in_progress",
    "on_hold": "utter_update_on_hold",
    "resolved": "utter_update_resolved",
    "closed": "utter_update_closed",
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
    "waiting": "utter_update_waiting",
}
KEY_OF_RESPONSE = {response: key for key, response in RESPONSES.items()}


class UnknownWordsError(LookupError):
    """There are no words of this key and language that can be edited."""


class WordsRefusedError(ValueError):
    """Words cannot be said to residents as they are; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one key in one language."""

    key: str
    language: str
    text: str
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
    newest = select(func.max(Wording.id)).group_by(Wording.key, Wording.language)
    rows = await session.scalars(select(Wording).where(Wording.id.in_(newest)))
    edited = {(row.key, row.language): row for row in rows}
    return [_words(key, language, edited.get((key, language))) for key in RESPONSES for language in languages]


async def edited_words(session: AsyncSession, responses: Collection[str], language: str) -> Mapping[str, str]:
    """Response → the words of staff for it, where there are any in this language."""
    keys = [KEY_OF_RESPONSE[response] for response in responses]
    newest = (
        select(func.max(Wording.id))
        .where(Wording.key.in_(keys), Wording.language == language)
        .group_by(Wording.key)
    )
    rows = await session.scalars(select(Wording).where(Wording.id.in_(newest)))
    return {RESPONSES[row.key]: row.text for row in rows if row.text is not None}


async def set_words(session: AsyncSession, key: str, language: str, words: str, author: str) -> bool:
    """Say these words from now on; gives whether anything changed. The built-in words, entered again, are the way back.

    Raises `UnknownWordsError` or `WordsRefusedError`.
    """
    built = words_built_in(key, language)
    words = tidied(words)
    if problems := problems_of(built, words, language):
        raise WordsRefusedError(problems)
    return await _edit(session, key, language, None if words == built else words, author)


async def reset_words(session: AsyncSession, key: str, language: str, author: str) -> bool:
    """Go back to the built-in words; gives whether anything changed. Raises `UnknownWordsError`."""
    words_built_in(key, language)
    return await _edit(session, key, language, None, author)


async def edits_of(session: AsyncSession, key: str, limit: int = 50) -> list[Edit]:
    """The edits of a key in all languages, newest first."""
    rows = await session.scalars(
        select(Wording).where(Wording.key == key).order_by(Wording.id.desc()).limit(limit)
    )
    return [Edit(row.language, row.text, row.edited_by, row.edited_at) for row in rows]


def words_built_in(key: str, language: str) -> str:
    """The words that come with the product. Raises `UnknownWordsError`."""
    found = built_in(RESPONSES[key], language) if key in RESPONSES else None
    if found is None:
        raise UnknownWordsError(f"There are no words {key!r} in {language!r} that can be edited.")
    return found


async def _edit(session: AsyncSession, key: str, language: str, words: str | None, author: str) -> bool:
    # Two who save at once go one after the other, and the second sees what the first one did.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('wording:' || :name, 0))"),
        {"name": f"{key}/{language}"},
    )
    newest = await session.scalar(
        select(Wording)
        .where(Wording.key == key, Wording.language == language)
        .order_by(Wording.id.desc())
        .limit(1)
    )
    if (newest.text if newest else None) == words:
        return False
    session.add(Wording(key=key, language=language, text=words, edited_by=author))
    action = "wording.changed" if words is not None else "wording.reset"
    record(session, author, action, "wording", f"{key}/{language}")
    return True


def _words(key: str, language: str, row: Wording | None) -> Words:
    if row is None or row.text is None:
        return Words(key, language, words_built_in(key, language))
    return Words(key, language, row.text, row.edited_by, row.edited_at)
