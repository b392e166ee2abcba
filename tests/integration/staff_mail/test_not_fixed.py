"""Who has a request that its resident found not fixed, or sees to its department, is mailed so until somebody begins again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.assignment import Assignment
from bot.cases.feedback import Verdict
from bot.cases.lookup import find_request
from bot.cases.mail_choices import Topic
from bot.cases.status import Status
from bot.cases.updates import Change
from bot.db.session import transaction
from bot.delivery.push import hear_verdict, update_request
from bot.delivery.staff_mail.send import mail_staff
from tests.console import a_conversation, a_request
from tests.mail_server import MailServer
from tests.staff_mail import MORNING, WORKS, configured, mails, somebody

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

DAY = timedelta(days=1)


async def not_fixed(key: str = "one", department: str = WORKS, person: str = "") -> str:
    """A request whose work ended, and was found not done."""
    conversation_id = await a_conversation(f"+13105550{100 + len(key)}")
    reference = await a_request(key, conversation_id)
    async with transaction() as session:
        given = Assignment(department, "", person)
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:bo", assignment=given))
        await update_request(session, Change(reference, Status.RESOLVED, "staff:bo", "Filled."))
        await hear_verdict(session, conversation_id, reference, Verdict.NOT_FIXED, comment="private words")
        request = await find_request(session, reference)
        request.updates[-1].created_at = MORNING - DAY
    return reference


async def test_the_department_is_told_in_the_morning_until_somebody_begins_again(server: MailServer) -> None:
    await somebody("ana", Topic.NOT_FIXED)
    reference = await not_fixed()
    await not_fixed("elsewhere", department="Library")
    config = configured(server, PUBLIC_URL="https://311.example.gov")
    assert await mail_staff(config, MORNING) == 1
    assert await mail_staff(config, MORNING + timedelta(hours=1)) == 0
    assert server.mails[0]["Subject"] == "Santa Monica 311: 1 not fixed"
    assert server.texts() == [
        "Good morning. Residents say that this is not fixed, and nobody has begun with it again.\n\n"
        f"- {reference}: Pothole or damaged road, Pico Blvd & 4th St. Open again since Monday, Nov 30.\n\n"
        "The list: https://311.example.gov/console/requests?news=not_fixed&department=Public+Works\n\n"
        "You chose to get this mail. Change that here: https://311.example.gov/console/account\n"
    ]
    assert await mail_staff(config, MORNING + DAY) == 1
    async with transaction() as session:
        await update_request(session, Change(reference, Status.IN_PROGRESS, "staff:bo"))
    assert await mail_staff(config, MORNING + 2 * DAY) == 0
    assert [row.state for row in await mails("ana")] == ["sent", "sent", "needless"]


async def test_who_has_it_is_told_also_of_another_department(server: MailServer) -> None:
    await somebody("ana", Topic.NOT_FIXED, language="es")
    reference = await not_fixed("theirs", department="Library", person="ana")
    assert await mail_staff(configured(server), MORNING) == 1
    (text,) = server.texts()
    assert reference in text
    assert "no quedó arreglado" in text
    assert "private" not in text


async def test_nobody_is_told_who_did_not_choose_it_or_of_whom_nothing_is_left(server: MailServer) -> None:
    await somebody("ana", Topic.LATE)
    await somebody("bo", Topic.NOT_FIXED, department="Library")
    await not_fixed()
    assert await mail_staff(configured(server), MORNING) == 0
    assert server.mails == []
