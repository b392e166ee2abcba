"""Mails to staff and departments: each decided once and sent once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.tables.base import Table, key


class OneMail:
    """What the row of every mail has: it is the promise that nobody is mailed twice, so it is written before anything goes out.

    See `bot.delivery.mailing`. The words of a mail are not kept.
    """

    id: Mapped[int] = key()
    state: Mapped[str] = mapped_column(String(16))  # bot.delivery.mailing.states.MailState
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[datetime]
    began_at: Mapped[datetime | None]  # the last attempt
    failure: Mapped[str | None] = mapped_column(String(16))  # a `bot.failures.FailureKind`
    detail: Mapped[str | None]  # what went wrong, in our words
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffMail(OneMail, Table):
    """One mail to a person of staff, of one topic and day: decided once, sent once; see `bot.delivery.staff_mail`."""

    __tablename__ = "staff_mails"
    __table_args__ = (
        UniqueConstraint("staff_id", "topic", "day"),
        Index(
            "ix_staff_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    topic: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]  # of the city, on which it is due


class DangerMail(OneMail, Table):
    """One danger that nobody acknowledged, mailed to a person of staff; see `bot.delivery.danger_mail`."""

    __tablename__ = "danger_mails"
    __table_args__ = (
        UniqueConstraint("danger_id", "staff_id"),
        Index(
            "ix_danger_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    danger_id: Mapped[int] = mapped_column(ForeignKey("dangers.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class MailboxMail(OneMail, Table):
    """One request mailed to the mailbox of the department that has it; its id is what the mail's link proves.

    Written in the transaction that makes it necessary; see `bot.cases.mailbox`.
    """

    __tablename__ = "mailbox_mails"
    __table_args__ = (
        Index(
            "ix_mailbox_mails_under_way",
            "next_try_at",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("service_requests.id"), index=True)
    department: Mapped[str] = mapped_column(Text)  # as the city pack names it
    reason: Mapped[str] = mapped_column(String(16))  # bot.cases.mailbox.Reason
    # The entry of the history that made it necessary, each of which makes one; None: somebody asked for it once more.
    update_id: Mapped[int | None] = mapped_column(ForeignKey("updates.id"), unique=True)
    link_until: Mapped[datetime]  # its link works until then
