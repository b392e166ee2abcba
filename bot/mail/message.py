"""One mail as a small value, and the lines it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import cast


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with a mail. Its HTML shows it as `cid:<name>`."""

    name: str  # letters, digits, dots and dashes, as of a file
    kind: str  # "jpeg" or "png"
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """Words to one person or mailbox: plain, and beside them as HTML with its pictures where it has any."""

    key: str  # letters, digits, dots and dashes: the same mail has the same one, in its Message-ID
    to: str
    subject: str  # one line
    text: str
    language: str  # of the words
    written_at: datetime  # aware
    html: str = ""
    pictures: tuple[Picture, ...] = ()  # only with HTML
    about: str = ""  # the key of what several mails are about: mail programs show those together


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
    if mail.about:
        message["References"] = f"<{mail.about}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = mail.language  # set before, it would go with the content that was there
    if mail.html:
        _add_html(message, mail)
    return message.as_bytes()


def _add_html(message: EmailMessage, mail: Mail) -> None:
    message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="quoted-printable")
    page = cast(list[MIMEPart], message.get_payload())[-1]
    for picture in mail.pictures:
        page.add_related(
            picture.content,
            "image",
            picture.kind,
            cid=f"<{picture.name}>",
            filename=picture.name,
            disposition="inline",
        )
