"""What addresses of mail look like: those of people, and that of the server mail goes through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

MOST_CHARACTERS = 254  # of an address (RFC 5321, 4.5.3.1.3, without its brackets)
SERVER_EXAMPLE = "smtp+starttls://user:password@mail.example.gov:587"

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_LONGEST_LOCAL = 64
# Scheme → the port where none is named (RFC 8314 for both with TLS).
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MailAddressError(ValueError):
    """This is no address that mail can be sent to; the message says what one looks like, without what was given."""

    def __init__(self) -> None:
        super().__init__("An e-mail address looks like ana.ruiz@example.gov.")


class ServerAddressError(ValueError):
    """This is no address of a mail server; the message says what is wrong, without what was given: it holds a password."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes through, and as whom."""

    host: str
    port: int
    tls: bool  # from the first byte
    starttls: bool  # asked for in the clear, and nothing else said before it
    username: str = ""  # "": nobody logs in
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """For people: without who logs in."""
        return f"{self.host}:{self.port}"


def mail_address(text: str) -> str:
    """An address of a person as it is kept. Raises `MailAddressError`.

    Plain ASCII with a domain of two parts or more: quoted names, addresses of machines and international names, which
    not every server takes, are refused, and so is everything that could add a line to a header.
    """
    text = text.strip()
    local, _, domain = text.rpartition("@")
    well = len(text) <= MOST_CHARACTERS and len(local) <= _LONGEST_LOCAL
    if not (well and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise MailAddressError
    return f"{local}@{domain.lower()}"


def sender_address(text: str) -> Address:
    """Who mail is from: "no-reply@example.gov" or "City 311 <no-reply@example.gov>". Raises `MailAddressError`."""
    if not text.isprintable():
        raise MailAddressError
    name, address = parseaddr(text)
    return Address(display_name=name, addr_spec=mail_address(address))


def mail_server(url: str) -> MailServer:
    """The server of a URL: smtp+starttls://, smtps:// (TLS from the first byte) or smtp:// (none at all).

    Name and password are percent-encoded. Raises `ServerAddressError`.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        (parts.hostname or "").encode(
            "idna"
        )  # as it is looked up: an empty or endless label is refused there
    except ValueError:  # its own message quotes a part of the URL
        raise ServerAddressError(
            f"should look like {SERVER_EXAMPLE}; write signs in the password as %2F, %40, …"
        ) from None
    host, scheme = parts.hostname or "", parts.scheme
    if scheme not in _PORTS or not host or any(character.isspace() for character in host):
        raise ServerAddressError(f"should look like {SERVER_EXAMPLE}, or begin with smtps:// or smtp://")
    if parts.path not in ("", "/") or parts.query or parts.fragment or port == 0:
        raise ServerAddressError(
            f"should end with the port, as {SERVER_EXAMPLE}; write /, ? and # in the password as %2F, %3F and %23"
        )
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(username) != bool(password):
        raise ServerAddressError(f"should name user and password or neither, as {SERVER_EXAMPLE}")
    if password and scheme == "smtp" and host not in _LOOPBACK:
        raise ServerAddressError(
            "would send the password for everybody to read; use smtp+starttls:// or smtps://"
        )
    return MailServer(
        host, port or _PORTS[scheme], scheme == "smtps", scheme == "smtp+starttls", username, password
    )
