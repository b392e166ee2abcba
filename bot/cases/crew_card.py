"""What a crew has to know of a request before they begin: what staff noted, what its resident answered and said since, danger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.answers import in_words, services_of
from bot.cases.feedback import Verdict, found_not_fixed
from bot.db.tables import Addition, Danger, Feedback, ServiceRequest, Update

MOST_NOTES = 2  # of staff, and as many words of residents: the newest


@dataclass(frozen=True, slots=True)
class Card:
    """The newest first."""

    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  # by residents, since it was filed
    not_fixed: bool = False  # it was done once, and its resident says it is not
    danger: bool = False  # its resident told of danger, and nobody has said that they see to it
    answers: tuple[tuple[str, str], ...] = ()  # what is asked of its service, and what they answered


async def cards_of(
    session: AsyncSession, requests: Collection[ServiceRequest], language: str
) -> Mapping[int, Card]:
    """Request id → its card with answers in `language`, in five questions. Their updates are loaded."""
    ids = [one.id for one in requests]
    not_fixed = await found_not_fixed(session, ids)
    said = await _said(session, ids)
    talks = [one.conversation_id for one in requests if one.conversation_id is not None]
    dangers = set(
        await session.scalars(
            select(Danger.conversation_id).where(
                Danger.conversation_id.in_(talks), Danger.acknowledged_at.is_(None)
            )
        )
    )
    return {
        one.id: Card(
            notes=tuple(_notes(one.standing_updates))[:MOST_NOTES],
            said=tuple(said[one.id])[:MOST_NOTES],
            not_fixed=one.id in not_fixed,
            danger=one.conversation_id in dangers,
            answers=tuple(in_words(services_of(one), one.answers, language)),
        )
        for one in requests
    }


def _notes(updates: Collection[Update]) -> list[str]:
    written = (
        one.internal_note for one in updates if one.author.startswith("staff:") and one.corrected is None
    )
    return [note for note in written if note][::-1]


async def _said(session: AsyncSession, ids: Collection[int]) -> Mapping[int, list[str]]:
    """What residents added, and what they said of work that was not done."""
    added = select(Addition.request_id, Addition.words, Addition.created_at).where(
        Addition.request_id.in_(ids), Addition.words != ""
    )
    judged = select(Feedback.request_id, Feedback.comment, Feedback.created_at).where(
        Feedback.request_id.in_(ids), Feedback.verdict == Verdict.NOT_FIXED, Feedback.comment != ""
    )
    found: dict[int, list[str]] = defaultdict(list)
    rows = [*await session.execute(added), *await session.execute(judged)]
    for request_id, words, _ in sorted(rows, key=lambda row: row[2], reverse=True):
        found[request_id].append(words)
    return found
