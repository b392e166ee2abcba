"""Finding requests by any word that stands in them or was said in their conversation, in English or Spanish.

Triggers keep the stems of all words (migration 0066): of a request its reference, place, what residents wrote and added, what staff wrote;
of a conversation what its resident and staff said, but not the bot, which says "pothole" to everybody whom it asks. A word is found by its
stem in either language, with or without accents, and the last one by its beginning, since it may still be typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.references import parse_reference
from bot.city.current import city
from bot.db.tables import Contact, Conversation, MessageStems, ServiceRequest
from bot.text.fold import fold

MOST_WORDS = 8
# Of a word that was said more often, those messages alone that are the newest: what it is found by besides is not bounded.
MOST_MESSAGES = 1_000
LEAST_DIGITS, WHOLE_NUMBER, MOST_DIGITS = 4, 10, 15
_NUMBER = re.compile(r"\+?[\d\s().\-]+")
_BEGINS = 2  # letters from which on a word may be the beginning of another
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for."""

    words: tuple[str, ...]  # folded
    query: str  # as a `tsquery` is written
    reference: str | None  # where it reads like one
    conversations: tuple[int, ...]  # ids of those in which it was said, or whose number it is
    reads_conversations: bool = True  # whether who asks may read what residents wrote there


async def sought(session: AsyncSession, words: str, *, conversations: bool = True) -> Sought | None:
    """What `words` look for; None where nothing is left of them that could be found.

    `conversations`: whether who asks may read them; what was said there is not looked through otherwise.
    """
    parts = [part for part in _WORD.findall(words.lower()) if fold(part)][:MOST_WORDS]
    if not parts:
        return None
    query = str(await session.scalar(select(cast(_query_of(parts), Text))))
    reference = parse_reference(words, city().reference_prefix)
    theirs = await _of_number(session, words) if conversations else ()
    if not query and reference is None and not theirs:
        return None
    said = await _said_in(session, query) if query and conversations else ()
    found = tuple(dict.fromkeys((*theirs, *said)))
    return Sought(tuple(fold(part) for part in parts), query, reference, found, conversations)


def is_found(by: Sought) -> ColumnElement[bool]:
    """The condition for requests in which it stands, or in whose conversation it was said."""
    found: list[ColumnElement[bool]] = [ServiceRequest.stems.op("@@")(as_query(by.query))] if by.query else []
    if by.conversations:
        found.append(ServiceRequest.conversation_id.in_(by.conversations))
    if by.reference is not None:
        found.append(ServiceRequest.reference == by.reference)
    return or_(*found)


def conversations_with(words: str) -> Select[int] | None:
    """Ids of the conversations in which a resident or staff said all of these words, in one message; None where they say nothing.

    Of a word that was said more often, those of the newest messages alone.
    """
    parts = [part for part in _WORD.findall(words.lower()) if fold(part)][:MOST_WORDS]
    if not parts:
        return None
    newest = (
        select(MessageStems.conversation_id)
        .where(MessageStems.stems.op("@@")(_query_of(parts)))
        .order_by(MessageStems.message_id.desc())
        .limit(MOST_MESSAGES)
        .subquery()
    )
    return select(newest.c.conversation_id)


def as_query(query: str) -> ColumnElement[str]:
    return cast(literal(query), TSQUERY)


def _query_of(parts: list[str]) -> ColumnElement[str]:
    """All of the words, each in one of its forms; those that say nothing in either language ("the", "de") are left out."""
    whole: ColumnElement[str] | None = None
    for number, part in enumerate(parts, start=1):
        bare = fold(part).replace(" ", "")
        english, spanish = _stem("english", bare), _stem("spanish", bare)
        forms = english.op("||")(spanish).op("||")(_stem("spanish", part))
        if number == len(parts) and len(bare) >= _BEGINS:
            forms = forms.op("||")(_stem("simple", f"{bare}:*"))
        says_nothing = or_(func.numnode(english) == 0, func.numnode(spanish) == 0)
        told = case((says_nothing, cast(literal(""), TSQUERY)), else_=forms)
        whole = told if whole is None else whole.op("&&")(told)
    assert whole is not None  # noqa: S101 - there is a word
    return whole


def _stem(language: str, word: str) -> ColumnElement[str]:
    """Letters and digits alone, so nothing in it is read as an operator."""
    return func.to_tsquery(cast(literal(language), REGCONFIG), word, type_=TSQUERY)


async def _of_number(session: AsyncSession, words: str) -> tuple[int, ...]:
    """The conversations of a telephone number, as somebody types one: whole, or without what is the same everywhere."""
    digits = "".join(letter for letter in words if letter.isascii() and letter.isdigit())
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS or _NUMBER.fullmatch(words.strip()) is None:
        return ()
    whole = Contact.address.in_([f"+{digits}", f"+1{digits}"])
    is_theirs = whole if len(digits) >= WHOLE_NUMBER else Contact.address.endswith(digits, autoescape=True)
    found = select(Conversation.id).join(Contact, Contact.id == Conversation.contact_id).where(is_theirs)
    return tuple(await session.scalars(found.limit(MOST_MESSAGES)))


async def _said_in(session: AsyncSession, query: str) -> tuple[int, ...]:
    newest = (
        select(MessageStems.conversation_id)
        .where(MessageStems.stems.op("@@")(as_query(query)))
        .order_by(MessageStems.message_id.desc())
        .limit(MOST_MESSAGES)
        .subquery()
    )
    return tuple(await session.scalars(select(newest.c.conversation_id).distinct()))
