"""Other systems: the city's own, and those that report by Open311."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key, now


class SyncLink(Table):
    """A request and its record in another system: what was pushed there and what was last seen of it. See `bot.sync`.

    It is made with the request, before there is a record, so that a change that is to be pushed is never without a row.
    """

    __tablename__ = "sync_links"
    __table_args__ = (
        UniqueConstraint("system", "request_id"),
        UniqueConstraint("system", "remote_id"),
        Index("ix_sync_links_pending", "pending_since", postgresql_where=text("pending_since IS NOT NULL")),
    )

    id: Mapped[int] = key()
    system: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    remote_id: Mapped[str | None]  # theirs; None: not made yet
    remote_number: Mapped[str] = mapped_column(Text, server_default="")  # as their staff call it
    record_count: Mapped[int] = mapped_column(
        Integer, server_default="1"
    )  # a closed one is followed by another
    pending_since: Mapped[datetime | None]  # something changed on a side, and was not exchanged yet
    version: Mapped[str] = mapped_column(Text, server_default="")  # of their record, as last read
    agreed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.sync.reconcile.Agreed
    pushed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # bot.sync.links.Pushed
    seen: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # ids of their words and files
    problem: Mapped[str] = mapped_column(Text, server_default="")  # for staff; "" where all is well
    failure: Mapped[str | None] = mapped_column(String(16))  # of the last exchange: bot.failures.FailureKind
    exchanged_at: Mapped[datetime | None]  # the last one that went well
    created_at: Mapped[datetime] = now()


class SyncSystem(Table):
    """How it stands with another system as a whole: how far its changes were read, and until when it is left alone."""

    __tablename__ = "sync_systems"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    read_until: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # their own times
    claimed_at: Mapped[datetime | None]  # when a worker looked last for changes there
    read_at: Mapped[datetime | None]  # the last time it went well
    paused_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")  # in a row
    failure: Mapped[str | None] = mapped_column(String(16))
    problem: Mapped[str] = mapped_column(Text, server_default="")


class ApiKey(Table):
    """What another system shows when it files requests by Open311. Only the hash of its secret is kept; see `bot.cases.api_keys`."""

    __tablename__ = "api_keys"

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(40), unique=True)  # as histories name it
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    rights: Mapped[list[Any]] = mapped_column(JSONB)
    media_hosts: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # where its photos are fetched
    per_minute: Mapped[int]
    shown: Mapped[bool] = mapped_column(server_default="false")  # what it files is listed from the start
    minute: Mapped[datetime | None]  # in which it was used last
    used: Mapped[int] = mapped_column(server_default="0")  # so often in that minute
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Open311Report(Table):
    """How another system filed a request, and what it said of the person: see `bot.cases.reported`."""

    __tablename__ = "open311_reports"
    __table_args__ = (Index("ix_open311_reports_same", "key_id", "content_hash"),)

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), unique=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    # Keyed, of all that was sent, while the same may be sent again; then None.
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Whom staff may ask back, as far as it was said; never public.
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(index=True)  # E.164 where it is a number
    created_at: Mapped[datetime]


class Open311Photo(Table):
    """A photo that another system named by its address, to be fetched: see `bot.worker.reported_photos`."""

    __tablename__ = "open311_photos"
    __table_args__ = (
        Index("ix_open311_photos_waiting", "created_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = key()
    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str | None]  # None once it is settled: such an address may be a key by itself
    state: Mapped[str] = mapped_column(String(16))  # waiting, kept, refused
    refusal: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime]
