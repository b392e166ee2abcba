"""Figures by day: `bot.insight`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, Integer, String, Text
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table

_FIRST_WORD = ("1", "2", "4", "8", "24", "48", "72", "168", "336", "720", "later")  # hours, at most
_TO_THE_END = ("4", "8", "24", "48", "72", "120", "168", "336", "720", "1440", "later")  # hours, at most
_TURNS = ("1", "2", "3", "4", "5", "6", "7", "8", "later")  # at most
_MINUTES = ("1", "2", "3", "5", "10", "30", "60", "1440", "later")  # at most


# What is counted of requests, each a column of `request_figures`: see `bot.insight.requests` and docs/howto/insight.md.
REQUEST_COUNTS: tuple[str, ...] = (
    *("filed", "by_text", "with_photo", "service_corrected", "place_corrected"),
    *(f"turns_{most}" for most in _TURNS),
    *(f"minutes_{most}" for most in _MINUTES),
    *(f"word_{most}" for most in _FIRST_WORD),
    *("done", "ended_otherwise", "promised", "kept", "reopened"),
    *(f"end_{most}" for most in _TO_THE_END),
    *("fixed", "not_fixed", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"),
)


class RequestFigures(Table):
    """What was counted of the requests of one day, or of a whole month from its first day on, by what they are and where."""

    __table__ = SqlTable(
        "request_figures",
        Table.metadata,
        Column("span", String(5), primary_key=True),  # day, month
        Column("day", Date, primary_key=True),  # of the city
        Column("service_code", String(64), primary_key=True),
        Column("neighborhood", Text, primary_key=True),  # "": none
        Column("department", Text, primary_key=True),  # "": none
        Column("channel", String(16), primary_key=True),
        Column("language", String(8), primary_key=True),
        *(Column(name, Integer, nullable=False, server_default="0") for name in REQUEST_COUNTS),
    )


class TalkFigures(Table):
    """What was counted of the conversations of one day, or of a whole month: kinds and keys are those of `bot.insight.talk`."""

    __tablename__ = "talk_figures"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    count: Mapped[int]


class PlaceFigures(Table):
    """How many requests of a service were filed in a cell of the map: see `bot.insight.places`."""

    __tablename__ = "place_figures"

    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    service_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    column: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int]


class FiguresCounted(Table):
    """How far the figures are counted. One row; whoever counts holds it. See `bot.insight.counting`."""

    __tablename__ = "figures_counted"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, server_default="1")
    through: Mapped[date | None]  # the last day that is counted for good, in the city; None: none
    today_at: Mapped[datetime | None]  # when the days after it were counted, as far as they were
    # Ids up to which changes are counted, those seen when it was looked last, and when that was: bot.insight.changes.
    counted_ids: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    seen_ids: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    looked_at: Mapped[datetime | None]
