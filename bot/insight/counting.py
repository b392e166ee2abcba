"""Counting finished days into the tables of figures, and anew what changed of them.

Today is counted each minute, as far as it is. One worker at a time: whoever counts holds the row of `figures_counted`. A day is finished some minutes after midnight of the
city. With each, the days before it are counted once more: receipts come late, and that a report was given up is known only
when its draft is kept no longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import calendar
from bot.db.session import transaction
from bot.db.tables import REQUEST_COUNTS, FiguresCounted
from bot.insight.changes import changed_days, is_time, newest_ids
from bot.insight.days import ONE, Days, next_month, stretches, today, whole_months
from bot.insight.places import COUNT_PLACES
from bot.insight.requests import COUNT_REQUESTS, DIMENSIONS
from bot.insight.talk import COUNT_TALK

log = structlog.get_logger(__name__)

AFTER_MIDNIGHT = timedelta(minutes=10)  # whatever was said before is stored by then
UNSETTLED = 3  # days before a finished one that are counted once more with it
AT_A_TIME = 31  # days in one transaction

_OF_REQUESTS = ", ".join(DIMENSIONS)
_COUNTS = ", ".join(REQUEST_COUNTS)
_SUMS = ", ".join(f"sum({name})" for name in REQUEST_COUNTS)
_MONTH = "'month', CAST(:month AS date)"
_OF_MONTH = "span = 'day' AND day >= :month AND day < :after"

# Of each table: how its days are counted, and how a month is summed up.
_KEPT: dict[str, tuple[str, str]] = {
    "request_figures": (
        f"(span, day, {_OF_REQUESTS}, {_COUNTS}) SELECT 'day', f.* FROM ({COUNT_REQUESTS}) f",
        f"(span, day, {_OF_REQUESTS}, {_COUNTS}) SELECT {_MONTH}, {_OF_REQUESTS}, {_SUMS} "
        f"FROM request_figures WHERE {_OF_MONTH} GROUP BY {_OF_REQUESTS}",
    ),
    "place_figures": (
        f"""(span, day, service_code, "row", "column", count) SELECT 'day', f.* FROM ({COUNT_PLACES}) f""",
        f"""(span, day, service_code, "row", "column", count) SELECT {_MONTH}, service_code, "row", "column", sum(count) """
        f"""FROM place_figures WHERE {_OF_MONTH} GROUP BY service_code, "row", "column" """,
    ),
    "talk_figures": (
        f"(span, day, kind, key, channel, language, count) SELECT 'day', f.* FROM ({COUNT_TALK}) f",
        f"(span, day, kind, key, channel, language, count) SELECT {_MONTH}, kind, key, channel, language, sum(count) "
        f"FROM talk_figures WHERE {_OF_MONTH} GROUP BY kind, key, channel, language",
    ),
}
ALL = tuple(_KEPT)
OF_REQUESTS = ("request_figures", "place_figures")

_FIRST = text(
    "SELECT least((SELECT min(created_at) FROM service_requests), (SELECT created_at FROM messages ORDER BY id LIMIT 1))"
)


async def count_figures(now: datetime) -> bool:
    """Count what is finished or has changed since. False where another worker counts. `now` is aware."""
    while True:
        async with transaction() as session:
            counted = await _held(session)
            if counted is None:
                return False
            if not await _finish_days(session, counted, now):
                await _follow_changes(session, counted, now)
                await _count_today(session, counted, now)
                return True


async def _held(session: AsyncSession) -> FiguresCounted | None:
    await session.execute(insert(FiguresCounted).values(id=1).on_conflict_do_nothing())
    return await session.scalar(select(FiguresCounted).with_for_update(skip_locked=True))


async def _finish_days(session: AsyncSession, counted: FiguresCounted, now: datetime) -> bool:
    """Count the next finished days. False when there are none."""
    finished = today(now - AFTER_MIDNIGHT) - ONE
    if counted.through is None:
        first = await session.scalar(_FIRST)
        counted.seen_ids = counted.counted_ids = await newest_ids(session)
        if first is None:  # nothing was ever said: the past holds nothing to count
            counted.through = finished
            return False
        counted.through = today(first) - ONE
    if counted.through >= finished:
        return False
    days = Days(counted.through + ONE, min(finished, counted.through + ONE * AT_A_TIME))
    unsettled = Days(days.first - ONE * UNSETTLED, days.last)
    await count_days(session, unsettled, now)
    counted.through = days.last
    await _sum_up(session, (unsettled.first, unsettled.last, *_first_days(unsettled)), days.last, ALL)
    log.info("figures.counted", through=str(days.last))
    return True


def _first_days(days: Days) -> Iterable[date]:
    month = next_month(days.first)
    while month <= days.last:
        yield month
        month = next_month(month)


async def _follow_changes(session: AsyncSession, counted: FiguresCounted, now: datetime) -> None:
    if counted.through is None or not is_time(counted.looked_at, now):
        return
    newest = await newest_ids(session)
    days = await changed_days(session, counted.counted_ids, counted.through)
    for stretch in stretches(days, AT_A_TIME):
        await count_days(session, stretch, now, OF_REQUESTS)
    await _sum_up(session, days, counted.through, OF_REQUESTS)
    counted.counted_ids, counted.seen_ids, counted.looked_at = counted.seen_ids, newest, now


async def _count_today(session: AsyncSession, counted: FiguresCounted, now: datetime) -> None:
    """The days that are not over, as far as they are: so that no page has to."""
    assert counted.through is not None  # noqa: S101 - finished days come first
    await count_days(session, Days(counted.through + ONE, today(now)), now)
    counted.today_at = now


async def count_days(session: AsyncSession, days: Days, now: datetime, tables: Iterable[str] = ALL) -> None:
    """Count these days into the tables, in place of what stands there."""
    for table in tables:
        await session.execute(
            text(f"DELETE FROM {table} WHERE span = 'day' AND day BETWEEN :first AND :last"),
            {"first": days.first, "last": days.last},
        )
        await session.execute(text(f"INSERT INTO {table} {_KEPT[table][0]}"), stretch_of(days, now))


async def _sum_up(session: AsyncSession, days: Iterable[date], through: date, tables: Iterable[str]) -> None:
    """The months of these days that are over, summed up from their days."""
    for month in whole_months(days, through):
        span = {"month": month, "after": next_month(month)}
        for table in tables:
            await session.execute(
                text(f"DELETE FROM {table} WHERE span = 'month' AND day = :month"),
                {"month": month},
            )
            await session.execute(text(f"INSERT INTO {table} {_KEPT[table][1]}"), span)


def stretch_of(days: Days, now: datetime) -> dict[str, Any]:
    """What the questions that count are asked with. `now` is aware."""
    return {"start": days.start, "end": days.end, "zone": str(calendar().time_zone), "now": now}
