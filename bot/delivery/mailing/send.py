"""Sending what was decided, each mail once.

A row says `sending` and is committed before the mail is handed over, with no transaction open meanwhile. Nobody can ask a
mail server later whether it has a mail: one that was cut off in that moment is left alone, as one that may have gone out.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.current import gazetteer
from bot.db.session import transaction
from bot.delivery.mailing.kind import Kind, RowT
from bot.delivery.mailing.record import (
    end,
    put_off,
    record_refused,
    record_sent,
    record_unconfirmed,
    record_unwritten,
)
from bot.delivery.mailing.states import MailState
from bot.failures import FailureKind, kind_of, reason_of
from bot.logs import log_unexpected
from bot.mail.address import mail_server, sender_address
from bot.mail.message import Mail
from bot.mail.outcomes import BROKE_OFF, MailError, ServerError, UnconfirmedError
from bot.mail.send import Connection, connected
from bot.settings import Settings

log = structlog.get_logger(__name__)

# Seconds for one run, well below what another worker takes for cut off; what is left goes with the next, a minute later.
LONGEST_RUN = 240.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mail whose row says that it is being sent."""

    row_id: int
    number: int
    mail: Mail


class _UnwrittenError(Exception):
    """The words of a mail could not be made; the cause says why."""

    def __init__(self, row_id: int) -> None:
        super().__init__("A mail could not be written.")
        self.row_id = row_id


async def send_due(kind: Kind[RowT], config: Settings, now: datetime) -> int:
    """Send what is due of a kind; gives how many went out. Safe to repeat, and by several workers at once. `now` is aware.

    Without a mail server nothing is sent and nothing is lost.
    """
    async with transaction() as session:
        waits = await session.scalar(kind.due(now).limit(1))
    if waits is None or config.smtp_url is None or config.mail_from is None:
        return 0
    await asyncio.to_thread(gazetteer)  # loaded before a transaction would wait for it
    server, sender = mail_server(config.smtp_url.get_secret_value()), sender_address(config.mail_from)
    sent, until = 0, time.monotonic() + LONGEST_RUN
    try:
        async with connected(server) as connection:
            while time.monotonic() < until and (attempt := await _begin(kind, config, now)) is not None:
                sent += await _carry_out(kind, connection, attempt, sender, now)
    except ServerError as error:
        async with transaction() as session:
            await put_off(session, kind, error, now)
    return sent


async def _begin(kind: Kind[RowT], config: Settings, now: datetime) -> Attempt | None:
    """The next mail, its row marked as being sent; None where nothing is left."""
    while True:
        try:
            async with transaction() as session:
                return await _next_attempt(session, kind, config, now)
        except _UnwrittenError as unwritten:
            cause = unwritten.__cause__ or unwritten
            if kind_of(cause) is not FailureKind.DETERMINISTIC:
                raise cause from None
            log_unexpected(log, f"{kind.name}.not_written", cause, **_named(kind, unwritten.row_id))
            async with transaction() as session:
                await record_unwritten(session, kind, unwritten.row_id, cause, now)


async def _next_attempt(
    session: AsyncSession, kind: Kind[RowT], config: Settings, now: datetime
) -> Attempt | None:
    due = kind.due(now).limit(1).with_for_update(skip_locked=True, of=kind.table)
    while (row := await session.scalar(due)) is not None:
        try:
            mail = await kind.compose(session, config, row, now)
        except Exception as error:  # a fault of ours in one mail must not hold up those behind it
            raise _UnwrittenError(row.id) from error
        if mail is not None:
            row.state, row.attempts, row.began_at = MailState.SENDING, row.attempts + 1, now
            return Attempt(row.id, row.attempts, mail)
        end(kind, row, MailState.NEEDLESS, now)
        await session.flush()
    return None


async def _carry_out(
    kind: Kind[RowT], connection: Connection, attempt: Attempt, sender: Address, now: datetime
) -> bool:
    """Hand it over and keep what came of it; gives whether it went out. Raises `ServerError` where none would."""
    row_id, number = attempt.row_id, attempt.number
    try:
        await connection.send(attempt.mail, sender)
    except MailError as error:
        async with transaction() as session:
            await record_refused(session, kind, row_id, number, error, now)
        if isinstance(error, ServerError):
            raise
        return False
    except UnconfirmedError as error:
        async with transaction() as session:
            await record_unconfirmed(session, kind, row_id, number, str(error), now)
        # The connection is gone: whatever is left has another one in a minute.
        raise ServerError(BROKE_OFF, FailureKind.TRANSIENT) from None
    except Exception as error:  # of ours: how far it got is not known
        log_unexpected(log, f"{kind.name}.not_sent", error, **_named(kind, row_id))
        async with transaction() as session:
            await record_unconfirmed(session, kind, row_id, number, reason_of(error), now)
        return False
    async with transaction() as session:
        await record_sent(session, kind, row_id, number, now)
    return True


def _named(kind: Kind[RowT], row_id: int) -> dict[str, int]:
    return {f"{kind.name}_id": row_id}
