"""A real mail server on loopback, which keeps what it is given and says no where a test wants it to."""

from __future__ import annotations

import asyncio
import email
import ssl
import warnings
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATES = Path(__file__).parent / "integration" / "tls"
USER, PASSWORD = "cityline", "a/quiet?green#bicycle"
TAKE = "250 OK"
DROP = "drop"  # an answer that is none: the connection ends
LOSE = "lose"  # of a mail: it is taken, and the connection ends before that is said


@dataclass
class MailServer:
    """What it took, and what it is to say to the next ones ("451 later", or `DROP` without a word)."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    to_senders: deque[str] = field(default_factory=deque)
    to_recipients: deque[str] = field(default_factory=deque)
    to_mails: deque[str] = field(default_factory=deque)
    # Of a mail that was taken: waits for it before it says so. Set: at once.
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    has_mail: asyncio.Event = field(default_factory=asyncio.Event)
    logins: int = 0

    def url(self, scheme: str = "smtp", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}"

    def texts(self) -> list[str]:
        """What was written, with the line ends of everywhere else."""
        return [mail.get_content().replace("\r\n", "\n") for mail in self.mails]

    # What aiosmtpd calls.

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_senders:
            return self._said(server, self.to_senders.popleft())
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipients:
            return self._said(server, self.to_recipients.popleft())
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_mails.popleft() if self.to_mails else TAKE
        if answer in (TAKE, LOSE):
            content = cast(bytes, envelope.content)
            self.mails.append(cast(EmailMessage, email.message_from_bytes(content, policy=default)))
            self.recipients += envelope.rcpt_tos
            self.has_mail.set()
            await self.may_answer.wait()
        return self._said(server, answer)

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        given = (data.login, data.password) if isinstance(data, LoginPassword) else None
        well = given == (USER.encode(), PASSWORD.encode())
        self.logins += well
        return AuthResult(success=well, handled=False)

    def _said(self, server: SMTP, answer: str) -> str:
        if answer in (DROP, LOSE):
            assert server.transport is not None
            server.transport.abort()
        return answer


@asynccontextmanager
async def a_mail_server(
    *, tls: bool = False, starttls: bool = False, login: bool = False, port: int = 0
) -> AsyncIterator[MailServer]:
    """A server for the block: with TLS from the first byte, on demand or not at all, and with a log-in or without.

    Its certificate is for "localhost" and signed by itself.
    """
    kept = MailServer()
    kept.may_answer.set()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.pem", CERTIFICATES / "server.key")
    talks: list[SMTP] = []

    def talk() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a log-in without TLS, which some tests are about
            one = SMTP(
                kept,
                hostname="mail.test",
                ident="test",
                tls_context=context if starttls else None,
                require_starttls=starttls,
                authenticator=kept.log_in if login else None,
                auth_required=login,
                auth_require_tls=False,
            )
        talks.append(one)
        return one

    server = await asyncio.get_running_loop().create_server(
        talk, "127.0.0.1", port, ssl=context if tls else None
    )
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        kept.may_answer.set()
        server.close()
        for one in talks:
            if one.transport is not None:
                one.transport.abort()
        await server.wait_closed()
