"""Who did and saw what, and what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key, now


class Audit(Table):
    """Who did what to which record, in the transaction that did it. A trigger lets nothing be changed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject_kind", "subject_id"),
        Index("ix_audit_at", "at", "id"),
        Index("ix_audit_actor", "actor", "at", "id"),
        Index("ix_audit_person_asked", "at", postgresql_where=text("action = 'conversation.person_asked'")),
    )

    id: Mapped[int] = key()
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = now()


class Look(Table):
    """Who of staff looked at which record with somebody's data in it, once for each quarter of an hour; see `bot.cases.looks`.

    Beside `audit`, and under the same trigger: a look changes nothing, so nothing that waits for changes wakes up for it.
    """

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "actor", "quarter", name="uq_looks_once"),
        Index("ix_looks_at", "at", "id"),
        Index("ix_looks_actor", "actor", "at", "id"),
    )

    id: Mapped[int] = key()
    actor: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    quarter: Mapped[datetime]  # its beginning
    at: Mapped[datetime]  # the first look in it


class Change(Table):
    """That something changed which pages of the console show, written by triggers in the transaction that changed it.

    Ids only. Not logged, since it says nothing that outlives a crash: whoever follows it begins anew then. See `bot.db.changes`.
    """

    __tablename__ = "changes"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute

    xact: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # the transaction
    topic: Mapped[str] = mapped_column(String(24), primary_key=True)  # see bot.db.changes
    at: Mapped[datetime] = now()


class Viewer(Table):
    """Somebody of staff who has a request or a conversation open, for as long as their browser is connected.

    The web process that holds the connection extends `until`; a row whose time is over was left by one that died.
    """

    __tablename__ = "viewers"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute

    id: Mapped[int] = key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    subject: Mapped[str] = mapped_column(String(24), index=True)  # r<request id> or c<conversation id>
    until: Mapped[datetime]
