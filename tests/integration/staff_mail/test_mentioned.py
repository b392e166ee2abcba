"""Who is named in a note and has not seen it is mailed so in the morning, without a word of the note."""

from __future__ import annotations

import pytest

from bot.cases.mail_choices import Topic
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.delivery.push import update_request
from bot.delivery.staff_mail.send import mail_staff
from tests.console import a_request
from tests.mail_server import MailServer
from tests.staff_mail import MORNING, configured, mails, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]


async def note(reference: str, words: str, author: str) -> None:
    async with transaction() as session:
        change = Change(reference, Status.OPEN, author, internal_note=words)
        await update_request(session, change)


@pytest.mark.parametrize(("language", "says"), [("en", "you have not seen it yet"), ("es", "lo mencionan")])
async def test_the_mail_names_the_request_and_holds_no_word_of_the_note(
    server: MailServer, language: str, says: str
) -> None:
    await somebody("ana", Topic.MENTIONED, language=language)
    reference = await a_request()
    await note(reference, "@ana private words", "staff:bo")
    assert await mail_staff(configured(server, PUBLIC_URL="https://311.example.gov"), MORNING) == 1
    (words,) = server.texts()
    assert reference in words
    assert says in words
    assert "https://311.example.gov/console/mentions" in words
    assert "private" not in words


async def test_what_was_answered_before_the_morning_is_not_mailed(server: MailServer) -> None:
    await somebody("ana", Topic.MENTIONED)
    reference = await a_request()
    await note(reference, "@ana?", "staff:bo")
    await note(reference, "Done.", "staff:ana")
    assert await mail_staff(configured(server), MORNING) == 0
    assert [row.state for row in await mails("ana")] == ["needless"]
