"""What residents are told of their requests, and in which words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key, now, when


class Notice(Table):
    """An update that a resident is told of, or not and why: see `bot.delivery.notices`."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("update_id", "conversation_id"),
        Index("ix_notices_waiting", "conversation_id", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = key()
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    event: Mapped[dict[str, Any]]  # what the dialogue is told
    state: Mapped[str] = mapped_column(String(16))  # waiting, told, suppressed
    why: Mapped[str | None] = mapped_column(String(16))  # of one that waits or is suppressed
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # until then it can be undone: nothing takes it along before
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"), index=True)  # in which it was told
    created_at: Mapped[datetime] = when()


class Reminder(Table):
    """That a resident was reminded of what they had not answered: once of each thing. See `bot.delivery.reminders`."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("update_id", "conversation_id"),)

    id: Mapped[int] = key()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # bot.conversation.talk.reminders.Kind
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"))  # that asked; None: a report
    created_at: Mapped[datetime] = when()


class Wording(Table):
    """What staff want said instead of the built-in words: the newest row of a key, language and service counts.

    Nothing is changed or deleted, so that it stays known what residents were told when. See `bot.conversation.wordings`.
    """

    __tablename__ = "wordings"
    __table_args__ = (Index("ix_wordings_newest", "key", "language", "service_code", "id"),)

    id: Mapped[int] = key()
    key: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    service_code: Mapped[str] = mapped_column(String(64), server_default="")  # "": of all services
    text: Mapped[str | None] = mapped_column(Text)  # None: back to what is said without it
    edited_by: Mapped[str] = mapped_column(String(80))
    edited_at: Mapped[datetime] = now()


class CityEdit(Table):
    """What staff changed of an entry of the city's pack, or of the settings: the newest row of a file and entry counts.

    Nothing is changed or deleted, so that it stays known what was in force when. See `bot.editing`.
    """

    __tablename__ = "city_edits"
    __table_args__ = (Index("ix_city_edits_newest", "file", "entry", "id"),)

    id: Mapped[int] = key()
    file: Mapped[str] = mapped_column(String(32))  # of the pack, or bot.city.edits.SETTINGS
    entry: Mapped[str] = mapped_column(Text)  # its path in there: bot.city.edits.entry_of
    # What is different; None: as the file has it.
    patch: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(String(200))
    edited_by: Mapped[str] = mapped_column(String(80))
    edited_at: Mapped[datetime] = now()


class TellingRule(Table):
    """Of a kind of move, who is told of it: the newest row of a key counts, and none is changed. See `bot.cases.telling`."""

    __tablename__ = "telling_rules"
    __table_args__ = (Index("ix_telling_rules_newest", "key", "id"),)

    id: Mapped[int] = key()
    key: Mapped[str] = mapped_column(String(32))
    whom: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = now()
