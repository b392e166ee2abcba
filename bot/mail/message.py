"""One mail as a small value, and the lines it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """Plain words to one person."""

    key: str  # letters, digits, dots and dashes: the same mail has the same one, in its Message-ID
    to: str
    subject: str  # one line
    text: str
    language: str  # of the words
    written_at: datetime  # aware


def as_bytes(mail: Mail, sender: Address) -> bytes:
    """The mail as it goes over the wire: 7 bits, so that every server takes it.

    It says of itself that a machine wrote it (RFC 3834), so that nobody's "I am on holiday" is sent back.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = mail.language  # set before, it would go with the content that was there
    return message.as_bytes()
