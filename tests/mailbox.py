"""A city in which Public Works has nothing but a mailbox, and what is mailed there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from bot.cases.lookup import find_request
from bot.city.current import serve
from bot.db.session import transaction
from bot.db.tables import MailboxMail, ServiceRequest
from bot.settings import PACKS, settings

WORKS, PLANNING = "Public Works", "Planning & Community Development"
MAILBOX = "streets@example.gov"


def a_pack(folder: Path, departments: dict[str, str]) -> Path:
    """The city's pack with mailboxes for some of its departments."""
    pack = folder / "pack"
    shutil.copytree(PACKS / "santa_monica", pack)
    text = (pack / "city.yml").read_text(encoding="utf-8")
    for name, mailbox in departments.items():
        entry = f"{{name: {name},"
        assert text.count(entry) == 1
        text = text.replace(entry, f"{entry} mailbox: {mailbox},")
    (pack / "city.yml").write_text(text, encoding="utf-8")
    return pack


@contextmanager
def a_city_with_mailboxes(folder: Path, **environment: str) -> Iterator[None]:
    """For the block this process serves a city with a mailbox for Public Works."""
    pack = a_pack(folder, {WORKS: MAILBOX})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CITYLINE_CITY": str(pack), **environment}.items():
            patch.setenv(name, value)
        settings.cache_clear()
        serve(None)
        yield
    settings.cache_clear()
    serve(None)


async def the_request(reference: str) -> ServiceRequest:
    async with transaction() as session:
        return await find_request(session, reference)


async def mails(reference: str) -> list[MailboxMail]:
    """What was written down of a request, oldest first."""
    async with transaction() as session:
        request = await find_request(session, reference)
        rows = await session.scalars(
            select(MailboxMail).where(MailboxMail.request_id == request.id).order_by(MailboxMail.id)
        )
        return list(rows)


def plain(mail: EmailMessage) -> str:
    """The plain words of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return cast(str, part.get_content()).replace("\r\n", "\n")


def path_in(mail: EmailMessage) -> str:
    """Where its link leads, without the host."""
    found = re.search(r"https?://[^/\s]+(/w/\w+)", plain(mail))
    assert found is not None
    return found[1]
