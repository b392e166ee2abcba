"""The figures of a period worked out slowly: every row is read, and counted as docs/howto/insight.md defines it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import calendar
from bot.db.tables import (
    Addition,
    Audit,
    Contact,
    Conversation,
    Feedback,
    Message,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Turn,
    Update,
)

HOUR = timedelta(hours=1)
LIMITS = {
    "turns": (1, 2, 3, 4, 5, 6, 7, 8),
    "minutes": (1, 2, 3, 5, 10, 30, 60, 1440),
    "word": (1, 2, 4, 8, 24, 48, 72, 168, 336, 720),
    "end": (4, 8, 24, 48, 72, 120, 168, 336, 720, 1440),
}


def day_of(moment: datetime) -> date:
    return moment.astimezone(calendar().time_zone).date()


def within(name: str, amount: float) -> str:
    return next((f"{name}_{limit}" for limit in LIMITS[name] if amount <= limit), f"{name}_later")


@dataclass(eq=False)
class Truth:
    """All rows, by their class."""

    rows: dict[Any, list[Any]]
    now: datetime

    def of(self, table: Any) -> list[Any]:
        return self.rows[table]

    @cache  # noqa: B019 - it lives as long as one test
    def _by(self, table: Any, column: str) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        for row in self.of(table):
            found[getattr(row, column)].append(row)
        return found

    def where(self, table: Any, column: str, value: Any) -> list[Any]:
        """The rows whose column has that value, in their order."""
        return self._by(table, column).get(value, [])

    def requests(self) -> Counter[tuple[date, str, str, str, str, str, str]]:
        """(day, count, service, neighborhood, department, channel, language) → how many."""
        found: Counter[tuple[date, str, str, str, str, str, str]] = Counter()
        for request in self.of(ServiceRequest):
            for at, what in (*self._of_filing(request), *self._of_end(request), *self._said(request)):
                found[
                    day_of(at),
                    what,
                    request.service_code,
                    request.neighborhood or "",
                    request.department or "",
                    request.channel,
                    request.language,
                ] += 1
        return found

    def _of_filing(self, request: ServiceRequest) -> Iterable[tuple[datetime, str]]:
        filed = request.created_at
        yield filed, "filed"
        if any(
            photo.created_at <= filed + HOUR for photo in self.where(RequestPhoto, "request_id", request.id)
        ):
            yield filed, "with_photo"
        updates = self.where(Update, "request_id", request.id)
        for part in ("service", "place"):
            if any(part in (one.corrected or {}) for one in updates):
                yield filed, f"{part}_corrected"
        draft = re.match(r"draft:\d+:(\d+)", request.idempotency_key)
        said = self.where(Message, "conversation_id", request.conversation_id)
        if draft:
            yield filed, "by_text"
            began = next(one for one in said if one.id == int(draft[1]))
            turns = {
                one.turn_id
                for one in said
                if one.direction == "in" and one.id >= began.id and one.created_at <= filed
            }
            yield filed, within("turns", len(turns))
            yield filed, within("minutes", (filed - began.created_at).total_seconds() / 60)
        words = [
            one.created_at
            for one in updates
            if one.author.startswith("staff:") and (one.public_text or one.from_status != one.to_status)
        ]
        words += [
            one.created_at
            for one in said
            if one.author.startswith("staff:") and one.created_at < filed + timedelta(days=30)
        ]
        if after := [at for at in words if at > filed]:
            yield filed, within("word", (min(after) - filed) / HOUR)

    def _of_end(self, request: ServiceRequest) -> Iterable[tuple[datetime, str]]:
        ended = request.ended_at
        if ended is None:
            return
        if request.resolution != "fixed":
            yield ended, "ended_otherwise"
            return
        yield ended, "done"
        yield ended, within("end", (ended - request.created_at) / HOUR)
        if request.due_on:
            yield ended, "promised"
            if request.late_told_at is None and day_of(ended) <= request.due_on:
                yield ended, "kept"

    def _said(self, request: ServiceRequest) -> Iterable[tuple[datetime, str]]:
        for one in self.where(Update, "request_id", request.id):
            if one.from_status in ("resolved", "closed") and one.to_status == "open":
                yield one.created_at, "reopened"
        for one in self.where(Feedback, "request_id", request.id):
            if one.verdict and self._is_last_word(one, "verdict"):
                yield one.created_at, one.verdict
            if one.rating and self._is_last_word(one, "rating"):
                yield one.created_at, f"rating_{one.rating}"

    def _is_last_word(self, one: Feedback, said: str) -> bool:
        """Whether its resident said nothing else that day before the work ended again."""
        ends = [
            update.created_at
            for update in self.where(Update, "request_id", one.request_id)
            if update.to_status in ("resolved", "closed") and update.author != "resident"
        ]
        return not any(
            later.id > one.id
            and later.conversation_id == one.conversation_id
            and getattr(later, said) is not None
            and day_of(later.created_at) == day_of(one.created_at)
            and not any(one.created_at < end <= later.created_at for end in ends)
            for later in self.where(Feedback, "request_id", one.request_id)
        )

    def talk(self) -> Counter[tuple[date, str, str, str, str]]:
        """(day, kind, key, channel, language) → how many."""
        found: Counter[tuple[date, str, str, str, str]] = Counter()
        contacts = {one.id: one for one in self.of(Contact)}
        whose = {one.id: contacts[one.contact_id] for one in self.of(Conversation)}

        def count(at: datetime, conversation_id: int, kind: str, key: str = "", many: int = 1) -> None:
            contact = whose[conversation_id]
            found[day_of(at), kind, key, contact.channel, contact.language or ""] += many

        for one in self.of(Message):
            at, said_in = one.created_at, one.direction == "in"
            if said_in:
                count(at, one.conversation_id, "texts_in")
                count(at, one.conversation_id, "hour_in", _hour(at))
            else:
                by = "staff" if one.author.startswith("staff:") else "bot"
                count(at, one.conversation_id, "texts_out", by)
                count(at, one.conversation_id, "state", one.state)
            if one.state == "failed":
                count(at, one.conversation_id, "refused", one.error_code or "")
            for kind in ("segments", "pictures"):
                if getattr(one, kind):
                    count(at, one.conversation_id, kind, many=getattr(one, kind))
        for one in self.of(ServiceRequest):
            found[day_of(one.created_at), "hour_filed", _hour(one.created_at), one.channel, one.language] += 1
        for one in self.of(Audit):
            count(one.at, int(one.subject_id), "person")
        self._reports(count)
        return found

    def _reports(self, count: Any) -> None:
        turns: dict[int, list[Turn]] = defaultdict(list)
        for turn in self.of(Turn):
            if turn.open_question is not None:
                turns[turn.conversation_id].append(turn)
        for conversation_id, told in turns.items():
            for before, turn, after in zip([None, *told], told, [*told[1:], None], strict=False):
                if turn.open_question == "":
                    continue
                key = turn.open_question.partition(":")[0]
                count(turn.created_at, conversation_id, "asked", key)
                near = before is not None and turn.created_at - before.created_at < 48 * HOUR
                if near and before.open_question == turn.open_question:
                    count(turn.created_at, conversation_id, "in_vain", key)
                outcome = self._outcome(conversation_id, turn, after)
                if outcome:
                    count(turn.created_at, conversation_id, outcome, key if outcome == "given_up" else "")

    def _outcome(self, conversation_id: int, turn: Turn, after: Turn | None) -> str:
        if after is None or after.created_at - turn.created_at > 48 * HOUR:
            return "given_up" if turn.created_at + 48 * HOUR <= self.now else ""
        if after.open_question:
            return ""

        def happened(table: Any, **values: Any) -> bool:
            return any(
                after.created_at <= one.created_at <= after.finished_at
                and all(getattr(one, name) == value for name, value in values.items())
                for one in self.where(table, "conversation_id", conversation_id)
            )

        if happened(ServiceRequest):
            return ""
        return "joined" if happened(Subscriber, origin="followed") or happened(Addition) else "given_up"


def _hour(at: datetime) -> str:
    local = at.astimezone(calendar().time_zone)
    return str(local.weekday() * 24 + local.hour)


TABLES = (
    Addition,
    Audit,
    Contact,
    Conversation,
    Feedback,
    Message,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Turn,
    Update,
)


async def truth(session: AsyncSession, now: datetime) -> Truth:
    """Everything that is in the database, as it is now."""
    rows = {table: list(await session.scalars(select(table).order_by(table.id))) for table in TABLES}  # type: ignore[attr-defined]
    return Truth(rows, now)
