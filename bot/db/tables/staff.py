"""Accounts of staff, how they log in, and what is theirs alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key, now, when


class Staff(Table):
    """A person of the city who may use the console."""

    __tablename__ = "staff"

    id: Mapped[int] = key()
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    department: Mapped[str | None]
    own_department_only: Mapped[bool] = mapped_column(server_default="false")  # see bot.cases.sight
    disabled_at: Mapped[datetime | None]
    # The second step of their login: its secret, encrypted, and the last half minute a code was taken of.
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)  # bot.cases.provided_accounts
    created_at: Mapped[datetime] = now()
    # What they want by mail, and where to and in which language: bot.cases.mail_choices.
    email: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(8))
    wants_late: Mapped[bool] = mapped_column(server_default="false")
    wants_week: Mapped[bool] = mapped_column(server_default="false")
    wants_not_fixed: Mapped[bool] = mapped_column(server_default="false")
    wants_added: Mapped[bool] = mapped_column(server_default="false")
    wants_mentioned: Mapped[bool] = mapped_column(server_default="false")
    wants_danger: Mapped[bool] = mapped_column(
        server_default="true"
    )  # who gave an address is told, unless they say no
    # What they want to hear in the console: bot.cases.alarm_choices.
    hears_danger: Mapped[bool] = mapped_column(server_default="true")
    hears_waiting: Mapped[bool] = mapped_column(server_default="true")
    list_shape: Mapped[list[str]] = mapped_column(
        ARRAY(String(16)), server_default="{}"
    )  # of their list of requests: bot.cases.list_shape


class Mention(Table):
    """Somebody of staff who is named in the note of an update; see `bot.cases.mentions`."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("update_id", "staff_id"),
        Index("ix_mentions_of_staff", "staff_id", "id"),
        Index("ix_mentions_unseen", "staff_id", postgresql_where=text("seen_at IS NULL")),
    )

    id: Mapped[int] = key()
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = when()
    seen_at: Mapped[datetime | None]


class SentForm(Table):
    """The key of a form that a crew sent: one that arrives again counts once. See `bot.cases.crew_work`."""

    __tablename__ = "sent_forms"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class StaffSession(Table):
    """A login of the console, kept on our side. Only the hash of its token is stored."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)  # how its owner names it to end it
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(
        String(60), server_default=""
    )  # "Firefox on Windows"; no address of anybody
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = now()


class RecoveryCode(Table):
    """One of the codes that open an account whose phone is lost, once; see `bot.cases.second_step`."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[int] = key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]


class LoginThrottle(Table):
    """Failed logins of one place, account, or both together, and how long it waits; see `bot.cases.login_throttle`.

    The place is only here as a keyed hash: no network address of anybody is kept.
    """

    __tablename__ = "login_throttles"

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    failures: Mapped[int]
    waits_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class SavedView(Table):
    """A filter of the inbox that a person of staff keeps under a name of their own."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = key()
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str]  # as the address of the list carries it
    created_at: Mapped[datetime] = now()
