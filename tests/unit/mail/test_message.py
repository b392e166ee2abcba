"""The lines of a mail: plain words for everybody, and HTML with its pictures where there are any."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest

from bot.mail.message import Mail, Picture, as_bytes

SENDER = Address("City 311", "no-reply", "example.gov")
AT = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)


def read(mail: Mail) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(as_bytes(mail, SENDER), policy=default))


def test_plain_words_alone_are_one_part() -> None:
    mail = read(Mail("a.1", "ana@example.gov", "News\nof today", "¡Hola!\n", "es", AT))
    assert (mail.get_content_type(), mail["Subject"], mail["Message-ID"]) == (
        *("text/plain", "News of today", "<a.1@example.gov>"),
    )
    assert mail["Content-Language"] == "es"
    assert mail["References"] is None
    assert mail.get_content().replace("\r\n", "\n") == "¡Hola!\n"


def test_html_comes_beside_the_words_with_its_pictures_by_name() -> None:
    pictures = (Picture("map.png", "png", b"\x89PNG 1"), Picture("photo-7.jpg", "jpeg", b"\xff\xd8 2"))
    html = '<p>ñ <img src="cid:map.png"></p>'
    mail = read(Mail("a.1", "x@example.gov", "S", "words", "en", AT, html, pictures, "about.9"))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/jpeg",
    ]
    shown = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert [(one["Content-ID"], one.get_content()) for one in shown] == [  # type: ignore[attr-defined]
        ("<map.png>", b"\x89PNG 1"),
        ("<photo-7.jpg>", b"\xff\xd8 2"),
    ]
    page = mail.get_body(("html",))
    assert page is not None
    assert html in page.get_content()
    assert mail["References"] == "<about.9@example.gov>"


def test_everything_is_seven_bits() -> None:
    mail = Mail(
        "a", "x@example.gov", "ñ", "ñ", "es", AT, "<p>ñ</p>", (Picture("a.png", "png", bytes(range(256))),)
    )
    assert as_bytes(mail, SENDER).isascii()


@pytest.mark.parametrize(
    "odd", ["a\r\nBcc: all@example.gov", "a\nBcc: all@example.gov", "a\r\n\r\nBcc: all@example.gov"]
)
def test_nothing_gets_into_a_header_by_a_line_break(odd: str) -> None:
    mail = read(Mail("a.1", "ana@example.gov", odd, odd, "en", AT))
    assert (mail["Bcc"], mail["To"]) == (None, "ana@example.gov")
    assert mail["Subject"] == "a Bcc: all@example.gov"
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        as_bytes(Mail("a.1", odd, "News", "Hello", "en", AT), SENDER)
