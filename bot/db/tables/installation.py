"""This installation: its machines agree on it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, now


class Installation(Table):
    """What all machines of one city must have in common, and what is done once for all of them. One row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, server_default="1")
    secret_fingerprint: Mapped[str | None] = mapped_column(String(64))
    photo_store_id: Mapped[str | None] = mapped_column(String(64))
    swept_at: Mapped[datetime | None]  # the last nightly sweep
    # The message up to which conversations were looked at for those who review them: bot.conversation.review.
    facts_upto: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = now()


class NumberList(Table):
    """The list of the numbers that were given up on a day, and whether it was read: see `bot.delivery.number_lists`."""

    __tablename__ = "number_lists"

    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # waiting, read; missing: it never came
    due_at: Mapped[
        datetime
    ]  # when it is asked for next; while a worker reads it, when another may take it up
    faults: Mapped[int] = mapped_column(Integer, server_default="0")  # tries that ended deterministically
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last try: bot.failures.FailureKind
    given_up: Mapped[int] = mapped_column(Integer, server_default="0")  # contacts of ours that were on it
    read_at: Mapped[datetime | None]


class ClockRow(Table):
    """When a clock of the worker ran last, and how it went: see `bot.keeping.clocks`."""

    __tablename__ = "clocks"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")  # in a row
    failed_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # nothing private
