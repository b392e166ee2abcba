"""Figures of a period: whole months and single days as they were counted, and what no worker has counted as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import FiguresCounted
from bot.insight.counting import stretch_of
from bot.insight.days import Cover, Days, cover
from bot.insight.places import COUNT_PLACES, Cell
from bot.insight.requests import COUNT_REQUESTS
from bot.insight.talk import COUNT_TALK

# So many days are counted while somebody waits: more only while an installation's past is counted for the first time.
MOST_LIVE = 3
# A worker counts today each minute. What it counted longer ago is counted here: no worker runs, or it is busy.
FRESH_FOR = timedelta(minutes=3)

Key = tuple[Any, ...]  # values of the columns that are asked for

# PostgreSQL compiles what looks expensive, and takes longer for that than for counting a day.
WITHOUT_JIT = text("SET LOCAL jit = off")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests and conversations are counted: "" for all. Conversations have a channel and a language only."""

    service: str = ""
    neighborhood: str = ""
    department: str = ""
    channel: str = ""
    language: str = ""

    @property
    def of_conversations(self) -> Asked:
        """What of it conversations have, too."""
        return Asked(channel=self.channel, language=self.language)

    @property
    def of_talk(self) -> dict[str, str]:
        return {name: value for name in ("channel", "language") if (value := getattr(self, name))}

    @property
    def of_requests(self) -> dict[str, str]:
        columns = {
            "service_code": self.service,
            "neighborhood": self.neighborhood,
            "department": self.department,
        }
        return {name: value for name, value in columns.items() if value} | self.of_talk


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the figures of one session, as far as they are counted. What is not counted yet is counted once, for all that is asked."""

    session: AsyncSession
    asked: Asked
    through: date | None
    now: datetime
    is_fresh: bool  # a worker has just counted the days after `through`
    live: dict[tuple[str, Days, tuple[str, ...]], Sequence[RowMapping]] = field(default_factory=dict)

    def of(self, asked: Asked) -> Reader:
        """Reads something else of the same."""
        return replace(self, asked=asked)

    async def requests(
        self, period: Days, names: Sequence[str], by: Sequence[str] = (), *, months: bool | None = None
    ) -> dict[Key, dict[str, int]]:
        """The sums of these counts, for each value of `by` (columns of `request_figures`); `()` where `by` is empty.

        By "day" each day stands for itself, unless `months`: then whole months stand at their first days.
        """
        parts = cover(period, self.through, months=months if months is not None else "day" not in by)
        return await self._sums("request_figures", parts, self.asked.of_requests, by, names)

    async def total(self, period: Days, names: Sequence[str]) -> dict[str, int]:
        """The sums of these counts over all requests that are asked for."""
        return (await self.requests(period, names)).get((), dict.fromkeys(names, 0))

    async def talk(self, period: Days, kinds: Sequence[str], by: Sequence[str] = ()) -> dict[Key, int]:
        """(kind, key, *by) → how many, of these kinds; `by`: channel, language."""
        where = {**self.asked.of_talk, "kind": [str(kind) for kind in kinds]}
        parts = cover(period, self.through)
        sums = await self._sums("talk_figures", parts, where, ("kind", "key", *by), ("count",))
        return {key: found["count"] for key, found in sums.items()}

    async def places(self, period: Days) -> list[Cell]:
        """The cells in which something was filed; channel, language and neighborhood are not asked for here."""
        where = {"service_code": self.asked.service} if self.asked.service else {}
        parts = cover(period, self.through)
        sums = await self._sums("place_figures", parts, where, ("row", "column"), ("count",))
        return [Cell(row, column, found["count"]) for (row, column), found in sums.items()]

    async def _sums(
        self, table: str, parts: Cover, where: Mapping[str, Any], by: Sequence[str], names: Sequence[str]
    ) -> dict[Key, dict[str, int]]:
        """The sums of `names` for each value of `by`, of the rows that have what is asked for."""
        found: dict[Key, dict[str, int]] = {}
        for row in (
            *await self._counted(table, parts, where, by, names),
            *await self._live(table, parts.live, where),
        ):
            sums = found.setdefault(tuple(row[name] for name in by), dict.fromkeys(names, 0))
            for name in names:
                sums[name] += row[name]
        return found

    async def _counted(
        self, table: str, parts: Cover, where: Mapping[str, Any], by: Sequence[str], names: Sequence[str]
    ) -> Sequence[RowMapping]:
        values: dict[str, Any] = dict(where)
        asked = "".join(
            f" AND {name} = ANY(:{name})" if isinstance(value, list) else f" AND {name} = :{name}"
            for name, value in where.items()
        )
        sources = []
        columns = ", ".join(f'"{name}"' for name in (*by, *names))
        for number, (span, days) in enumerate(self._stretches(parts)):
            within = f"span = '{span}' AND day BETWEEN :first{number} AND :last{number}"
            sources.append(f"SELECT {columns} FROM {table} WHERE {within}{asked}")
            values |= {f"first{number}": days.first, f"last{number}": days.last}
        if not sources:
            return []
        keys = [f'"{name}"' for name in by]
        sums = ", ".join([*keys, *(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in names)])
        grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
        rows = await self.session.execute(
            text(f"SELECT {sums} FROM ({' UNION ALL '.join(sources)}) every{grouped}"), values
        )
        return rows.mappings().all()

    def _stretches(self, parts: Cover) -> list[tuple[str, Days]]:
        """What is read of the tables: whole months, then days."""
        months = [("month", parts.months)] if len(parts.months) else []
        days = (*parts.single, *((parts.live,) if self.is_fresh and len(parts.live) else ()))
        return [*months, *(("day", one) for one in days)]

    async def _live(self, table: str, days: Days, where: Mapping[str, Any]) -> list[RowMapping]:
        if self.is_fresh or not 0 < len(days) <= MOST_LIVE:
            return []
        # The kinds that are not asked for are not counted: PostgreSQL leaves out their parts of the question.
        kinds = tuple(where.get("kind", ()))
        if (table, days, kinds) not in self.live:
            asked = f"SELECT * FROM ({_LIVE[table]}) live" + (" WHERE kind = ANY(:kinds)" if kinds else "")
            values = stretch_of(days, self.now) | ({"kinds": list(kinds)} if kinds else {})
            rows = await self.session.execute(text(asked), values)
            self.live[table, days, kinds] = rows.mappings().all()
        return [row for row in self.live[table, days, kinds] if _fits(row, where)]


_LIVE = {"request_figures": COUNT_REQUESTS, "talk_figures": COUNT_TALK, "place_figures": COUNT_PLACES}


def _fits(row: RowMapping, where: Mapping[str, Any]) -> bool:
    return all(
        row[name] in value if isinstance(value, list) else row[name] == value for name, value in where.items()
    )


async def reader(session: AsyncSession, asked: Asked, now: datetime) -> Reader:
    """Reads what is asked for as it stands now (aware)."""
    await session.execute(WITHOUT_JIT)
    counted = await session.scalar(select(FiguresCounted))
    if counted is None:
        return Reader(session, asked, None, now, is_fresh=False)
    is_fresh = counted.today_at is not None and now - counted.today_at < FRESH_FOR
    return Reader(session, asked, counted.through, now, is_fresh)
