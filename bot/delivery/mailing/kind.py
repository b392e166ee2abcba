"""What one kind of mail is to those who send it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.tables import OneMail
from bot.delivery.mailing.states import MailState
from bot.mail.message import Mail
from bot.settings import Settings

RowT = TypeVar("RowT", bound=OneMail)


@dataclass(frozen=True, slots=True)
class Kind(Generic[RowT]):
    """A table of mails, and how one of them is written at the moment it goes out. Its words are kept neither before nor after."""

    name: str  # in the log
    table: type[RowT]
    # The mail; None where there is nothing to tell (any more). The time is aware.
    compose: Callable[[AsyncSession, Settings, RowT, datetime], Awaitable[Mail | None]]
    in_turn: tuple[ColumnElement[bool], ...] = ()  # what else must hold of a row whose time has come

    def due(self, now: datetime) -> Select[RowT]:
        """What is to be sent now, oldest first."""
        waits = (self.table.state == MailState.WAITING) & (self.table.next_try_at <= now)
        return select(self.table).where(waits, *self.in_turn).order_by(self.table.id)
