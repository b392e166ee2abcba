"""Figures of a period: whole months and single days as they were counted, and today counted as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

Counts = Mapping[str, int]


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
    """Reads the figures of one session, as far as they are counted."""

    session: AsyncSession
    asked: Asked
    through: date | None
    now: datetime

    async def requests(
        self, period: Days, names: Sequence[str], by: Sequence[str] = (), *, months: bool | None = None
    ) -> dict[tuple[Any, ...], dict[str, int]]:
        """The sums of these counts, for each value of `by` (columns of `request_figures`); `()` where `by` is empty.

        By "day" each day stands for itself, unless `months`: then whole months stand at their first days.
        """
        sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in names)
        single = "day" in by and not months
        where = self.asked.of_requests
        rows = await self._rows(
            "request_figures", COUNT_REQUESTS, period, where, [*by, *names], sums, by, single=single
        )
        return {tuple(row[name] for name in by): {name: row[name] for name in names} for row in rows}

    async def total(self, period: Days, names: Sequence[str]) -> dict[str, int]:
        """The sums of these counts over all requests that are asked for."""
        return (await self.requests(period, names)).get((), dict.fromkeys(names, 0))

    async def talk(
        self, period: Days, kinds: Sequence[str], by: Sequence[str] = ()
    ) -> dict[tuple[Any, ...], int]:
        """(kind, key, *by) → how many, of these kinds; `by`: channel, language, day."""
        columns = ["kind", "key", *by]
        where = {**self.asked.of_talk, "kind": list(kinds)}
        rows = await self._rows(
            "talk_figures",
            COUNT_TALK,
            period,
            where,
            [*columns, "count"],
            "sum(count)::bigint AS count",
            columns,
        )
        return {tuple(row[name] for name in columns): row["count"] for row in rows}

    async def places(self, period: Days) -> list[Cell]:
        """The cells in which something was filed; channel, language and neighborhood are not asked for here."""
        where = {"service_code": self.asked.service} if self.asked.service else {}
        cell = ['"row"', '"column"']
        rows = await self._rows(
            "place_figures",
            COUNT_PLACES,
            period,
            where,
            [*cell, "count"],
            "sum(count)::bigint AS count",
            cell,
        )
        return [Cell(row["row"], row["column"], row["count"]) for row in rows]

    async def _rows(
        self,
        table: str,
        live: str,
        period: Days,
        where: Mapping[str, Any],
        columns: Sequence[str],
        sums: str,
        by: Sequence[str],
        *,
        single: bool = False,
    ) -> Sequence[RowMapping]:
        parts = cover(period, self.through, months=not single)
        values: dict[str, Any] = dict(where)
        asked = "".join(
            f" AND {name} = ANY(:{name})" if isinstance(value, list) else f" AND {name} = :{name}"
            for name, value in where.items()
        )
        sources = []
        for number, (span, days) in enumerate(_stretches(parts)):
            sources.append(
                f"{table} WHERE span = '{span}' AND day BETWEEN :first{number} AND :last{number}{asked}"
            )
            values |= {f"first{number}": days.first, f"last{number}": days.last}
        if is_live(parts):
            sources.append(f"({live}) live WHERE true{asked}")
            values |= stretch_of(parts.live, self.now)
        if not sources:
            return []
        every = " UNION ALL ".join(f"SELECT {', '.join(columns)} FROM {source}" for source in sources)
        grouped = f" GROUP BY {', '.join(by)}" if by else ""
        chosen = ", ".join([*by, sums])
        found = await self.session.execute(
            text(f"SELECT {chosen} FROM ({every}) every{grouped}"),
            values,
        )
        return found.mappings().all()


def _stretches(parts: Cover) -> list[tuple[str, Days]]:
    months = [("month", parts.months)] if len(parts.months) else []
    return [*months, *(("day", days) for days in parts.single)]


def is_live(parts: Cover) -> bool:
    """Whether the days that are not counted yet are few enough to be counted while somebody waits."""
    return 0 < len(parts.live) <= MOST_LIVE


async def reader(session: AsyncSession, asked: Asked, now: datetime) -> Reader:
    """Reads what is asked for as it stands now (aware)."""
    through = await session.scalar(select(FiguresCounted.through))
    return Reader(session, asked, through, now)
