"""Sending mail: a connection that is logged in, and one mail after the other over it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.headerregistry import Address

import aiosmtplib

from bot.mail.address import MailServer
from bot.mail.message import Mail, as_bytes
from bot.mail.outcomes import UnconfirmedError, while_addressing, while_connecting, while_handing_over

ANSWERS_WITHIN = 20.0  # seconds for a step of the conversation
# Seconds for a whole mail: who sees one under way for much longer may take it for cut off.
MAIL_WITHIN = 3 * ANSWERS_WITHIN


class Connection:
    """A server that answers and has taken the log-in."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, mail: Mail, sender: Address) -> None:
        """Hand one mail over.

        Raises `MailError` where it certainly did not go out (`ServerError`: nor would the next one), and
        `UnconfirmedError` where that is not known.
        """
        content = as_bytes(mail, sender)
        try:
            await self._client.mail(sender.addr_spec)
            await self._client.rcpt(mail.to)
        except aiosmtplib.SMTPException as error:
            told = while_addressing(error)
            await self._begin_anew()
            raise told from None
        try:
            await self._client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            told = while_handing_over(error)
            await self._begin_anew()
            raise told from None
        except (aiosmtplib.SMTPException, OSError):
            raise UnconfirmedError from None

    async def _begin_anew(self) -> None:
        """A mail that was refused leaves its sender behind; the next one begins with nothing."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self._client.rset()


@asynccontextmanager
async def connected(server: MailServer) -> AsyncIterator[Connection]:
    """A connection for the block. Raises `ServerError` where there is none to be had; certificates are always checked."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        start_tls=server.starttls,
        username=server.username or None,
        password=server.password or None,
        tls_context=ssl.create_default_context() if server.tls or server.starttls else None,
        timeout=ANSWERS_WITHIN,
    )
    try:
        # A step may take its time, and all of them together, too: a server that drips keeps nobody.
        async with asyncio.timeout(2 * ANSWERS_WITHIN):
            await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:  # a TimeoutError is an OSError
        client.close()
        raise while_connecting(error) from None
    try:
        yield Connection(client)
    finally:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=ANSWERS_WITHIN)
        client.close()


async def check(server: MailServer) -> None:
    """Whether the server answers and takes the log-in; nothing is sent. Raises `ServerError`."""
    async with connected(server):
        pass
